import { builtin } from "../../base/builtin.js";
import { CodeModeError } from "../../base/errors.js";
import { packageRoot } from "../../base/package-root.js";
import { addonAdvice, describeHere, supportedNodes } from "./here.js";
import { platformPackage } from "./platform-package.js";

const { existsSync, readdirSync, readFileSync } = builtin("node:fs");
const { dirname, join } = builtin("node:path");

/** What the prebuilt files of a platform need of the system: `needs.json`, which the build writes. */
export interface AddonNeeds {
  /** The oldest glibc: "2.34". */
  readonly glibc?: string;
}

/**
 * The file of the addon for this Node: the one that the environment variable CODECELL_ADDON names, or
 * one that was built on this machine, or the one in the package for this platform.
 *
 * @throws {CodeModeError} ERR_ADDON_MISSING, naming the places looked at.
 */
export function findAddon(): string {
  const named = process.env["CODECELL_ADDON"];
  if (named !== undefined && named !== "") {
    if (existsSync(named)) return named;
    throw missing(`Looked for ${named}.`);
  }
  const built = builtAddon();
  if (existsSync(built)) return built;
  const { name, folder } = platformPackage();
  if (folder === undefined) {
    throw missing(`Looked for ${built} and for the package ${name}, which is not installed.`);
  }
  const prebuilt = join(folder, addonName());
  if (existsSync(prebuilt)) return prebuilt;
  throw missing(`Looked for ${built} and ${prebuilt}; ${name} has ${describeFiles(folder)}.`);
}

/** Where an addon is that was built on this machine, by `npm run build` or by `codecell build`. */
export function builtAddon(): string {
  const folder = `abi${process.versions.modules}`;
  return join(packageRoot, "build", folder, "Release", "codecell.node");
}

/** What an addon needs of the system, as far as the build has noted it. */
export function needsOf(addon: string): AddonNeeds {
  try {
    return JSON.parse(readFileSync(join(dirname(addon), "needs.json"), "utf8"));
  } catch {
    // Only prebuilt files have a note.
    return {};
  }
}

function addonName(): string {
  return `codecell.abi${process.versions.modules}.node`;
}

function missing(where: string): CodeModeError {
  return new CodeModeError(
    "ERR_ADDON_MISSING",
    `There is no native addon for ${describeHere()}. ${where} codecell supports Node ${supportedNodes}. ${addonAdvice()}`,
  );
}

function describeFiles(folder: string): string {
  const addons = readdirSync(folder).filter((file) => file.endsWith(".node"));
  return addons.length === 0 ? "no addons" : addons.sort().join(", ");
}
