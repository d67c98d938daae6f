import type { CellOutcome, EndedOutcome, YieldReason } from "./outcome.js";
import type { CodeModeStats } from "./stats.js";

/**
 * Follows what a runtime does while it does it, as a tracer does. `openTelemetry` of `codecell/otel` makes one. Its
 * methods are called in the context (`AsyncLocalStorage`) of who has called codecell, and must not throw.
 */
export interface Telemetry {
  /**
   * A runtime was made.
   *
   * @param stats - Its `CodeMode.stats`.
   * @returns Called once, when it has been closed.
   */
  runtime(stats: () => CodeModeStats): () => void;
  /** Calls `run`, once and at once, as a part of what its caller does. Gives on what that gives. */
  observe<Outcome extends CellOutcome>(
    what: FollowedRequest,
    run: () => Promise<Outcome>,
  ): Promise<Outcome>;
  /** A cell is started, or goes on that an earlier process had. */
  cell(cell: FollowedCell): CellTrace;
}

/** An `exec` or `wait`. */
export interface FollowedRequest {
  readonly by: "exec" | "wait";
  readonly sessionId: string;
}

export interface FollowedCell {
  readonly sessionId: string;
  readonly cellId: string;
  readonly source: string;
  /** Of a cell that an earlier process had: its `CellTrace.traceparent` there. */
  readonly resumes: string | undefined;
}

/** One cell, as it is followed. */
export interface CellTrace {
  /** Where it is traced, as W3C Trace Context writes it. The journal of a durable cell keeps it. */
  readonly traceparent: string | undefined;
  /** It calls a tool. */
  call(call: FollowedCall): CallTrace;
  yielded(reason: YieldReason): void;
  /** Its isolate is given up until an approval is decided. */
  parked(): void;
  unparked(): void;
  /** Nothing follows. */
  ended(outcome: EndedOutcome): void;
  /** It could not be started. Nothing follows. @param code - Of the `CodeModeError`. */
  refused(code: string): void;
}

export interface FollowedCall {
  readonly callId: string;
  readonly tool: string;
  readonly description: string;
  /** JSON text, before it is checked. */
  readonly input: string;
}

/** One tool call, as it is followed. */
export interface CallTrace {
  /** Runs the tool, once and at once, so that what it does is a part of the call. Gives on what that gives, or throws. */
  run<Result>(execute: () => Result): Result;
  /** Nothing follows. */
  settled(how: SettledCall): void;
}

export type SettledCall =
  /** `result`: JSON text, or the result itself where that is a string. */
  | { readonly status: "fulfilled"; readonly result: string }
  /** `thrown`: what its tool has thrown; undefined where that is not why. `error`: what the cell is told. */
  | { readonly status: "rejected"; readonly thrown: unknown; readonly error: string }
  | { readonly status: "aborted" };
