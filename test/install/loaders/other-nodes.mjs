// Nodes that codecell has no addon for: one that is too old, one between two that are supported, and one that came
// later. This Node says that it is one of them; it also forgets what old ones lack.
import { ScriptFailure } from "../../../scripts/lib/command.mjs";
import { shortProgram } from "../scratch.mjs";

const asIf = `const [node, modules] = process.env.AS_IF.split(" ");
Object.defineProperty(process, "versions", { value: { ...process.versions, node, modules } });
Object.defineProperty(process, "version", { value: "v" + node });
if (node.startsWith("16.")) delete require("node:os").availableParallelism;`;

const supported = "Use a supported Node, for example with `nvm install 24`.";

/** What each is told to do. */
const nodes = {
  "16.20.2 93": supported,
  "25.9.0 141": supported,
  "99.0.0 999": `${supported} Or try \`npx codecell build\`: docs/install.md.`,
};

/** @param {import("../scratch.mjs").Scratch} scratch */
export function check(scratch) {
  scratch.write("as-if.cjs", asIf);
  scratch.write(
    "program.cjs",
    `const { createCodeMode, support } = require("codecell");${shortProgram}
    answer().catch((thrown) => console.log(thrown.message === support().error.message, thrown.code, thrown.message));`,
  );
  const flags = ["--require", "./as-if.cjs"];
  for (const [node, advice] of Object.entries(nodes)) {
    const shown = scratch.node([...flags, "program.cjs"], { env: { AS_IF: node } });
    const [version, abi] = node.split(" ");
    const begin = `true ERR_ADDON_MISSING There is no native addon for Node v${version} (ABI ${abi}) on `;
    const isTold =
      shown.startsWith(begin) &&
      / has codecell\.abi\d+\.node.*codecell supports Node 20\.11, /.test(shown);
    if (!isTold || !shown.endsWith(advice))
      throw new ScriptFailure(`Node ${version} said: ${shown}`);
  }
  try {
    const command = "node_modules/codecell/dist/bin/main.js";
    scratch.node([...flags, command, "build"], { env: { AS_IF: "16.20.2 93" } });
  } catch (error) {
    if (
      /ended with 1:\ncodecell build: .*it needs the V8 of Node 20 or later\. Use a supported Node/.test(
        String(error),
      )
    )
      return;
    throw error;
  }
  throw new ScriptFailure("codecell build has compiled for Node 16");
}
