// Builds the addon for each supported Node and runs the smoke test on it.
//
//   node scripts/check-nodes.mjs [VERSION...]     default: each major; "24.0.0" is one version
import { spawnSync } from "node:child_process";
import path from "node:path";
import { capture, main, root, ScriptFailure } from "./lib/command.mjs";
import { buildAddon, describeNode } from "./lib/native-build.mjs";
import { fetchNode, nodeOfMajor, supportedMajors } from "./lib/node-cache.mjs";

const smoke = path.join(root, "test", "smoke", "smoke.mjs");

await main(() => {
  const asked = process.argv.slice(2);
  const failed = (asked.length > 0 ? asked : supportedMajors).filter((version) => !check(version));
  if (failed.length > 0) throw new ScriptFailure(`the smoke test failed on Node ${failed}`);
});

/**
 * @param {string} version
 * @returns {boolean} Whether the smoke test succeeded.
 */
function check(version) {
  // A binary of the newest Node of a major serves the whole major, so an old one is not built for.
  const major = version.split(".")[0] ?? version;
  const target = nodeOfMajor(major);
  const addon = buildAddon({ node: target });
  const node = version === major ? target : describeNode(fetchNode(version));
  console.log(`\nNode ${node.version}, ABI ${node.modules}, V8 ${v8Of(node.path)}`);
  const env = { ...process.env, CODECELL_ADDON: addon };
  return spawnSync(node.path, [smoke], { cwd: root, env, stdio: "inherit" }).status === 0;
}

/** @param {string} binary */
function v8Of(binary) {
  return capture(binary, ["-p", "process.versions.v8"]);
}
