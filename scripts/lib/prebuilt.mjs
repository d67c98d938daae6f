// The addons in prebuilds/, and building those that are missing.
import { existsSync } from "node:fs";
import path from "node:path";
import { root, run, ScriptFailure } from "./command.mjs";
import { abiOfMajor, supportedMajors } from "./node-cache.mjs";

/**
 * @param {string} platform - "linux-arm64-gnu"
 * @param {string} major - Of Node.
 */
export function neededAddon(platform, major) {
  const addon = addonFor(platform, major);
  if (addon !== undefined) return addon;
  throw new ScriptFailure(
    `there is no addon for Node ${major} in prebuilds/${platform}: ` +
      `run node scripts/build-prebuilds.mjs --platform ${platform}`,
  );
}

/**
 * Builds a platform's addons, if one is missing. The folder is made anew, so it is all of them or none.
 * @param {string} platform
 * @param {readonly string[]} majors - Of Node.
 */
export function buildMissing(platform, majors) {
  if (majors.every((major) => addonFor(platform, major) !== undefined)) return;
  const script = path.join(root, "scripts", "build-prebuilds.mjs");
  run(process.execPath, [script, "--platform", platform, ...majors]);
}

/**
 * The majors of Node that a platform has an addon for, on this machine.
 * @param {string} platform
 */
export function builtMajors(platform) {
  return supportedMajors.filter((major) => addonFor(platform, major) !== undefined);
}

/**
 * @param {string} platform
 * @param {string} major
 */
function addonFor(platform, major) {
  const name = `codecell.abi${abiOfMajor[major]}.node`;
  const addon = path.join(root, "prebuilds", platform, name);
  return existsSync(addon) ? addon : undefined;
}
