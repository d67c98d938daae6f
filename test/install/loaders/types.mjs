// The types, for each kind of module and way of resolving, with TypeScript 5 and the one of this repository; and
// what publint and "are the types wrong" say of the package.
import path from "node:path";
import { root } from "../../../scripts/lib/command.mjs";

export const needsPackages = true;

const program = `import { type CellOutcome, CodeModeError, createCodeMode, support } from "codecell";
import { anthropicTools } from "codecell/anthropic";
import { openaiTools } from "codecell/openai";
export async function run(): Promise<CellOutcome> {
  const here = support();
  if (!here.supported) throw here.error satisfies CodeModeError;
  const session = createCodeMode().openSession();
  void [anthropicTools(session), openaiTools(session)];
  return await session.exec("text(1)");
}
`;

/** @param {import("../scratch.mjs").Scratch} scratch */
export function check(scratch) {
  scratch.write("esm.mts", program);
  scratch.write("cjs.cts", program);
  scratch.write("file.ts", program);
  const compilers = [
    path.join(root, "node_modules", "typescript/bin/tsc"),
    scratch.tool("typescript/bin/tsc"),
  ];
  /** @type {readonly (readonly [string, string, readonly string[]])[]} */
  const kinds = [
    ["node16", "node16", ["esm.mts", "cjs.cts"]],
    ["nodenext", "nodenext", ["esm.mts", "cjs.cts"]],
    ["esnext", "bundler", ["file.ts"]],
  ];
  for (const tsc of compilers) {
    for (const [module, resolution, files] of kinds) {
      const options = ["--noEmit", "--strict", "--skipLibCheck", "false", "--target", "es2022"];
      options.push("--lib", "es2023,esnext.disposable", "--types", "node");
      options.push("--typeRoots", path.join(root, "node_modules", "@types"));
      options.push("--module", module, "--moduleResolution", resolution);
      scratch.node([tsc, ...options, ...files]);
    }
  }
  tryWithoutTypesOfNode(scratch, compilers);
  const { tarball } = scratch;
  scratch.node([scratch.tool("publint/src/cli.js"), tarball, "--strict"]);
  scratch.node([scratch.tool("@arethetypeswrong/cli/dist/index.js"), tarball, "--no-emoji"]);
}

/**
 * As TypeScript 6 and later compile where no types are named: with those of ECMAScript, which has no disposables yet.
 * @param {import("../scratch.mjs").Scratch} scratch
 * @param {readonly string[]} compilers
 */
function tryWithoutTypesOfNode(scratch, compilers) {
  const compilerOptions = {
    noEmit: true,
    strict: true,
    module: "nodenext",
    target: "es2022",
    types: [],
  };
  scratch.write("bare.json", JSON.stringify({ compilerOptions, files: ["esm.mts", "cjs.cts"] }));
  for (const tsc of compilers) scratch.node([tsc, "-p", "bare.json"]);
}
