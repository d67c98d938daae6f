// A single executable application: a bundle inside a copy of Node, which loads codecell from the node_modules beside
// it, as docs/deployment.md has it.
import { chmodSync, copyFileSync } from "node:fs";
import path from "node:path";
import { run } from "../../../scripts/lib/command.mjs";
import { cjsProgram } from "../scratch.mjs";

export const needsPackages = true;

/** Of Node, where the bundle goes. */
const fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/** @param {import("../scratch.mjs").Scratch} scratch */
export function check(scratch) {
  const beside = `const { createRequire } = require("node:module");
    require = createRequire(process.execPath);`;
  scratch.write("app.cjs", `${beside}\n${cjsProgram}`);
  scratch.write("sea.json", JSON.stringify({ main: "app.cjs", output: "app.blob" }));
  scratch.node(["--experimental-sea-config", "sea.json"]);
  const app = path.join(scratch.folder, "app");
  copyFileSync(process.execPath, app);
  chmodSync(app, 0o755);
  const postject = scratch.tool("postject/dist/cli.js");
  scratch.node([postject, "app", "NODE_SEA_BLOB", "app.blob", "--sentinel-fuse", fuse]);
  scratch.runProgram([], { node: app });
  run("rm", [app]);
}
