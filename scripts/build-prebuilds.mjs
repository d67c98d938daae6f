// Builds the addon for every supported ABI, stripped, into prebuilds/<platform>/, from where
// they go into the package for this platform.
//
//   node scripts/build-prebuilds.mjs
import { chmodSync, copyFileSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { main, root, run } from "./lib/command.mjs";
import { buildAddon } from "./lib/native-build.mjs";
import { newestSymbols, newestVersion } from "./lib/needed-symbols.mjs";
import { nodeOfMajor, supportedMajors } from "./lib/node-cache.mjs";
import { ownPlatform } from "./lib/platforms.mjs";

await main(() => {
  const folder = path.join(root, "prebuilds", ownPlatform());
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const needed = [];
  for (const major of supportedMajors) {
    const node = nodeOfMajor(major);
    const prebuilt = path.join(folder, `codecell.abi${node.modules}.node`);
    copyFileSync(buildAddon({ node }), prebuilt);
    chmodSync(prebuilt, 0o644);
    run("strip", ["--strip-unneeded", prebuilt]);
    const size = Math.round(statSync(prebuilt).size / 1024);
    const symbols = newestSymbols(prebuilt);
    needed.push(symbols.GLIBC ?? "0");
    console.log(`${path.relative(root, prebuilt)}: ${size} KB, ${JSON.stringify(symbols)}`);
  }
  // codecell reads it to say why a file cannot be loaded (src/backend/addon/addon-file.ts).
  const needs = { glibc: newestVersion(needed) };
  writeFileSync(path.join(folder, "needs.json"), `${JSON.stringify(needs)}\n`);
});
