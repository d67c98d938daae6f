// Installs what bench/peers.mjs compares codecell with into this folder, where it is missing. Of
// isolated-vm the version that fits the running Node is compiled where it brings no binary for it; no other
// package's install script is run.
import { createRequire } from "node:module";
import path from "node:path";
import { capture, main, run } from "../../scripts/lib/command.mjs";
import { installPackages } from "../../scripts/lib/own-packages.mjs";
import { isolatedVmPackage } from "./isolated-vm.mjs";

const folder = import.meta.dirname;

await main(() => {
  installPackages(folder);
  if (!isCompiled()) {
    console.log(`compiling ${isolatedVmPackage}; this takes some minutes`);
    compile();
  }
});

/** Asked in a process of its own: a binary that does not fit may do anything. */
function isCompiled() {
  try {
    const program = `require(${JSON.stringify(isolatedVmPackage)})`;
    capture(process.execPath, ["--eval", program], { cwd: folder });
    return true;
  } catch {
    return false;
  }
}

/** With npm's own node-gyp; the package's install script would look for a download first. */
function compile() {
  const npm = path.dirname(createRequire(`${npmRoot()}/`).resolve("npm/package.json"));
  const nodeGyp = createRequire(`${npm}/`).resolve("node-gyp/bin/node-gyp.js");
  const headers = process.env.npm_config_nodedir ?? path.resolve(process.execPath, "..", "..");
  run(process.execPath, [nodeGyp, "rebuild", "--release", `--nodedir=${headers}`, "-j", "max"], {
    cwd: path.join(folder, "node_modules", isolatedVmPackage),
    quiet: true,
  });
}

function npmRoot() {
  return capture("npm", ["root", "--global"]);
}
