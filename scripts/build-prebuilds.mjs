// Builds the addon for every supported ABI into prebuilds/<platform>/, from where the files go into the
// package for that platform. What debuggers need goes into build/debug/<platform>/, in files of its own.
//
//   node scripts/build-prebuilds.mjs [--platform NAME] [MAJOR...]
//     default: this machine's platform, and each supported major of Node
import { chmodSync, copyFileSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { main, root } from "./lib/command.mjs";
import { splitDebug } from "./lib/debug-files.mjs";
import { buildAddon } from "./lib/native-build.mjs";
import { newestSymbols, newestVersion } from "./lib/needed-symbols.mjs";
import { nodeOfMajor, supportedMajors } from "./lib/node-cache.mjs";
import { ownPlatform } from "./lib/platforms.mjs";

const { values, positionals } = parseArgs({
  options: { platform: { type: "string" } },
  allowPositionals: true,
});

await main(() => {
  const platform = values.platform ?? ownPlatform();
  const majors = positionals.length > 0 ? positionals : supportedMajors;
  const folder = emptyFolder("prebuilds", platform);
  const debugFolder = emptyFolder("build", "debug", platform);
  const needed = [];
  for (const major of majors) {
    const node = nodeOfMajor(major);
    const name = `codecell.abi${node.modules}.node`;
    const prebuilt = path.join(folder, name);
    const debug = path.join(debugFolder, `${name}.debug`);
    copyFileSync(buildAddon(platform === ownPlatform() ? { node } : { node, platform }), prebuilt);
    chmodSync(prebuilt, 0o644);
    const parts = splitDebug(platform, prebuilt, debug) ? [debug] : [];
    const symbols = platform.startsWith("linux") ? newestSymbols(prebuilt) : {};
    if (symbols.GLIBC !== undefined) needed.push(symbols.GLIBC);
    console.log([prebuilt, ...parts].map(describe).join("; "));
    console.log(`  needs ${JSON.stringify(symbols)}`);
  }
  // codecell reads it to say why a file cannot be loaded (src/backend/addon/addon-file.ts).
  const needs = needed.length === 0 ? {} : { glibc: newestVersion(needed) };
  writeFileSync(path.join(folder, "needs.json"), `${JSON.stringify(needs)}\n`);
});

/** @param {string[]} parts */
function emptyFolder(...parts) {
  const folder = path.join(root, ...parts);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** @param {string} file */
function describe(file) {
  return `${path.relative(root, file)}: ${Math.round(statSync(file).size / 1024)} KB`;
}
