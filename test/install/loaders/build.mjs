// `codecell build`, where npm has not installed the package of the platform: with each of the tools, from the
// installed sources, without a network. A program uses what was built.
import { rmSync } from "node:fs";
import path from "node:path";
import { Scratch, shortProgram } from "../scratch.mjs";

/** It compiles the addon twice, so it is not for the sample of CI. */
export const isLong = true;

/** @param {import("../scratch.mjs").Scratch} outer */
export function check({ tarballs, registry }) {
  const scratch = new Scratch({ tarballs, registry });
  try {
    scratch.npmInstall("--omit=optional", "codecell", "@codecell/source");
    scratch.write(
      "program.cjs",
      `const { createCodeMode, support } = require("codecell");${shortProgram}
      answer().then((text) => console.log(text, support().addon.includes("codecell/build/")));`,
    );
    const command = path.join("node_modules", "codecell", "dist", "bin", "main.js");
    // Where a download would go to.
    const env = { npm_config_disturl: "http://127.0.0.1:9", npm_config_registry: registry };
    for (const tool of ["node-gyp", "cmake"]) {
      scratch.node([command, "build", "--tool", tool], { env });
      scratch.expect(scratch.node(["program.cjs"]), "42 true");
      rmSync(path.join(scratch.folder, "node_modules", "codecell", "build"), { recursive: true });
    }
  } finally {
    scratch.remove();
  }
}
