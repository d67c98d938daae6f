// Flags of Node: permissions, and an engine that compiles nothing (and so has no WebAssembly).
import { shortProgram } from "../scratch.mjs";

/** @param {import("../scratch.mjs").Scratch} scratch */
export function check(scratch) {
  scratch.write(
    "program.cjs",
    `const { createCodeMode } = require("codecell");${shortProgram}\nanswer().then(console.log);`,
  );
  const isNew = process.allowedNodeEnvironmentFlags.has("--permission");
  const permission = isNew ? "--permission" : "--experimental-permission";
  const lists = [["--jitless"], [permission, "--allow-fs-read=*", "--allow-addons"]];
  for (const flags of lists) scratch.expect(scratch.node([...flags, "program.cjs"]), "42");
}
