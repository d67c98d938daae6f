// Builds the addon for one Node, by default the running one: build/abi<modules>/Release/codecell.node
//
//   node scripts/build-native.mjs [--sanitize] [--each-file] [--node BIN] [--nodedir DIR] [--jobs N]
//     --each-file: compiles each file by itself into build/abi<modules>-each-file/, which shows what a file has not
//       included, and is quicker after a small change; CODECELL_ADDON makes codecell load it
import path from "node:path";
import { parseArgs } from "node:util";
import { main, root } from "./lib/command.mjs";
import { buildAddon, describeNode } from "./lib/native-build.mjs";

const { values } = parseArgs({
  options: {
    sanitize: { type: "boolean", default: false },
    "each-file": { type: "boolean", default: false },
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
    eachFile: values["each-file"],
    ...(values.jobs === undefined ? {} : { jobs: Number(values.jobs) }),
  });
  console.log(path.relative(root, addon));
});
