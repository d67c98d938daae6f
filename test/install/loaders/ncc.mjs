// One file by ncc, beside node_modules.
import { cjsProgram } from "../scratch.mjs";

export const needsPackages = true;

/** @param {import("../scratch.mjs").Scratch} scratch */
export function check(scratch) {
  scratch.write("program.cjs", cjsProgram);
  scratch.node([scratch.tool("@vercel/ncc/dist/ncc/cli.js"), "build", "program.cjs", "-o", "out"]);
  scratch.runProgram(["out/index.cjs"]);
}
