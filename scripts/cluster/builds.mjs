// What servers run: this package and the version before it, on each Node.
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "../lib/command.mjs";
import { buildAddon } from "../lib/native-build.mjs";
import { nodeOfMajor } from "../lib/node-cache.mjs";

/**
 * This package on a Node.
 * @param {string} major
 * @returns {import("./server.mjs").Build}
 */
export function buildOn(major) {
  const node = nodeOfMajor(major);
  return { name: `Node ${major}`, node: node.path, package: root, addon: buildAddon({ node }) };
}

/**
 * A package in the place of the version before, which differs in its number alone.
 * @param {string} folder - A scratch folder.
 */
export function numberedBefore(folder) {
  const copy = path.join(folder, "before");
  mkdirSync(copy);
  cpSync(path.join(root, "dist"), path.join(copy, "dist"), { recursive: true });
  const described = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  writeFileSync(
    path.join(copy, "package.json"),
    JSON.stringify({ ...described, version: "0.0.1-before" }),
  );
  symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"));
  return copy;
}
