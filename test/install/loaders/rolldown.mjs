// A bundle by rolldown with codecell in it, as an ES module and as CommonJS.
import { esmProgram } from "../scratch.mjs";

export const needsPackages = true;

/** @param {import("../scratch.mjs").Scratch} scratch */
export function check(scratch) {
  scratch.write("program.mjs", esmProgram.replace("await main()", "main()"));
  const script = `import(${JSON.stringify(scratch.tool("rolldown/dist/index.mjs"))}).then(async ({ rolldown }) => {
    const bundle = await rolldown({ input: "program.mjs", platform: "node", logLevel: "silent" });
    await bundle.write({ dir: "out/esm", format: "es", entryFileNames: "[name].mjs", chunkFileNames: "[name].mjs" });
    await bundle.write({ dir: "out/cjs", format: "cjs", entryFileNames: "[name].cjs", chunkFileNames: "[name].cjs" });
  });`;
  scratch.node(["-e", script]);
  scratch.runProgram(["out/esm/program.mjs"]);
  scratch.runProgram(["out/cjs/program.cjs"]);
}
