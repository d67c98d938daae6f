// The surface of the native addon, as `src/backend/addon/binding.ts` uses it. Nothing else imports the
// addon. All values that cross are plain data; the table classes are immutable natives that
// many cells share, so that what a session registers once is not copied for each exec.

/** A session's tools. Built once, shared by every cell that is given it. */
export class ToolTable {
  /** @param tools - One entry per tool; a tool call names its tool by the index in this array. */
  constructor(tools: readonly NativeTool[]);
}

export interface NativeTool {
  /** The name under `tools`, already rewritten to an identifier and unique in the table. */
  readonly name: string;
  /** The name inside the namespace module; equal to `name` where there is no namespace. */
  readonly ownName: string;
  /** `"mcp/files"` puts the tool into the module `tools/mcp/files.js`; `""` is no namespace. */
  readonly namespace: string;
  readonly description: string;
  /** Whether its results are values of MCP results. */
  readonly isMcp: boolean;
}

/** Modules the host offers to cells besides the built-in ones. */
export class ModuleTable {
  constructor(modules: readonly NativeModule[]);
}

export type NativeModule =
  | { readonly specifier: string; readonly source: string }
  /** `exports` pairs an export's name with its value as JSON text: name, JSON, name, JSON, … */
  | { readonly specifier: string; readonly exports: readonly string[] };

/** A snapshot of stored values: key, JSON text, key, JSON text, … */
export class StoredValues {
  constructor(entries: readonly string[]);
}

/** What is the same for many cells. */
export class CellSetup {
  constructor(setup: NativeCellSetup);
}

export interface NativeCellSetup {
  readonly tools?: ToolTable | undefined;
  readonly modules?: ModuleTable | undefined;
  readonly limits: NativeLimits;
  readonly console: "off" | "logs" | "output";
  readonly dialect: "strict" | "lenient";
  readonly webGlobals: boolean;
  readonly remoteImages: boolean;
  readonly failOnDeadlock: boolean;
}

/** What one cell may use; `CellLimits` of the public interface says what passing each does. */
export interface NativeLimits {
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

/** What a cell has used so far. */
export interface NativeUsage {
  readonly cpuMs: number;
  readonly toolWaitMs: number;
  readonly heapBytes: number;
  readonly heapPeakBytes: number;
  readonly arrayBufferPeakBytes: number;
}

/** Makes a cell's run depend on its source and on what it is told, and on nothing else. */
export interface NativeDeterministic {
  /** 64 hexadecimal digits. */
  readonly seed: string;
  /** What its clock shows first: milliseconds since the epoch. */
  readonly nowMs: number;
}

/** What is decided about an isolate before its cell is known. */
export interface NativeIsolateOptions {
  readonly heapBytes: number;
  /** Bytes of events that may wait for the host's thread before the cell is held back. */
  readonly queuedBytes: number;
  /** Made before it is asked for: its thread runs at a lower priority until then, and warms up. */
  readonly isSpare: boolean;
}

/**
 * One isolate on one thread, and the one cell it is given. The thread starts in the constructor, which
 * throws an `Error` with code `ERR_THREAD_START` where the system refuses a thread, or a spare one
 * while memory is short. It keeps the process alive only from `begin` on.
 */
export class Isolate {
  /** @param onEvents - Gets batches of events on the host's thread, in the cell's order. */
  constructor(options: NativeIsolateOptions, onEvents: (...batch: NativeEventBatch) => void);
  /** Gives the isolate its cell, once. */
  begin(
    setup: CellSetup,
    source: string,
    stored: StoredValues | undefined,
    deterministic?: NativeDeterministic,
  ): NativeBeginResult;
  /** Ends an isolate that has no cell; `disposed` follows. Nothing where it has one. */
  dismiss(): void;
  /**
   * Settles a tool call, search or lookup. Ignored after the end.
   *
   * @param isJson - Whether the result is a JSON text; else it is this string itself.
   * @param isAscii - Whether it is all ASCII, which is taken over in one copy.
   * @param nowMs - What a deterministic cell's clock shows from here on: milliseconds since the epoch.
   */
  resolveTool(
    callId: number,
    result: string,
    isJson: boolean,
    isAscii: boolean,
    nowMs: number | undefined,
  ): void;
  /** Settles a tool call, search or lookup with an error's text. Ignored after the end. */
  rejectTool(callId: number, message: string, nowMs: number | undefined): void;
  /** Runs a timer of a deterministic cell; one that has been cleared is ignored. */
  fireTimer(timer: number, nowMs: number): void;
  /** Sends the wake-up for all events of cells that wait: the loop delivers them when it next polls. */
  flush(): void;
  /** Asks the cell to stop, from any state; `settled` and `disposed` follow. Idempotent. */
  terminate(): void;
  /**
   * Cuts a cell off that does not react: no further event arrives, its thread gets the lowest
   * scheduling class and no longer keeps the process alive.
   */
  abandon(): void;
  /** Processor time of the cell's thread so far, in milliseconds; the last value after its end. */
  cpuTimeMs(): number;
  /** What the cell has used so far; the last values after its end. */
  usage(): NativeUsage;
}

/**
 * What has become of an isolate that is given a cell. "gone": it has been dismissed and takes none;
 * "making": it is still being made, and `started` follows; "running": it was ready, so the cell runs
 * and no `started` follows.
 */
export type NativeBeginResult = "gone" | "making" | "running";

/**
 * A flat list: a kind, then that kind's fields, then the next kind, …
 *
 * | kind | fields |
 * |---|---|
 * | 0 started | |
 * | 1 text | text |
 * | 2 image | imageUrl, detail |
 * | 3 audio | audioUrl |
 * | 4 log | level, text, time (ms since the epoch) |
 * | 5 notify | text |
 * | 6 tool call | callId, index into the tool table, input as JSON text |
 * | 7 yielded | |
 * | 8 settled | status ("completed", "failed" or "terminated"), isParked, NativeError or undefined, writes, unhandledRejections, cpuMs, toolWaitMs, heapBytes, heapPeakBytes, arrayBufferPeakBytes |
 * | 9 disposed | cpuMs: the isolate is gone and its thread has been joined |
 * | 10 stopping | NativeError: a limit was passed; 8 follows unless the engine cannot be interrupted |
 * | 11 ready | the isolate has been made and waits for its cell |
 * | 12 tool search | callId, query, limit |
 * | 13 tool lookup | callId, name |
 * | 14 timer set | timer, due (ms since the epoch, by the clock of a deterministic cell) |
 * | 15 timer cleared | timer |
 * | 16 waiting | how many commands a deterministic cell has applied in all |
 *
 * Of `settled`: `isParked` says that the engine ran out of memory beyond repair, so that the isolate
 * cannot be disposed, its thread sleeps for ever, and no 9 follows. `writes` are the keys the cell
 * wrote with the last value of each (key, JSON text, …), empty when terminated or ended by a limit;
 * `unhandledRejections` the texts of the rejections that were not handled. The last five are NativeUsage.
 */
export type NativeEventBatch = readonly unknown[];

export interface NativeError {
  readonly code:
    | "ERR_CELL_SCRIPT"
    | "ERR_CELL_DEADLOCK"
    | "ERR_CELL_ENGINE"
    | "ERR_CELL_HEAP_LIMIT"
    | "ERR_CELL_CPU_LIMIT"
    | "ERR_CELL_MEMORY_LIMIT"
    | "ERR_CELL_OUTPUT_LIMIT"
    | "ERR_CELL_OUTPUT_ITEMS_LIMIT"
    | "ERR_CELL_NOTIFICATIONS_LIMIT"
    | "ERR_CELL_TOOL_CALLS_LIMIT"
    | "ERR_CELL_SOURCE_LIMIT";
  readonly name: string;
  readonly message: string;
  readonly text: string;
  readonly stack?: string;
  /** One-based, in the cell's own source. */
  readonly line?: number;
  readonly column?: number;
  readonly sourceLine?: string;
  readonly cause?: NativeError;
  /** Set for limits: which was passed, and what was allowed and used in its unit. */
  readonly limit?: string;
  readonly allowed?: number;
  readonly used?: number;
}

/** V8's and Node's versions the addon was compiled for; differing ones are refused at load. */
export const builtFor: { readonly modules: number; readonly v8: string };
/** Threads of this environment whose cells run, and those that are ending. */
export function threadCount(): number;
/** Bytes that the heap of this environment's own engine may have. */
export const heapBytes: number;
/** Threads of this environment that keep an isolate ready for a cell, or make one. */
export function spareCount(): number;
/** Threads cut off by `abandon()` or parked after running out of memory. */
export function orphanCount(): number;
/**
 * The exit code to leave with if orphans force the process to end without unwinding. Ignored in a worker,
 * whose end is not the process's.
 */
export function noteExitCode(code: number): void;

/**
 * Notes from now on, or no longer, when an exec reaches its steps: for a benchmark that runs one exec at a
 * time. Of the whole process.
 */
export function watchMoments(isWatching: boolean): void;
/**
 * When the last exec that was begun reached each step of `native/base/moments.h`, in that order: milliseconds
 * on the clock of `process.hrtime()`; 0 where it has not.
 */
export function momentTimes(): number[];

/** Where the files are with which cells make the web's globals (`dist/web`). Of the whole process. */
export function setWebFolder(folder: string): void;

/**
 * Two stream sockets that are connected with each other. Programs that this process starts do not
 * have them, unless they are passed.
 */
export function socketPair(): [mine: number, other: number];
/**
 * Sends a few bytes over a Unix socket, and a descriptor with them unless it is negative. Returns false, and
 * nothing is sent, where the socket is full. @throws What the system says.
 */
export function sendDescriptor(socket: number, bytes: Uint8Array, descriptor: number): boolean;

/** One end of a pair of sockets, read and written without Node's own streams. */
export class Channel {
  /**
   * @param descriptor - Belongs to the channel from here on, which closes it.
   * @param onBytes - Gets what has come, in pieces; null: the other end is closed, and nothing follows.
   * @throws What the system says; the descriptor is then the caller's.
   */
  constructor(descriptor: number, onBytes: (bytes: Buffer | null) => void);
  /** Sends these one after the other; what the other end does not take yet is copied and waits. */
  send(pieces: readonly Uint8Array[]): void;
  /** Bytes that wait. */
  unsentBytes(): number;
  /** Whether the environment's loop stays alive for it. At first it does not. */
  keepAlive(doesIt: boolean): void;
  /** Nothing is sent or told from here on. Idempotent. */
  close(): void;
}
