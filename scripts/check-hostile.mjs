// Builds the addon for each supported Node and runs the hostile corpus on it.
//
//   node scripts/check-hostile.mjs [VERSION...] [-- OPTION...]
//     VERSION: default each major; "24.0.0" is one version. OPTION: of test/hostile/run.mjs
import { spawnSync } from "node:child_process";
import path from "node:path";
import { main, root } from "./lib/command.mjs";
import { onEachNode, splitArguments } from "./lib/each-node.mjs";

const runner = path.join(root, "test", "hostile", "run.mjs");

await main(() => {
  const [versions, options] = splitArguments(process.argv.slice(2));
  onEachNode(versions, "the hostile corpus", (node) => {
    const args = [runner, ...options];
    const { status } = spawnSync(node.path, args, { cwd: root, env: node.env, stdio: "inherit" });
    return status === 0;
  });
});
