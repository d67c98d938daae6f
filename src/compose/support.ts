import { type AddonSupport, addonSupport } from "../backend/addon/support.js";
import { chooseSource } from "../backend/process/choose-source.js";

/** Whether cells can run in this process. */
export type Support =
  | (AddonSupport & {
      readonly supported: true;
      /** What `isolation: "process"` would use. */
      readonly processes: ProcessSupport;
    })
  | (AddonSupport & { readonly supported: false });

/** Which processes cells get with `isolation: "process"`, and why no better ones. */
export type ProcessSupport =
  | {
      /** `"zygote"`: forked from a process made for this; `"process"`: ordinary processes of Node. */
      readonly host: "process" | "zygote";
      /** Why a better one is not used: a sentence for each. */
      readonly notes: readonly string[];
      /** Why such a process has no sandbox; not set if it has one. */
      readonly noSandboxReason?: string;
    }
  | {
      readonly host: undefined;
      /** Why there are none. */
      readonly notes: readonly string[];
    };

/**
 * Whether cells can run in this process: what `createCodeMode` would find, without loading the native
 * addon and without making anything. It looks at the runtime, its flags, the platform, the libc and the
 * files that there are. It reads only the first bytes of the addon: they show a file that is cut short, no other damage.
 *
 * It never throws, and takes some milliseconds.
 */
export function support(): Support {
  const addon = addonSupport();
  return addon.supported ? { ...addon, processes: processSupport() } : addon;
}

function processSupport(): ProcessSupport {
  const chosen = chooseSource({ processHost: "auto", sandbox: "best-effort" });
  if (chosen.source === undefined) return { host: undefined, notes: [chosen.reason] };
  const { host, noSandboxReason } = chosen.source;
  const { notes } = chosen;
  return { host, notes, ...(noSandboxReason !== undefined && { noSandboxReason }) };
}
