import type * as Binding from "../../../binding.js";
import { CodeModeError } from "../../base/errors.js";
import { packageRequire } from "../../base/package-root.js";
import { findAddon } from "./addon-file.js";
import { addonAdvice, describeHere, otherRuntime, supportedNodes } from "./here.js";
import { fileError, loadFailure } from "./load-failure.js";

/**
 * Loads the addon for this platform, architecture, libc and version of Node.
 *
 * @throws {CodeModeError} ERR_ADDON_MISSING if there is no file for this Node, ERR_ADDON_MISMATCH
 *   if the file is for another or cannot be loaded.
 */
export function loadAddon(): typeof Binding {
  requireNode();
  const file = findAddon();
  const error = fileError(file);
  if (error !== undefined) throw error;
  let addon: typeof Binding;
  try {
    addon = packageRequire(file) as typeof Binding;
  } catch (thrown) {
    throw loadFailure(file, thrown);
  }
  checkVersions(file, addon.builtFor);
  return addon;
}

/** @throws {CodeModeError} ERR_ADDON_MISSING if another runtime than Node runs this program. */
export function requireNode(): void {
  const runtime = otherRuntime();
  if (runtime === undefined) return;
  // It may forbid to ask for more, such as the libc.
  const { version, platform, arch } = process;
  throw new CodeModeError(
    "ERR_ADDON_MISSING",
    `There is no native addon for ${runtime} on ${platform}-${arch}: codecell runs cells with the V8 of Node, which ` +
      `${runtime} does not have, though it says that it is Node ${version}. Run the program with Node ${supportedNodes}: ` +
      "`node FILE`.",
  );
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
