// The packages of this folder, which are there only once `npm run bench:peers` has installed them.

import { readFileSync } from "node:fs";

/** The major of the running Node. */
export const nodeMajor = Number(process.versions.node.split(".")[0]);

/**
 * @param {string} name - Of a package in bench/peers/package.json.
 * @returns {Promise<any>}
 */
export function load(name) {
  return import(name);
}

/** @param {string} name */
export function versionOf(name) {
  const manifest = new URL(`node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}
