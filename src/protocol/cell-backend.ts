import type { ResolvedLimits } from "../options/limits.js";
import type { CellErrorCode, CellLog, OutputItem } from "./outcome.js";

/**
 * Where a cell lives. The host and the cell exchange plain data and nothing else, so a cell may run
 * on a thread of this process or anywhere else behind the same interface.
 */
export interface CellBackend {
  /**
   * Starts a cell. Events arrive in the cell's order, never before `start` has returned; the first is
   * `started`, unless the cell runs already, and the last is `disposed`, or a `settled` that says so.
   *
   * @throws {CodeModeError} ERR_THREAD_START where the system has no thread to give,
   *   ERR_TOO_MANY_ORPHANS where too many threads could not be ended.
   */
  start(options: BackendCellOptions, onEvent: (event: BackendEvent) => void): BackendCell;
  /** Prepares tools for many cells; a call names its tool by the index in this list. */
  createToolTable(tools: readonly BackendTool[]): BackendTable;
  createModuleTable(modules: readonly BackendModule[]): BackendTable;
  /** Prepares what is the same for many cells. */
  createSetup(setup: BackendSetup): BackendTable;
  /** @param entries - A snapshot of stored values: key, JSON text, key, JSON text, … */
  createStoredTable(entries: readonly string[]): BackendTable;
  /** Gives up what is kept ready for cells to come, and resolves when it is gone. */
  close(): Promise<void>;
}

/** A tool as cells see it. */
export interface BackendTool {
  readonly name: string;
  readonly ownName: string;
  readonly namespace: string;
  readonly description: string;
}

/** A module of the host's: source text, or names and values (name, JSON text, name, JSON text, …). */
export type BackendModule =
  | { readonly specifier: string; readonly source: string }
  | { readonly specifier: string; readonly exports: readonly string[] };

/** A running cell, seen from the host. Every method may be called at any time and never throws. */
export interface BackendCell {
  /** Whether the cell ran already when `start` returned; no `started` is told then. */
  readonly isRunning: boolean;
  send(command: BackendCommand): void;
  /** What the cell has said by now arrives in this turn of the loop, before its immediates. */
  flush(): void;
  /** Asks the cell to stop; `settled` and `disposed` follow unless the engine cannot be interrupted. */
  terminate(): void;
  /** Cuts off a cell that does not react to `terminate`. No event follows. */
  abandon(): void;
  /** Processor time the cell has used so far, in milliseconds. */
  cpuTimeMs(): number;
  /** What the cell has used so far. */
  usage(): BackendUsage;
}

export type BackendCommand =
  | {
      readonly type: "toolResolved";
      readonly callId: number;
      /** JSON text, or the result itself where that is a string. */
      readonly result: string;
      readonly isJson: boolean;
      readonly isAscii: boolean;
    }
  | { readonly type: "toolRejected"; readonly callId: number; readonly message: string };

export type BackendEvent =
  | { readonly type: "started" }
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
  | { readonly type: "yielded" }
  /** A limit was passed; `settled` follows unless the cell cannot be interrupted. */
  | { readonly type: "stopping"; readonly error: BackendError }
  | { readonly type: "settled"; readonly settled: BackendSettled }
  | { readonly type: "disposed"; readonly cpuMs: number };

/** What a cell asks about its tools. It is answered as a tool call is settled. */
export type ToolLookupEvent =
  | {
      readonly type: "toolSearch";
      readonly callId: number;
      readonly query: string;
      readonly limit: number;
    }
  | { readonly type: "toolLookup"; readonly callId: number; readonly name: string };

/** How the cell's code ended. */
export interface BackendSettled {
  readonly status: "completed" | "failed" | "terminated";
  /** The thread sleeps for ever: no `disposed` follows. */
  readonly isParked: boolean;
  readonly error?: BackendError | undefined;
  readonly writes: readonly string[];
  readonly unhandledRejections: readonly string[];
  readonly usage: BackendUsage;
}

/** What a cell has used, as its host measures it. */
export interface BackendUsage {
  readonly cpuMs: number;
  /** Milliseconds in which the cell had nothing to do but to wait for tools. */
  readonly toolWaitMs: number;
  readonly heapBytes: number;
  readonly heapPeakBytes: number;
  readonly arrayBufferPeakBytes: number;
}

export interface BackendError {
  readonly code: CellErrorCode;
  readonly name: string;
  readonly message: string;
  readonly text: string;
  readonly stack?: string;
  readonly line?: number;
  readonly column?: number;
  readonly sourceLine?: string;
  readonly cause?: BackendError;
  /** The limit that was passed, with what it allowed and what was used. */
  readonly limit?: string;
  readonly allowed?: number;
  readonly used?: number;
}

/** What a cell is started with. Tables are opaque to everyone but the host that made them. */
export interface BackendCellOptions {
  readonly source: string;
  /** From `createSetup`. */
  readonly setup: BackendTable;
  /** The heap limit of that setup. */
  readonly heapBytes: number;
  readonly stored: BackendTable | undefined;
}

/** What is the same for many cells. */
export interface BackendSetup {
  readonly tools: BackendTable | undefined;
  readonly modules: BackendTable | undefined;
  readonly limits: BackendLimits;
  readonly console: boolean;
  readonly remoteImages: boolean;
  readonly failOnDeadlock: boolean;
}

/** The limits that hold where the cell lives. */
export type BackendLimits = Pick<
  ResolvedLimits,
  | "heapBytes"
  | "arrayBufferBytes"
  | "cpuMs"
  | "outputBytes"
  | "outputItems"
  | "notifications"
  | "storedBytes"
  | "storedKeys"
  | "toolCalls"
  | "toolCallsInFlight"
  | "toolInputBytes"
  | "jsonDepth"
  | "timers"
  | "sourceBytes"
  | "evalBytes"
  | "rssBytes"
>;

/** Something a host has prepared for many cells: tools, modules or stored values. */
export type BackendTable = object;
