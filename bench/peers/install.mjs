// Installs what bench/peers.mjs compares codecell with into this folder, where it is missing. Of
// isolated-vm the version that fits the running Node is compiled where it brings no binary for it; no other
// package's install script is run.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { capture, main, run } from "../../scripts/lib/command.mjs";
import { isolatedVmPackage } from "./isolated-vm.mjs";

const folder = import.meta.dirname;
const installed = path.join(folder, "node_modules", ".package-lock.json");

await main(() => {
  if (!isInstalled()) {
    // Not `npm ci`: it refuses a lock without the packages for other systems, of which not every
    // registry has all.
    run("npm", ["install", "--no-save", "--ignore-scripts", "--no-audit"], { cwd: folder });
  }
  if (!isCompiled()) {
    console.log(`compiling ${isolatedVmPackage}; this takes some minutes`);
    compile();
  }
});

function isInstalled() {
  if (!existsSync(installed)) return false;
  const packagesOf = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
  const { "": _, ...wanted } = packagesOf(path.join(folder, "package-lock.json"));
  const found = packagesOf(installed);
  const versionOf = (packages, name) => packages[name]?.version;
  return Object.entries(wanted).every(
    // Those for other systems are not installed.
    ([name, { optional }]) => optional || versionOf(found, name) === versionOf(wanted, name),
  );
}

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
