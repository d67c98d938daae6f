// Runs bench/peers.mjs with one Node or several, after what it needs has been installed for each.
//
//   npm run bench:peers -- [--node 20,24] [what bench/peers.mjs takes]

import { spawnSync } from "node:child_process";
import path from "node:path";
import { nodesOf } from "./lib/nodes.mjs";

const args = process.argv.slice(2);
const at = args.indexOf("--node");
const [, option] = at < 0 ? [] : args.splice(at, 2);
if (at >= 0 && option === undefined) {
  console.error("--node expects majors of Node with commas between them: --node 20,24");
  process.exit(2);
}

for (const { binary } of nodesOf(option)) {
  run(binary, [fileOf("peers/install.mjs")]);
  // isolated-vm wants it.
  run(binary, ["--no-node-snapshot", fileOf("peers.mjs"), ...args]);
}

function fileOf(name) {
  return path.join(import.meta.dirname, name);
}

/** Leaves the process where it fails. */
function run(binary, programArgs) {
  const { status } = spawnSync(binary, programArgs, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
