import type { ExecOptions, WaitOptions } from "../options/exec-options.js";
import type { CellOutcome, ExecOutcome } from "../protocol/outcome.js";

/** Options of one exec that mean the same in this process and on a server; all are those of `ExecOptions`. */
export type CellSessionExecOptions = Pick<
  ExecOptions,
  | "yieldAfterMs"
  | "signal"
  | "requestId"
  | "limits"
  | "yieldOnApproval"
  | "onCellId"
  | "onEvent"
  | "onNotify"
>;

/** Options of one wait that mean the same in this process and on a server; all are those of `WaitOptions`. */
export type CellSessionWaitOptions = Pick<
  WaitOptions,
  "yieldAfterMs" | "after" | "yieldOnApproval" | "signal"
>;

/**
 * What a session in this process (`Session` of `codecell`) and one of a server (`connectCodeMode`) both are. Code that
 * is written for it runs with either. docs/client.md says what differs.
 */
export interface CellSession extends AsyncDisposable {
  readonly id: string;
  /** Runs a source in a new cell; resolves when it ends or yields. */
  exec(source: string, options?: CellSessionExecOptions): Promise<ExecOutcome>;
  /** Observes a cell until it ends or yields. */
  wait(cellId: string, options?: CellSessionWaitOptions): Promise<CellOutcome>;
  /** Ends a cell, and resolves with its end. */
  terminate(cellId: string): Promise<CellOutcome>;
  /** The values that cells have stored. */
  storedValues(): Promise<Readonly<Record<string, unknown>>>;
  close(): Promise<void>;
}
