import type * as Binding from "../../../binding.js";
import { builtin } from "../../base/builtin.js";
import { describeThrown } from "../../base/describe-value.js";
import { CodeModeError } from "../../base/errors.js";
import { packageRequire, packageRoot } from "../../base/package-root.js";
import { isMusl } from "./libc.js";

const { existsSync, readdirSync } = builtin("node:fs");
const { join } = builtin("node:path");

const permission =
  "Start Node without --no-addons, and with --allow-addons where its permissions are limited.";
const supportedNodes = "20.11, 22.12, 24.0 or 26.0, and what follows each";

/**
 * Loads the addon for this platform, architecture, libc and version of Node: the file that the
 * environment variable CODECELL_ADDON names, or a checkout's own build, or a prebuilt one.
 *
 * @throws {CodeModeError} ERR_ADDON_MISSING if there is no file for this Node, ERR_ADDON_MISMATCH
 *   if the file is for another or cannot be loaded.
 */
export function loadAddon(): typeof Binding {
  const file = findAddon();
  let addon: typeof Binding;
  try {
    addon = packageRequire(file) as typeof Binding;
  } catch (thrown) {
    const why = describeThrown(thrown);
    const isDisabled =
      (thrown as NodeJS.ErrnoException | undefined)?.code === "ERR_DLOPEN_DISABLED";
    throw new CodeModeError(
      "ERR_ADDON_MISMATCH",
      `The native addon ${file} cannot be loaded on ${describeHere()}: ${why} ${isDisabled ? permission : addonAdvice()}`,
      { cause: thrown },
    );
  }
  checkVersions(file, addon.builtFor);
  return addon;
}

/**
 * The file of the addon for this Node.
 *
 * @throws {CodeModeError} ERR_ADDON_MISSING, naming the places looked at.
 */
export function findAddon(): string {
  const named = process.env["CODECELL_ADDON"];
  const candidates =
    named === undefined || named === "" ? [checkoutFile(), prebuiltFile()] : [named];
  const found = candidates.find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new CodeModeError(
    "ERR_ADDON_MISSING",
    `There is no native addon for ${describeHere()}. Looked for ${candidates.join(" and ")}; ${describePrebuilt()} ${addonAdvice()}`,
  );
}

function checkoutFile(): string {
  const folder = `abi${process.versions.modules}`;
  return join(packageRoot, "build", folder, "Release", "codecell.node");
}

function prebuiltFile(): string {
  const file = `codecell.abi${process.versions.modules}.node`;
  return join(packageRoot, "prebuilds", platformFolder(), file);
}

function platformFolder(): string {
  return `${process.platform}-${process.arch}${isMusl() ? "-musl" : ""}`;
}

/** Node does not check this for a Node-API addon, and a wrong one ends the process. */
function checkVersions(file: string, builtFor: typeof Binding.builtFor | undefined): void {
  if (builtFor === undefined) {
    // What CODECELL_ADDON names may be anything.
    throw new CodeModeError(
      "ERR_ADDON_MISMATCH",
      `The file ${file} is not codecell's native addon. ${addonAdvice()}`,
    );
  }
  const isSameAbi = builtFor.modules === Number(process.versions.modules);
  if (isSameAbi && majorMinor(builtFor.v8) === majorMinor(process.versions.v8)) return;
  throw new CodeModeError(
    "ERR_ADDON_MISMATCH",
    `The native addon ${file} was built for ABI ${builtFor.modules} with V8 ${builtFor.v8}; this is ${describeHere()} with V8 ${process.versions.v8}. ${addonAdvice()}`,
  );
}

function majorMinor(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

function describeHere(): string {
  const { version, versions } = process;
  return `Node ${version} (ABI ${versions.modules}) on ${platformFolder()}`;
}

function describePrebuilt(): string {
  const root = join(packageRoot, "prebuilds");
  if (!existsSync(root)) return "the package has no prebuilt ones.";
  const files = readdirSync(root, { recursive: true, encoding: "utf8" });
  const prebuilt = files.filter((file) => file.endsWith(".node"));
  return prebuilt.length === 0
    ? "the package has no prebuilt ones."
    : `the package has ${prebuilt.join(", ")}.`;
}

/** What to do about an addon that is missing or cannot be loaded; it ends the messages about both. */
export function addonAdvice(): string {
  return existsSync(join(packageRoot, "CMakeLists.txt"))
    ? "In this checkout, run `npm run build:native`."
    : `Use Node ${supportedNodes}, on a platform the package has an addon for.`;
}
