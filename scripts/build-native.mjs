// Builds the addon for one Node, by default the running one: build/abi<modules>/Release/codecell.node
//
//   node scripts/build-native.mjs [--sanitize] [--node BIN] [--nodedir DIR] [--jobs N]
import path from "node:path";
import { parseArgs } from "node:util";
import { main, root } from "./lib/command.mjs";
import { buildAddon, describeNode } from "./lib/native-build.mjs";

const { values } = parseArgs({
  options: {
    sanitize: { type: "boolean", default: false },
    node: { type: "string" },
    nodedir: { type: "string" },
    jobs: { type: "string" },
  },
});

await main(() => {
  const addon = buildAddon({
    node: describeNode(values.node),
    nodedir: values.nodedir,
    sanitize: values.sanitize,
    ...(values.jobs === undefined ? {} : { jobs: Number(values.jobs) }),
  });
  console.log(path.relative(root, addon));
});
