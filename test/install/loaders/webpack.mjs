// A bundle by webpack for Node, with codecell in it.
import { cjsProgram, esmProgram } from "../scratch.mjs";

export const needsPackages = true;

/** @param {import("../scratch.mjs").Scratch} scratch */
export function check(scratch) {
  scratch.write("program.mjs", esmProgram);
  scratch.write("program.cjs", cjsProgram);
  for (const entry of ["program.mjs", "program.cjs"]) {
    const options = {
      mode: "production",
      target: "node20",
      context: scratch.folder,
      entry: `./${entry}`,
      output: { path: `${scratch.folder}/out`, filename: `${entry}.cjs` },
    };
    const script = `const webpack = require(${JSON.stringify(scratch.tool("webpack"))});
      webpack(${JSON.stringify(options)}, (error, stats) => {
        if (error ?? stats.hasErrors()) throw error ?? new Error(stats.toString());
      });`;
    scratch.node(["-e", script]);
    scratch.runProgram([`out/${entry}.cjs`]);
  }
}
