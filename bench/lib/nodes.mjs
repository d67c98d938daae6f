// Running benchmarks with other Nodes than the running one.

import { spawnSync } from "node:child_process";
import path from "node:path";
import { root } from "../../scripts/lib/command.mjs";
import { nodeOfMajor, supportedMajors } from "../../scripts/lib/node-cache.mjs";

/**
 * The Nodes that the option --node names, each with an addon that is built. Leaves the process where it names
 * others or the build fails.
 * @param {string | undefined} option - Majors with commas between them; undefined: the running Node.
 * @returns {{ major: string, binary: string }[]}
 */
export function nodesOf(option) {
  if (option === undefined) {
    return [{ major: process.versions.node.split(".")[0] ?? "", binary: process.execPath }];
  }
  const majors = option.split(",");
  const others = majors.filter((major) => !supportedMajors.includes(major));
  if (others.length > 0) {
    console.error(`--node expects some of ${supportedMajors.join(", ")}; got ${others.join(", ")}`);
    process.exit(2);
  }
  return majors.map((major) => {
    const { path: binary } = nodeOfMajor(major);
    const build = [path.join(root, "scripts", "build-native.mjs"), "--node", binary];
    // Standard output is for what the benchmarks say.
    const { status } = spawnSync(process.execPath, build, { stdio: ["ignore", 2, 2] });
    if (status !== 0) process.exit(1);
    return { major, binary };
  });
}
