import type { CodeModeErrorCode } from "../base/errors.js";
import type {
  CellError,
  CellErrorCode,
  CellLog,
  CellPlace,
  OutputItem,
  TerminateReason,
} from "./outcome.js";

/**
 * Where cells live: a thread of this process, or anywhere else behind the same interface. What crosses
 * it is plain data that a structured clone keeps as it is, and no method answers at once, so that a
 * backend may run cells in another process. `test/backend/contract.ts` says what a backend must do.
 */
export interface CellBackend {
  /**
   * Starts a cell. Its events come in the cell's order and never before `start` has returned. The first
   * is `started`, unless the cell ends before it has run, or `refused`. The last is `refused`,
   * `disposed`, `unresponsive`, or a `settled` that is parked. Never throws: where no cell can be
   * started, `refused` says why.
   */
  start(options: BackendCellOptions, onEvent: (event: BackendEvent) => void): BackendCell;
  /**
   * Refuses further cells, gives up what is kept ready for them, and resolves when that is gone. Cells
   * that run go on until they end. Idempotent.
   */
  close(): Promise<void>;
}

/** What starts cells in a backend that others close. */
export type CellStarter = Pick<CellBackend, "start">;

/** A cell that has been started. Every method may be called at any time and never throws. */
export interface BackendCell {
  /** Settles a tool call or a lookup. Ignored after the cell's end. */
  send(command: BackendCommand): void;
  /**
   * Resolves with what the cell has used so far, when everything it has said by now has been told to
   * `onEvent`. Resolves as well while the cell computes without a pause, and after its end. Never
   * rejects.
   */
  sample(): Promise<BackendUsage>;
  /**
   * Asks the cell to stop; `settled` and `disposed` follow, or `unresponsive` where the cell does not
   * react though it has had time to. Idempotent.
   *
   * @param why - For the journal of a durable cell.
   */
  terminate(why?: StopCause): void;
}

/** Why a cell is asked to stop: somebody wants it, or it has passed a limit that its session watches. */
export interface StopCause {
  readonly reason?: TerminateReason | undefined;
  readonly error?: CellError | undefined;
}

/**
 * What a cell is started with. A backend may prepare a list or a setup once and find it again by its
 * identity: the same object always has the same content.
 */
export interface BackendCellOptions {
  readonly source: string;
  readonly setup: BackendSetup;
  /**
   * A snapshot of stored values: key, JSON text, key, JSON text, …; undefined if there are none.
   */
  readonly stored: readonly string[] | undefined;
  /**
   * Makes the cell's run depend on its source and on the commands it is sent, and on nothing else. Its
   * timers become events, and each command says what time it is. Not set: the system's clock and
   * randomness.
   */
  readonly deterministic?: BackendDeterminism | undefined;
  /** Where the cell is to live, for a backend that has both. */
  readonly isolation?: Isolation | undefined;
  /**
   * Cells with the same signal may share what a backend makes ahead, and share it with no others. It is aborted
   * when they are gone and no more follow. Not set: they share it with all that have none.
   */
  readonly apart?: AbortSignal | undefined;
}

/** What the clock and the randomness of a deterministic cell begin with. */
export interface BackendDeterminism {
  /** 64 hexadecimal digits. */
  readonly seed: string;
  /** Milliseconds since the epoch, whole. */
  readonly now: number;
}

/** Whether a cell lives on a thread of this process, or in a process of its own. */
export type Isolation = "thread" | "process";

/** What is the same for many cells. */
export interface BackendSetup {
  /** A tool call names its tool by the index in this list. */
  readonly tools: readonly BackendTool[];
  readonly modules: readonly BackendModule[];
  readonly limits: BackendLimits;
  readonly console: "off" | CellConsole;
  readonly dialect: Dialect;
  readonly webGlobals: boolean;
  readonly remoteImages: boolean;
  readonly failOnDeadlock: boolean;
}

/** What becomes of a line that a cell writes to its console: one of its `logs`, or an output item. */
export type CellConsole = "logs" | "output";

/**
 * How a cell's source is read. `"strict"`: as an ES module. `"lenient"`: as one where that works; where
 * it would fail or hand nothing out, as models write programs.
 */
export type Dialect = "strict" | "lenient";

/** A tool as cells see it. */
export interface BackendTool {
  /** The identifier under `tools`, unique in its list. */
  readonly name: string;
  /** The name inside the namespace's module; equal to `name` where there is no namespace. */
  readonly ownName: string;
  /** The namespace's parts joined by `/`; empty if there is none. */
  readonly namespace: string;
  readonly description: string;
  /** Whether its results are what `mcpResultValue` makes of MCP results. */
  readonly isMcp: boolean;
}

/** A module of the host's: source text, or names and values (name, JSON text, name, JSON text, …). */
export type BackendModule =
  | { readonly specifier: string; readonly source: string }
  | { readonly specifier: string; readonly exports: readonly string[] };

/** The limits that hold where the cell lives; `CellLimits` of the public interface explains each. */
export interface BackendLimits {
  readonly heapBytes: number;
  readonly arrayBufferBytes: number;
  /** Infinity: no limit. */
  readonly cpuMs: number;
  readonly outputBytes: number;
  readonly outputItems: number;
  readonly notifications: number;
  readonly storedBytes: number;
  readonly storedKeys: number;
  readonly toolCalls: number;
  readonly toolCallsInFlight: number;
  readonly toolInputBytes: number;
  readonly jsonDepth: number;
  readonly jsonValues: number;
  readonly timers: number;
  readonly sourceBytes: number;
  readonly evalBytes: number;
  /** Of the whole process, while the cell runs. */
  readonly rssBytes: number;
}

/** What the host tells a running cell. */
export type BackendCommand =
  | {
      readonly type: "toolResolved";
      readonly callId: number;
      /** JSON text, or the result itself where that is a string. */
      readonly result: string;
      readonly isJson: boolean;
      readonly isAscii: boolean;
      /** What a deterministic cell's clock shows from here on: milliseconds since the epoch. */
      readonly now?: number | undefined;
    }
  | {
      readonly type: "toolRejected";
      readonly callId: number;
      readonly message: string;
      readonly now?: number | undefined;
    }
  /** Runs a timer of a deterministic cell. Ignored where that has cleared it. */
  | { readonly type: "timerFired"; readonly timer: number; readonly now: number };

/** What a backend tells of a cell. */
export type BackendEvent =
  /** The cell's code runs; `place` where it does not on a thread of this process. */
  | { readonly type: "started"; readonly place?: CellPlace }
  /** No cell was started. Nothing follows. */
  | { readonly type: "refused"; readonly refusal: BackendRefusal }
  | { readonly type: "output"; readonly item: OutputItem }
  | { readonly type: "log"; readonly log: CellLog }
  | { readonly type: "notify"; readonly text: string }
  | {
      readonly type: "toolCall";
      readonly callId: number;
      readonly tool: number;
      readonly json: string;
    }
  | ToolLookupEvent
  /** A deterministic cell has a timer: it is sent `timerFired` when its clock shows `due`. */
  | { readonly type: "timerSet"; readonly timer: number; readonly due: number }
  | { readonly type: "timerCleared"; readonly timer: number }
  /** A deterministic cell has applied so many commands in all and can only wait for the next. */
  | { readonly type: "waiting"; readonly applied: number }
  | { readonly type: "yielded"; readonly usage: BackendUsage }
  /** A limit was passed; `settled` follows, or `unresponsive`. */
  | { readonly type: "stopping"; readonly error: BackendError }
  | { readonly type: "settled"; readonly settled: BackendSettled }
  /** Everything the cell had is gone; what it has used in all. Nothing follows. */
  | { readonly type: "disposed"; readonly cpuMs: number }
  /** The cell did not stop and has been cut off; it may still run. Nothing follows. */
  | { readonly type: "unresponsive"; readonly usage: BackendUsage };

/** What a cell asks about its tools. It is answered as a tool call is settled. */
export type ToolLookupEvent =
  | {
      readonly type: "toolSearch";
      readonly callId: number;
      readonly query: string;
      readonly limit: number;
    }
  | { readonly type: "toolLookup"; readonly callId: number; readonly name: string };

/** Why no cell was started. */
export interface BackendRefusal {
  /**
   * ERR_THREAD_START, ERR_TOO_MANY_ORPHANS, ERR_PROCESS_START, ERR_SANDBOX or ERR_SESSION_CLOSED, from the
   * backends there are.
   */
  readonly code: CodeModeErrorCode;
  readonly message: string;
  /** What led to it, where an error did. */
  readonly cause?: Error | undefined;
}

/** How the cell's code ended. */
export interface BackendSettled {
  readonly status: "completed" | "failed" | "terminated";
  /** The thread sleeps for ever: no `disposed` follows. */
  readonly isParked: boolean;
  readonly error?: BackendError | undefined;
  /** The keys the cell wrote, with the last value of each: key, JSON text, key, JSON text, … */
  readonly writes: readonly string[];
  /** The texts of the rejections that the cell did not handle. */
  readonly unhandledRejections: readonly string[];
  readonly usage: BackendUsage;
  /** Of a durable cell: what is told of its end each time, instead of what its handle has counted. */
  readonly facts?: EndFacts | undefined;
}

/** What is told of an end besides how it came. */
export interface EndFacts {
  /** Milliseconds since the epoch. */
  readonly endedAt: number;
  readonly wallMs: number;
  readonly toolCalls: number;
  readonly outputBytes: number;
  /** The names of the tools whose calls were open. */
  readonly droppedCalls: readonly string[];
}

/** What a cell has used, as its backend measures it. */
export interface BackendUsage {
  readonly cpuMs: number;
  /** Milliseconds in which the cell had nothing to do but to wait for tools. */
  readonly toolWaitMs: number;
  readonly heapBytes: number;
  readonly heapPeakBytes: number;
  readonly arrayBufferPeakBytes: number;
}

/** What a cell has used of which nothing has been measured. */
export const noUsage: BackendUsage = {
  cpuMs: 0,
  toolWaitMs: 0,
  heapBytes: 0,
  heapPeakBytes: 0,
  arrayBufferPeakBytes: 0,
};

/** Why a cell failed or is being stopped. */
export interface BackendError {
  readonly code: CellErrorCode;
  readonly name: string;
  readonly message: string;
  readonly text: string;
  readonly stack?: string;
  /** Line and column count from one, in the cell's own source. */
  readonly line?: number;
  readonly column?: number;
  readonly sourceLine?: string;
  readonly cause?: BackendError;
  /** The limit that was passed, with what it allowed and what was used. */
  readonly limit?: string;
  readonly allowed?: number;
  readonly used?: number;
  /** The signal by which the cell's process ended. */
  readonly signal?: string;
}

/** What a limit allows and what was used, in the limit's unit. */
export interface Passed {
  readonly allowed: number;
  readonly used: number;
}
