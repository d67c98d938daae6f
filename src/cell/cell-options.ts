import type { ByteBudget } from "../bounds/byte-budget.js";
import type { RuntimeCounters } from "../bounds/runtime-counters.js";
import type { UnseenBytes } from "../bounds/unseen-bytes.js";
import type { PlannedCalls } from "../calls/planned-calls.js";
import type { ApprovalHandler } from "../protocol/approvals.js";
import type { BackendCellOptions, CellStarter } from "../protocol/cell-backend.js";
import type { DurableCalls } from "../protocol/durable-calls.js";
import type { EventHandler, NotificationHandler } from "../protocol/events.js";
import type { MissingReason } from "../protocol/outcome.js";
import type { CellTrace } from "../protocol/telemetry.js";
import type { RegisteredTool } from "../tools/registered-tool.js";

/** What a cell is started with. */
export interface CellOptions {
  readonly id: string;
  /** Its id is made when it is first read. */
  readonly session: { readonly id: string; readonly data: unknown };
  readonly backend: CellStarter;
  readonly backendOptions: BackendCellOptions;
  readonly tools: readonly RegisteredTool[];
  /** Milliseconds from the start before the cell fails; Infinity is no limit. */
  readonly wallMs: number;
  /** UTF-8 bytes that one tool result may have, or its JSON text where it is no string. */
  readonly toolResultBytes: number;
  /** Values, keys included, that the JSON of one tool input or result may be made of. */
  readonly jsonValues: number;
  /** Counts what has not been observed yet, of this cell and others. */
  readonly unseen: UnseenBytes;
  /** Bytes of JSON of the inputs of open tool calls, of this cell and others. */
  readonly toolInputs: ByteBudget;
  /** Count what this cell does, with others. */
  readonly counters: RuntimeCounters;
  readonly onEvent: readonly EventHandler[];
  readonly onNotify: readonly NotificationHandler[];
  readonly onApproval: readonly ApprovalHandler[];
  /** The calls that need no approval; all others that do not only read do. */
  readonly planned?: PlannedCalls | undefined;
  /** Takes the values the cell stored, once, when its code has ended. */
  readonly onWrites: (writes: readonly string[]) => void;
  /** The cell's start is over: its code runs, or never will. Called once. */
  readonly onStartOver: () => void;
  /** The cell cannot be asked for again: its end has been handed out or dropped, or it was never started. */
  readonly onForgotten: (how: Exclude<MissingReason, "unknown">) => void;
  /** The caller's, for tools. */
  readonly context: unknown;
  /** Set for a durable cell: nothing is told of it before its backend says that it may be. */
  readonly durable?: DurableCalls | undefined;
  /** Terminates the cell when it is aborted. */
  readonly signal: AbortSignal | undefined;
  /** Follows it, where telemetry does. */
  readonly trace?: CellTrace | undefined;
}

/** How long an observation takes at most, and who makes it. */
export interface Observation {
  /** `exec`: the yield clock starts when the code does; `wait`: at once. */
  readonly by: "exec" | "wait";
  /** Milliseconds; Infinity never yields by time. */
  readonly yieldAfterMs: number;
  /** Ends the observation with a rejection; the cell continues. */
  readonly signal?: AbortSignal | undefined;
  /** Ends the observation as yielded; the cell continues. */
  readonly yieldSignal?: AbortSignal | undefined;
  /** Ends the observation as yielded when a call waits for approval and no handler of this process decides. */
  readonly yieldOnApproval?: boolean | undefined;
}
