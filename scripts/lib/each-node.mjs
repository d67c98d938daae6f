// Trying something on each supported Node, with an addon built for it.
import { capture, ScriptFailure } from "./command.mjs";
import { buildAddon, describeNode } from "./native-build.mjs";
import { fetchNode, nodeOfMajor, supportedMajors } from "./node-cache.mjs";

/**
 * @typedef {object} TriedNode
 * @property {string} path - The binary.
 * @property {NodeJS.ProcessEnv} env - In which it finds its addon.
 * @property {number} index - Among those that are tried.
 * @property {number} count - How many are tried.
 */

/**
 * Calls a check for each Node, one after the other, and fails naming those it failed on.
 * @param {readonly string[]} asked - "24" is the newest of a major, "24.0.0" that very one; none
 *   means each major.
 * @param {string} what - What is tried, for the message: "the smoke test".
 * @param {(node: TriedNode) => boolean} check - Says whether it succeeded.
 */
export function onEachNode(asked, what, check) {
  const versions = asked.length > 0 ? asked : supportedMajors;
  const failed = versions.filter((version, index) => {
    return !checkOn(version, (found) => check({ ...found, index, count: versions.length }));
  });
  if (failed.length > 0) throw new ScriptFailure(`${what} failed on Node ${failed}`);
}

/**
 * Arguments before and after `--`: versions, and what is handed on.
 * @param {readonly string[]} given
 * @returns {[versions: string[], options: string[]]}
 */
export function splitArguments(given) {
  const end = given.includes("--") ? given.indexOf("--") : given.length;
  return [given.slice(0, end), given.slice(end + 1)];
}

/**
 * @param {string} version
 * @param {(node: Pick<TriedNode, "path" | "env">) => boolean} check
 */
function checkOn(version, check) {
  // A binary of the newest Node of a major serves the whole major, so an old one is not built for.
  const major = version.split(".")[0] ?? version;
  const target = nodeOfMajor(major);
  const addon = buildAddon({ node: target });
  const node = version === major ? target : describeNode(fetchNode(version));
  console.log(`\nNode ${node.version}, ABI ${node.modules}, V8 ${v8Of(node.path)}`);
  return check({ path: node.path, env: { ...process.env, CODECELL_ADDON: addon } });
}

/** @param {string} binary */
function v8Of(binary) {
  return capture(binary, ["-p", "process.versions.v8"]);
}
