import { isMainThread } from "node:worker_threads";
import type * as Binding from "../../binding.js";
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
    if (isMainThread) process.on("exit", (code) => loaded.noteExitCode(code));
    binding = loaded;
  }
  return binding;
}
