// A bundle by rollup with codecell in it, as an ES module and as CommonJS.
import { esmProgram } from "../scratch.mjs";

export const needsPackages = true;

/** @param {import("../scratch.mjs").Scratch} scratch */
export function check(scratch) {
  scratch.write("program.mjs", esmProgram.replace("await main()", "main()"));
  const script = `const load = (name) => require(${JSON.stringify(scratch.tool(""))} + "/" + name);
    const { rollup } = load("rollup");
    const plugins = [load("@rollup/plugin-node-resolve").nodeResolve({ preferBuiltins: true }),
      load("@rollup/plugin-commonjs")(), load("@rollup/plugin-json")()];
    const onwarn = () => {};
    rollup({ input: "program.mjs", plugins, onwarn, external: [/^node:/] }).then(async (bundle) => {
      await bundle.write({ dir: "out/esm", format: "es", entryFileNames: "[name].mjs", chunkFileNames: "[name].mjs" });
      await bundle.write({ dir: "out/cjs", format: "cjs", entryFileNames: "[name].cjs", chunkFileNames: "[name].cjs" });
    });`;
  scratch.node(["-e", script]);
  scratch.runProgram(["out/esm/program.mjs"]);
  scratch.runProgram(["out/cjs/program.cjs"]);
}
