// Checks prebuilt addons for systems that this machine is not: what they need of a system, and the smoke
// test with old libraries, and on arm64 under qemu.
//
//   node scripts/check-platforms.mjs [symbols] [old-libraries] [arm64]
//     default: all; needs dist/ and prebuilds/: `npm run build:prebuilds`
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { checkSymbols } from "./lib/addon-symbols.mjs";
import { main, root, run, ScriptFailure } from "./lib/command.mjs";
import { arm64, oldLibraries, runOn } from "./lib/emulated.mjs";
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
    const addons = () => supportedMajors.map((major) => addonFor(platform, abiOfMajor[major]));
    // It makes the folder anew, so it builds all of them or none.
    if (addons().includes(undefined)) build(platform);
    for (const major of supportedMajors) {
      const addon = addonFor(platform, abiOfMajor[major]);
      if (addon === undefined) throw missing(platform);
      trySmoke(arm64(major), addon);
    }
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

/** @param {string} platform */
function build(platform) {
  const script = path.join(root, "scripts", "build-prebuilds.mjs");
  run(process.execPath, [script, "--platform", platform]);
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
