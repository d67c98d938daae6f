import { CodeModeError } from "../../base/errors.js";
import { findAddon } from "./addon-file.js";
import { requireNode } from "./load-addon.js";
import { disabledError, fileError, libcError } from "./load-failure.js";

/** Whether cells can run on threads of this process. */
export type AddonSupport =
  | {
      readonly supported: true;
      /** The file of the native addon that would be loaded. */
      readonly addon: string;
    }
  | {
      readonly supported: false;
      /** The error that `createCodeMode` would throw. It says what to do. */
      readonly error: CodeModeError;
    };

/**
 * Whether cells can run in this process: what `createCodeMode` would find, without loading the native
 * addon and without making anything. It looks at the runtime, its flags, the platform, the libc and the
 * files that there are. It reads only the first bytes of the addon: they show a file that is cut short, no other damage.
 *
 * It never throws, and takes some milliseconds.
 */
export function addonSupport(): AddonSupport {
  try {
    requireNode();
    const addon = findAddon();
    const error = forbidden() ?? fileError(addon) ?? libcError(addon);
    return error === undefined ? { supported: true, addon } : { supported: false, error };
  } catch (thrown) {
    if (thrown instanceof CodeModeError) return { supported: false, error: thrown };
    throw thrown;
  }
}

/** Node reads its flags before it looks for the file, so a file that cannot exist shows what they say. */
function forbidden(): CodeModeError | undefined {
  try {
    process.dlopen({ exports: {} }, "/dev/null/codecell.node");
    return undefined;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    return code === "ERR_DLOPEN_DISABLED" ? disabledError(thrown) : undefined;
  }
}
