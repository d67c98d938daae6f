// Builds the addon for each supported Node and runs the test suite on it.
//
//   node scripts/check-suite.mjs [VERSION...] [--spread] [-- VITEST ARGUMENT...]
//     VERSION: default each major; "24.0.0" is one version. Arguments: test/cell is one room
//     --spread: each file of tests runs on one of the Nodes, on another for other commits
import { spawnSync } from "node:child_process";
import path from "node:path";
import { main, root } from "./lib/command.mjs";
import { onEachNode, splitArguments } from "./lib/each-node.mjs";
import { turn } from "./lib/turn.mjs";

const vitest = path.join(root, "node_modules", "vitest", "vitest.mjs");

await main(() => {
  const [given, options] = splitArguments(process.argv.slice(2));
  const versions = given.filter((argument) => argument !== "--spread");
  const isSpread = versions.length < given.length;
  onEachNode(versions, "the test suite", (node) => {
    const part = `${((turn + node.index) % node.count) + 1}/${node.count}`;
    // What tests and servers start as "node" is this Node too.
    const search = `${path.dirname(node.path)}${path.delimiter}${process.env["PATH"]}`;
    const { status } = spawnSync(
      node.path,
      [vitest, "run", ...options, ...(isSpread ? ["--shard", part] : [])],
      {
        cwd: root,
        env: { ...node.env, PATH: search },
        stdio: "inherit",
      },
    );
    return status === 0;
  });
});
