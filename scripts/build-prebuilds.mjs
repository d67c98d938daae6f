// Builds the addon for every supported ABI, stripped, into prebuilds/<platform>-<arch>/, from where
// it goes into the package.
//
//   node scripts/build-prebuilds.mjs
import { chmodSync, copyFileSync, mkdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { capture, main, root, run } from "./lib/command.mjs";
import { buildAddon } from "./lib/native-build.mjs";
import { nodeOfMajor, supportedMajors } from "./lib/node-cache.mjs";

await main(() => {
  const folder = path.join(root, "prebuilds", `${process.platform}-${process.arch}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const major of supportedMajors) {
    const node = nodeOfMajor(major);
    const prebuilt = path.join(folder, `codecell.abi${node.modules}.node`);
    copyFileSync(buildAddon({ node }), prebuilt);
    chmodSync(prebuilt, 0o644);
    run("strip", ["--strip-unneeded", prebuilt]);
    const size = Math.round(statSync(prebuilt).size / 1024);
    console.log(`${path.relative(root, prebuilt)}: ${size} KB, ${oldestLibrary(prebuilt)}`);
  }
});

/**
 * The oldest C library the file runs with.
 * @param {string} file
 */
function oldestLibrary(file) {
  const symbols = capture("objdump", ["-T", file]);
  const versions = Array.from(symbols.matchAll(/GLIBC_([\d.]+)/g), (match) => match[1] ?? "");
  const newest = versions.sort((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1);
  return `needs glibc ${newest ?? "of any version"}`;
}
