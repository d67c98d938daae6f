// Checks prebuilt addons for systems that this machine is not: what they need of a system; the smoke test with old
// libraries, and on arm64 under qemu; and for musl, of which no Node is to be had here, the native tests.
//
//   node scripts/check-platforms.mjs [symbols] [old-libraries] [arm64] [musl]
//     default: all; needs dist/ and prebuilds/: `npm run build:prebuilds`
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { checkSymbols } from "./lib/addon-symbols.mjs";
import { main, root, run, ScriptFailure } from "./lib/command.mjs";
import { arm64, oldLibraries, runOn } from "./lib/emulated.mjs";
import { muslCompiler } from "./lib/musl-compiler.mjs";
import { abiOfMajor, supportedMajors } from "./lib/node-cache.mjs";
import { ownPlatform } from "./lib/platforms.mjs";

const smoke = path.join(root, "test", "smoke", "smoke.mjs");

/** @type {Readonly<Record<string, () => void>>} */
const checks = {
  symbols: checkSymbols,
  "old-libraries": () => {
    const addon = addonFor(ownPlatform(), process.versions.modules);
    if (addon === undefined) throw missing(ownPlatform());
    trySmoke(oldLibraries(), addon);
  },
  arm64: () => {
    const platform = "linux-arm64-gnu";
    buildMissing(platform);
    for (const major of supportedMajors) {
      const addon = addonFor(platform, abiOfMajor[major]);
      if (addon === undefined) throw missing(platform);
      trySmoke(arm64(major), addon);
    }
  },
  musl: () => {
    tryNative("x86_64");
    for (const platform of ["linux-x64-musl", "linux-arm64-musl"]) buildMissing(platform);
    checkSymbols();
  },
};

await main(() => {
  const asked = process.argv.slice(2);
  for (const name of asked.length > 0 ? asked : Object.keys(checks)) {
    const check = checks[name];
    if (check === undefined) {
      throw new ScriptFailure(`expected one of ${Object.keys(checks).join(", ")}; got ${name}`);
    }
    check();
  }
});

/**
 * Builds what a platform has not for each Node. The folder is made anew, so it is all of them or none.
 * @param {string} platform
 */
function buildMissing(platform) {
  const addons = supportedMajors.map((major) => addonFor(platform, abiOfMajor[major]));
  if (!addons.includes(undefined)) return;
  const script = path.join(root, "scripts", "build-prebuilds.mjs");
  run(process.execPath, [script, "--platform", platform]);
}

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

/**
 * @param {string} platform
 * @param {string} abi
 */
function addonFor(platform, abi) {
  const folder = path.join(root, "prebuilds", platform);
  if (!existsSync(folder)) return undefined;
  const name = readdirSync(folder).find((file) => file === `codecell.abi${abi}.node`);
  return name === undefined ? undefined : path.join(folder, name);
}

/** @param {string} platform */
function missing(platform) {
  return new ScriptFailure(
    `there is no addon in prebuilds/${platform}: run node scripts/build-prebuilds.mjs --platform ${platform}`,
  );
}
