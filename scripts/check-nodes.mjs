// Builds the addon for each supported Node and runs the smoke test on it.
//
//   node scripts/check-nodes.mjs [VERSION...]     default: each major; "24.0.0" is one version
import { spawnSync } from "node:child_process";
import path from "node:path";
import { main, root } from "./lib/command.mjs";
import { onEachNode } from "./lib/each-node.mjs";

const smoke = path.join(root, "test", "smoke", "smoke.mjs");

await main(() => {
  onEachNode(process.argv.slice(2), "the smoke test", (node) => {
    const { status } = spawnSync(node.path, [smoke], {
      cwd: root,
      env: node.env,
      stdio: "inherit",
    });
    return status === 0;
  });
});
