import { checkOneOf } from "../base/option-checks.js";

export type ZygoteUse = "shared" | "session";
export type ProcessHost = "auto" | "process" | "zygote";
export type Sandbox = "required" | "best-effort" | "off";

/** Options of a runtime for `isolation: "process"`. */
export interface ProcessOptions {
  /**
   * Which processes cells get with `isolation: "process"`: `"zygote"`, forked from a process that was made
   * for this; `"process"`, ordinary processes of Node; or `"auto"`, the first of these that works here
   * (`codeMode.support()` says which). Default: `"auto"`.
   */
  readonly processHost?: ProcessHost | undefined;
  /**
   * Whether the process of a cell gives up its powers before the cell's code runs. `"required"`: an exec
   * whose process cannot is refused with ERR_SANDBOX; `"best-effort"`: it gives up what it can, and the
   * outcome says what that was (`confinement`); `"off"`: it gives up nothing, for debugging. Only for
   * `isolation: "process"`. Default: `"best-effort"`.
   */
  readonly sandbox?: Sandbox | undefined;
}

/**
 * Which processes cells get, and what these give up.
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION.
 */
export function checkProcessOptions({ processHost, sandbox }: ProcessOptions): {
  readonly processHost: ProcessHost;
  readonly sandbox: Sandbox;
} {
  checkOneOf("processHost", processHost, ["auto", "process", "zygote"]);
  checkOneOf("sandbox", sandbox, ["required", "best-effort", "off"]);
  return { processHost: processHost ?? "auto", sandbox: sandbox ?? "best-effort" };
}
