// Checks prebuilt addons for systems that this machine is not: what they need of a system; the smoke test with old
// libraries, on arm64 under qemu, and with musl on the one Node for it that is to be had here.
//
//   node scripts/check-platforms.mjs [symbols] [old-libraries] [arm64] [musl] [--node MAJOR,...]
//     default: all, for each supported Node; needs dist/ and prebuilds/: `npm run build:prebuilds`
import { existsSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { checkSymbols } from "./lib/addon-symbols.mjs";
import { main, root, run, ScriptFailure } from "./lib/command.mjs";
import { arm64, oldLibraries, runOn } from "./lib/emulated.mjs";
import { muslCompiler } from "./lib/musl-compiler.mjs";
import { muslNode } from "./lib/musl-node.mjs";
import { supportedMajors } from "./lib/node-cache.mjs";
import { ownPlatform } from "./lib/platforms.mjs";
import { buildMissing, neededAddon } from "./lib/prebuilt.mjs";

const { values, positionals } = parseArgs({
  options: { node: { type: "string" } },
  allowPositionals: true,
});
const majors = values.node?.split(",") ?? supportedMajors;

const smoke = path.join(root, "test", "smoke", "smoke.mjs");

/** @type {Readonly<Record<string, () => void>>} */
const checks = {
  symbols: checkSymbols,
  "old-libraries": () => {
    const [major = ""] = process.versions.node.split(".");
    trySmoke(oldLibraries(), neededAddon(ownPlatform(), major));
  },
  arm64: () => {
    const platform = "linux-arm64-gnu";
    buildMissing(platform, majors);
    for (const major of majors) trySmoke(arm64(major), neededAddon(platform, major));
  },
  musl: () => {
    tryNative("x86_64");
    for (const platform of ["linux-x64-musl", "linux-arm64-musl"]) buildMissing(platform, majors);
    checkSymbols();
    const node = muslNode();
    if (majors.includes(node.major)) trySmoke(node, neededAddon("linux-x64-musl", node.major));
  },
};

await main(() => {
  for (const name of positionals.length > 0 ? positionals : Object.keys(checks)) {
    const check = checks[name];
    if (check === undefined) {
      throw new ScriptFailure(`expected one of ${Object.keys(checks).join(", ")}; got ${name}`);
    }
    check();
  }
});

/**
 * The tests of what needs no engine, as a program for musl.
 * @param {string} processor
 */
function tryNative(processor) {
  const loader = `/lib/ld-musl-${processor}.so.1`;
  if (!existsSync(loader)) {
    throw new ScriptFailure(`${loader} is missing.\n  Debian, Ubuntu:  apt-get install musl`);
  }
  const script = path.join(root, "scripts", "test-native.mjs");
  // The libgcc of this machine asks glibc where code is that an exception passes, and no test throws one.
  const flags = "-static-libstdc++ -static-libgcc -Wl,--defsym=_dl_find_object=0";
  const env = { ...process.env, CXX: muslCompiler(processor), LDFLAGS: flags };
  run(process.execPath, [script, "plain"], { env });
}

/**
 * @param {import("./lib/emulated.mjs").OtherSystem} system
 * @param {string} addon
 */
function trySmoke(system, addon) {
  console.log(`${system.about}: ${path.relative(root, addon)}`);
  const patience = { CODECELL_SMOKE_PATIENCE_MS: "600000" };
  runOn(system, [smoke], { ...process.env, ...patience, CODECELL_ADDON: addon });
}
