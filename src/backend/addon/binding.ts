import type * as Binding from "../../../binding.js";
import { builtin } from "../../base/builtin.js";
import { packageRoot } from "../../base/package-root.js";
import { loadAddon } from "./load-addon.js";

let binding: typeof Binding | undefined;

/**
 * The native addon, loaded at the first call: the only door to it.
 *
 * @throws {CodeModeError} ERR_ADDON_MISSING, ERR_ADDON_MISMATCH.
 */
export function getBinding(): typeof Binding {
  if (binding === undefined) {
    const loaded = loadAddon();
    // Node itself may set the code in a listener of its own, so the argument is not the last word.
    const noteExitCode = (code: number): void =>
      loaded.noteExitCode(Number(process.exitCode ?? code));
    process.on("exit", noteExitCode);
    loaded.setWebFolder(builtin("node:path").join(packageRoot, "dist", "web"));
    binding = loaded;
  }
  return binding;
}
