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

/** A problem that did not end the cell. */
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
  /**
   * Milliseconds from the cell's start to its end, or to this observation, without the time in which it was parked. Of
   * a durable cell: in this process.
   */
  readonly wallMs: number;
  /** The part of that time, from 0 to 1, in which the cell could only wait for tools. */
  readonly toolWaitShare: number;
  /** Bytes of V8 heap in use when last measured: at the start, after each collection, at the end. */
  readonly heapBytes: number;
  /** The maximum of V8 heap that was measured, in bytes. */
  readonly heapPeakBytes: number;
  /** The maximum memory of all ArrayBuffers, in bytes. */
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
  | "ERR_CELL_SOURCE_LIMIT"
  | "ERR_CELL_HOST_LOST"
  | "ERR_CELL_DIVERGED"
  | "ERR_CELL_STORE"
  | "ERR_CELL_JOURNAL_LIMIT";

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
  /**
   * The thrown error's name, such as `TypeError`; `"Error"` if it has none; `"ToolError"` where a tool
   * has failed and the cell has not caught it.
   */
  readonly name: string;
  /** Of a `ToolError`: the text that the tool failed with, and nothing else. */
  readonly message: string;
  readonly stack?: string;
  readonly position?: SourcePosition;
  readonly cause?: CellError;
  /** The limit that was passed, with what it allowed and what was used, in the limit's unit. */
  readonly limit?: { readonly name: string; readonly allowed: number; readonly used: number };
  /** The signal by which the cell's process ended; only with ERR_CELL_HOST_LOST. */
  readonly signal?: string;
  /** The whole text a model should read. */
  readonly text: string;
}

/** A power that the process of a cell can give up before the cell's code runs. */
export type Confinement =
  /** It gains no privileges by running another program. */
  | "noNewPrivileges"
  /** Nothing is open in it but the channel to this process. */
  | "noDescriptors"
  | "emptyEnvironment"
  /** It opens and writes no files, and leaves no core. */
  | "resourceLimits"
  /** It makes no system calls but those that a running engine needs. */
  | "seccomp"
  /** It has namespaces of its own. */
  | "namespaces"
  /** The system ends it with this process. */
  | "diesWithHost";

/** The process that a cell lives in. */
export interface CellPlace {
  /** `"process"`: an ordinary process of Node; `"zygote"`: one that was forked from a process made for this. */
  readonly host: "process" | "zygote";
  /** The powers that the process has given up. */
  readonly confinement: readonly Confinement[];
}

/** With `host` and `confinement` where the cell lives in a process of its own, from its start on. */
interface Observed extends Partial<CellPlace> {
  readonly cellId: string;
  /** The output that no earlier observation has returned. */
  readonly output: readonly OutputItem[];
  /**
   * Console lines that no earlier observation has returned; always empty without the option
   * `console: true`.
   */
  readonly logs: readonly CellLog[];
  readonly usage: CellUsage;
  /**
   * Of a durable cell: how many output items it has handed out up to here. Give it to `wait` as `after`. Else
   * not set.
   */
  readonly cursor?: number;
}

interface Ended extends Observed {
  /** When the end could be told: milliseconds since the epoch. */
  readonly endedAt: number;
  readonly warnings: readonly CellWarning[];
}

export interface CompletedOutcome extends Ended {
  readonly status: "completed";
}

export interface FailedOutcome extends Ended {
  readonly status: "failed";
  readonly error: CellError;
  /** True if the cell's thread could not be stopped; see `docs/limits.md`. */
  readonly orphaned?: true;
}

export interface YieldedOutcome extends Observed {
  readonly status: "yielded";
  readonly reason: YieldReason;
  /** The names of the tools whose calls wait for approval, each once; not set if none waits. */
  readonly pendingApprovals?: readonly string[];
}

/**
 * Why an observation ended before the cell: `requested`: the cell called `yield_control()`; `time`:
 * `yieldAfterMs` has passed; `host`: `yieldNow` was called, `yieldSignal` aborted,
 * or a call waits for approval (`yieldOnApproval`).
 */
export type YieldReason = "requested" | "time" | "host";

export interface TerminatedOutcome extends Ended {
  readonly status: "terminated";
  /** `terminate()`, an aborted signal, or a closed session or runtime. */
  readonly reason: TerminateReason;
  /** True if the engine could not be interrupted: the thread is cut off but still runs. */
  readonly orphaned?: true;
}

export type TerminateReason = "requested" | "aborted" | "closed";

/** The session has no result for this cell any more, or never had such a cell. */
export interface MissingOutcome {
  readonly status: "missing";
  readonly cellId: string;
  /** Why. Sessions always say it. */
  readonly reason?: MissingReason;
}

/**
 * `given`: the cell has ended, and its end was returned already; `dropped`: it has ended, and its
 * end was dropped to make room for others (`limits.unseenBytes`); `refused`: the exec was rejected
 * with an error, and no cell was started; `unknown`: the session has given no exec this id.
 */
export type MissingReason = "given" | "dropped" | "refused" | "unknown";

/** The outcome of an exec: its cell has ended or has yielded. */
export type ExecOutcome = CompletedOutcome | FailedOutcome | YieldedOutcome | TerminatedOutcome;

/** The outcome of one observation of a cell. */
export type CellOutcome = ExecOutcome | MissingOutcome;

/** An outcome that is the end of the cell. */
export type EndedOutcome = CompletedOutcome | FailedOutcome | TerminatedOutcome;
