import { builtin } from "../../base/builtin.js";
import { CodeModeError } from "../../base/errors.js";
import { packageRoot } from "../../base/package-root.js";
import { addonAdvice, describeHere, supportedNodes } from "./here.js";
import { isMusl } from "./libc.js";

const { existsSync, readdirSync, readFileSync } = builtin("node:fs");
const { dirname, join } = builtin("node:path");

/** What the prebuilt files of a platform need of the system: `needs.json`, which the build writes. */
export interface AddonNeeds {
  /** The oldest glibc: "2.34". */
  readonly glibc?: string;
}

/**
 * The file of the addon for this Node: the one that the environment variable CODECELL_ADDON names, or
 * one that was built on this machine, or a prebuilt one.
 *
 * @throws {CodeModeError} ERR_ADDON_MISSING, naming the places looked at.
 */
export function findAddon(): string {
  const named = process.env["CODECELL_ADDON"];
  const candidates = named === undefined || named === "" ? [builtFile(), prebuiltFile()] : [named];
  const found = candidates.find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new CodeModeError(
    "ERR_ADDON_MISSING",
    `There is no native addon for ${describeHere()}. Looked for ${candidates.join(" and ")}; ` +
      `${describePrebuilt()} codecell supports Node ${supportedNodes}. ${addonAdvice()}`,
  );
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

function builtFile(): string {
  const folder = `abi${process.versions.modules}`;
  return join(packageRoot, "build", folder, "Release", "codecell.node");
}

function prebuiltFile(): string {
  const platform = `${process.platform}-${process.arch}${isMusl() ? "-musl" : ""}`;
  const file = `codecell.abi${process.versions.modules}.node`;
  return join(packageRoot, "prebuilds", platform, file);
}

function describePrebuilt(): string {
  const root = join(packageRoot, "prebuilds");
  const files = existsSync(root) ? readdirSync(root, { recursive: true, encoding: "utf8" }) : [];
  const prebuilt = files.filter((file) => file.endsWith(".node")).sort();
  return prebuilt.length === 0
    ? "the package has no prebuilt ones."
    : `the package has ${prebuilt.join(", ")}.`;
}
