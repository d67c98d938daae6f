// A bundle by esbuild with codecell's JavaScript in it, as an ES module and as CommonJS, beside node_modules;
// and away from it, where it says what is missing.
import { renameSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { ScriptFailure } from "../../../scripts/lib/command.mjs";
import { cjsProgram, esmProgram } from "../scratch.mjs";

/** @param {import("../scratch.mjs").Scratch} scratch */
export async function check(scratch) {
  scratch.write("program.mjs", esmProgram);
  scratch.write("program.cjs", cjsProgram);
  for (const [entry, format] of /** @type {const} */ ([
    ["program.mjs", "esm"],
    ["program.cjs", "esm"],
    ["program.cjs", "cjs"],
  ])) {
    const outfile = `out/${format}-${path.parse(entry).name}${format === "esm" ? ".mjs" : ".cjs"}`;
    await build({
      absWorkingDir: scratch.folder,
      entryPoints: [entry],
      outfile,
      bundle: true,
      platform: "node",
      format,
      logLevel: "error",
      logOverride: { "empty-import-meta": "silent" },
    });
    scratch.runProgram([outfile]);
  }
  renameSync(path.join(scratch.folder, "node_modules"), path.join(scratch.folder, "elsewhere"));
  try {
    scratch.node(["out/cjs-program.cjs"]);
  } catch (error) {
    if (!/ERR_PACKAGE_MISSING/.test(String(error))) throw error;
    return;
  }
  throw new ScriptFailure("a bundle without the package beside it says nothing");
}
