// Builds the addon for each supported Node and runs the test suite on it.
//
//   node scripts/check-suite.mjs [VERSION...] [-- VITEST ARGUMENT...]
//     VERSION: default each major; "24.0.0" is one version. Arguments: test/cell is one room
import { spawnSync } from "node:child_process";
import path from "node:path";
import { main, root } from "./lib/command.mjs";
import { onEachNode, splitArguments } from "./lib/each-node.mjs";

const vitest = path.join(root, "node_modules", "vitest", "vitest.mjs");

await main(() => {
  const [versions, options] = splitArguments(process.argv.slice(2));
  onEachNode(versions, "the test suite", (node) => {
    // What tests and servers start as "node" is this Node too.
    const search = `${path.dirname(node.path)}${path.delimiter}${process.env["PATH"]}`;
    const { status } = spawnSync(node.path, [vitest, "run", ...options], {
      cwd: root,
      env: { ...node.env, PATH: search },
      stdio: "inherit",
    });
    return status === 0;
  });
});
