import type { CellLimits } from "../options/limits.js";
import type { CellEvent } from "../protocol/events.js";
import type { CellOutcome } from "../protocol/outcome.js";
import type { SessionName } from "./session-name.js";

/** How a cell is observed. */
export interface ServiceObservation {
  /** Milliseconds; with Infinity until the cell ends or yields by itself. Default: the server's. */
  readonly yieldAfterMs?: number | undefined;
  /** Resolves as yielded as soon as a call waits for an approval. Default: false. */
  readonly yieldOnApproval?: boolean | undefined;
  /** Who observes has gone: the cell goes on, and what was not told is told to the next. */
  readonly signal?: AbortSignal | undefined;
  /** Gets the cell's events from now on, until the outcome. */
  readonly onEvent?: ((event: CellEvent) => void) | undefined;
}

export interface ServiceExecOptions extends ServiceObservation {
  /** The same in each try of one request: one cell, however often it is asked for. */
  readonly requestId?: string | undefined;
  /** Lowers the tenant's. */
  readonly limits?: CellLimits | undefined;
  /** Called once with the cell's id, before it starts. */
  readonly onCellId?: ((cellId: string) => void) | undefined;
}

export interface ServiceWaitOptions extends ServiceObservation {
  /** The `cursor` of the last outcome that who asks has. */
  readonly after?: number | undefined;
}

export interface DecidedQuestion {
  readonly cellId: string;
  readonly approvalId: string;
}

/**
 * Runs the cells of all tenants, here or elsewhere. What else is asked of cells is answered from the store, by any
 * server. Methods reject with a `CodeModeError` or a `ServiceError`.
 */
export interface CellService {
  /**
   * Runs JavaScript in a new cell of the session.
   *
   * @throws {CodeModeError} As `Session.exec`.
   * @throws {ServiceError} ERR_QUOTA, ERR_DRAINING.
   */
  exec(session: SessionName, source: string, options: ServiceExecOptions): Promise<CellOutcome>;
  /**
   * Observes a cell of the session; one that nobody runs goes on. `missing` for a cell of another session.
   *
   * @throws {CodeModeError} As `Session.wait`.
   * @throws {ServiceError} ERR_DRAINING.
   * @throws The signal's reason when it is aborted.
   */
  wait(session: SessionName, cellId: string, options: ServiceWaitOptions): Promise<CellOutcome>;
  /** Ends a cell of the session for good. */
  terminate(session: SessionName, cellId: string): Promise<CellOutcome>;
  /**
   * The session of a cell that a server has now; undefined where none has, or it is not known.
   *
   * @throws {CodeModeError} ERR_STORE_UNAVAILABLE.
   */
  runningIn(cellId: string): Promise<SessionName | undefined>;
  /**
   * A question of a cell was decided in the store. Whoever runs the cell finds that by itself in half a second; told so,
   * it looks at once.
   *
   * @returns Whether it was told. Never rejects.
   */
  decided(session: SessionName, question: DecidedQuestion): Promise<boolean>;
  /**
   * Takes no new cells, lets those that run end, and leaves in the store what has not ended when the signal is aborted:
   * it goes on where it is waited for next. Idempotent: the first signal counts.
   */
  drain(signal?: AbortSignal): Promise<void>;
}
