// Brings Node distributions into node_modules/.cache/codecell and prints where their binaries are.
//
//   node scripts/fetch-node.mjs [VERSION...]     default: each major codecell supports
import path from "node:path";
import { main, root } from "./lib/command.mjs";
import { fetchNode, supportedMajors } from "./lib/node-cache.mjs";

await main(() => {
  const asked = process.argv.slice(2);
  for (const version of asked.length > 0 ? asked : supportedMajors) {
    console.log(path.relative(root, fetchNode(version)));
  }
});
