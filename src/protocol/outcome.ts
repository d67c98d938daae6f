/** One thing a cell handed out with `text`, `image`, `audio`, `content` or `generatedImage`. */
export type OutputItem =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image"; readonly imageUrl: string; readonly detail: ImageDetail }
  | { readonly type: "audio"; readonly audioUrl: string };

export type ImageDetail = "auto" | "low" | "high" | "original";

/** One line a cell wrote to its console; collected only with the option `console: true`. */
export interface CellLog {
  readonly level: "debug" | "log" | "info" | "warn" | "error";
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** Something worth knowing that did not end the cell. */
export type CellWarning =
  | { readonly type: "unhandledRejection"; readonly text: string }
  | { readonly type: "notificationFailed"; readonly text: string }
  /** Tool calls that were open when the cell's code ended: they were aborted, and no result was read. */
  | {
      readonly type: "toolCallsDropped";
      readonly text: string;
      readonly count: number;
      /** The names of their tools, each once, in the order of the calls. */
      readonly tools: readonly string[];
    };

/** What a cell has used so far. */
export interface CellUsage {
  /** Processor time of the cell's own thread, in milliseconds. */
  readonly cpuMs: number;
  /** Milliseconds from the cell's start to its end, or to this observation. */
  readonly wallMs: number;
  /** Which part of that time, from 0 to 1, the cell had nothing to do but to wait for tools. */
  readonly toolWaitShare: number;
  /** Bytes of V8 heap in use when last measured: at the start, after each collection, at the end. */
  readonly heapBytes: number;
  /** The most bytes of V8 heap that were measured. */
  readonly heapPeakBytes: number;
  /** The most bytes that ArrayBuffers had at once. */
  readonly arrayBufferPeakBytes: number;
  /** Tool calls the cell has made. */
  readonly toolCalls: number;
  /** UTF-8 bytes of the cell's output items. */
  readonly outputBytes: number;
}

export type CellErrorCode =
  | "ERR_CELL_SCRIPT"
  | "ERR_CELL_DEADLOCK"
  | "ERR_CELL_ENGINE"
  | "ERR_CELL_HEAP_LIMIT"
  | "ERR_CELL_CPU_LIMIT"
  | "ERR_CELL_WALL_LIMIT"
  | "ERR_CELL_MEMORY_LIMIT"
  | "ERR_CELL_OUTPUT_LIMIT"
  | "ERR_CELL_OUTPUT_ITEMS_LIMIT"
  | "ERR_CELL_NOTIFICATIONS_LIMIT"
  | "ERR_CELL_TOOL_CALLS_LIMIT"
  | "ERR_CELL_SOURCE_LIMIT";

/** Where in the cell's source an error arose. Line and column count from one. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
  readonly sourceLine: string;
}

/** Why a cell failed, as plain data. */
export interface CellError {
  /** ERR_CELL_SCRIPT for what the source threw; another code names the rule that ended the cell. */
  readonly code: CellErrorCode;
  /** The thrown error's name, such as `TypeError`; `"Error"` where it has none. */
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly position?: SourcePosition;
  readonly cause?: CellError;
  /** The limit that was passed, with what it allowed and what was used, in the limit's unit. */
  readonly limit?: { readonly name: string; readonly allowed: number; readonly used: number };
  /** The whole text a model should read. */
  readonly text: string;
}

interface Observed {
  readonly cellId: string;
  /** What no earlier observation has handed out. */
  readonly output: readonly OutputItem[];
  /** Console lines that no earlier observation has handed out; always empty without the option `console: true`. */
  readonly logs: readonly CellLog[];
  readonly usage: CellUsage;
}

interface Ended extends Observed {
  readonly warnings: readonly CellWarning[];
}

export interface CompletedOutcome extends Ended {
  readonly status: "completed";
}

export interface FailedOutcome extends Ended {
  readonly status: "failed";
  readonly error: CellError;
  /** True where the cell's thread could not be ended; see `docs/limits.md`. */
  readonly orphaned?: true;
}

export interface YieldedOutcome extends Observed {
  readonly status: "yielded";
}

export interface TerminatedOutcome extends Ended {
  readonly status: "terminated";
  /** `terminate()`, an aborted signal, or a closed session or runtime. */
  readonly reason: TerminateReason;
  /** True where the engine could not be interrupted: the thread is cut off but still at work. */
  readonly orphaned?: true;
}

export type TerminateReason = "requested" | "aborted" | "closed";

/** The session knows no such cell, or none any more. */
export interface MissingOutcome {
  readonly status: "missing";
  readonly cellId: string;
  /** Why. Sessions always say it. */
  readonly reason?: MissingReason;
}

/**
 * `given`: the cell has ended and an observation got its end, which is given once; `dropped`: it has
 * ended, and its end made room for others (`limits.unseenBytes`); `unknown`: the session has started no
 * cell of this id.
 */
export type MissingReason = "given" | "dropped" | "unknown";

/** What an exec found: its cell has ended, or goes on. */
export type ExecOutcome = CompletedOutcome | FailedOutcome | YieldedOutcome | TerminatedOutcome;

/** What one observation of a cell found. */
export type CellOutcome = ExecOutcome | MissingOutcome;

/** An outcome after which the cell is no more. */
export type EndedOutcome = CompletedOutcome | FailedOutcome | TerminatedOutcome;
