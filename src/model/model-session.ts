import type { ExecOptions, WaitOptions } from "../options/exec-options.js";
import type { Settings } from "../options/settings.js";
import type { CellOutcome } from "../protocol/outcome.js";

/** What a model's calls need of a session: a `Session` is one, and there may be others whose cells are elsewhere. */
export interface ModelSession {
  readonly settings: Settings;
  readonly maxOutputTokens: number;
  exec(source: string, options: ExecOptions): Promise<CellOutcome>;
  wait(cellId: string, options: WaitOptions): Promise<CellOutcome>;
  terminate(cellId: string): Promise<CellOutcome>;
}
