// What bare isolates cost, without codecell: builds bench/floor once for each Node and runs it.

import { existsSync, mkdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { root, run } from "../../scripts/lib/command.mjs";
import { describeNode, findHeaders } from "../../scripts/lib/native-build.mjs";

/**
 * @returns {((isolates: number, threads: number) => number) | undefined} Creates and disposes so many
 *   isolates with a context each, and returns the seconds; none where this Node's headers are missing.
 */
export function loadFloor() {
  const node = describeNode();
  const headers = findHeaders(node, undefined);
  if (headers === undefined) return undefined;
  const source = path.join(root, "bench", "floor", "floor.cc");
  const folder = path.join(root, "build", "floor");
  const addon = path.join(folder, `abi${node.modules}.node`);
  if (!existsSync(addon) || statSync(addon).mtimeMs < statSync(source).mtimeMs) {
    mkdirSync(folder, { recursive: true });
    compile(source, addon, path.join(headers, "include", "node"));
  }
  return createRequire(import.meta.url)(addon).createAndDispose;
}

/**
 * @param {string} source
 * @param {string} addon
 * @param {string} headers
 */
function compile(source, addon, headers) {
  const flags = [
    "-std=gnu++20",
    "-O2",
    "-shared",
    "-fPIC",
    "-fno-exceptions",
    "-fno-rtti",
    "-Wall",
  ];
  run(process.env.CXX ?? "c++", [...flags, "-isystem", headers, source, "-o", addon]);
}
