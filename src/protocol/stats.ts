import type { HistogramBucket, HistogramSnapshot } from "../base/histogram.js";

export type { HistogramBucket, HistogramSnapshot };

/**
 * What a runtime does and has done, as it is at one moment: `CodeMode.stats` makes it. Numbers with "since it was
 * made" only grow; all others go up and down. Times are in milliseconds.
 */
export interface CodeModeStats {
  /** Milliseconds since the epoch: when the runtime was made. */
  readonly since: number;
  /** Sessions that are open. */
  readonly sessions: number;
  readonly cells: CellStats;
  readonly isolates: IsolateStats;
  readonly memory: MemoryStats;
  readonly toolCalls: ToolCallStats;
  /** Calls that wait for a decision now, in this process. */
  readonly openApprovals: number;
  /** Undefined without `durability`. */
  readonly durable: DurableStats | undefined;
}

export interface CellStats {
  /** Execs that wait for a place (`limits.cells`). */
  readonly queued: number;
  /** Cells that an exec or wait observes, or will observe for the first time. */
  readonly running: number;
  /** Cells that have yielded, and that nobody observes. */
  readonly yielded: number;
  /** Durable cells of this process without an isolate, because they wait for approvals. */
  readonly parked: number;
  /** Cells that have ended since it was made, without ends that were read from a store. */
  readonly ended: EndedCells;
  /** Cells that could not be started since it was made: ERR_THREAD_START and the like. */
  readonly refused: number;
  /** How long the cells that have ended took, without the time in which they were parked. */
  readonly duration: HistogramSnapshot;
}

export interface EndedCells {
  readonly completed: number;
  readonly failed: number;
  /** Durable cells are among them that were left to another process, because this one has closed its session. */
  readonly terminated: number;
}

export interface IsolateStats {
  /** Made, and waiting for a cell. Runtimes with `prewarm: "auto"` share them, and each counts them all. */
  readonly ready: number;
  /** Being made ahead of a cell. */
  readonly starting: number;
  /** Threads of this process that could not be ended (`limits.maxOrphans`), of all its runtimes. */
  readonly orphaned: number;
}

export interface MemoryStats {
  /** Bytes of outputs, logs and ends that nobody has observed yet (`limits.unseenBytes`). */
  readonly unseenBytes: number;
  /** Bytes of JSON of the inputs of calls that are in flight (`limits.toolInputBytes`). */
  readonly toolInputBytes: number;
}

export interface ToolCallStats {
  readonly inFlight: number;
  /** Since it was made. */
  readonly fulfilled: number;
  /** Since it was made; refused calls, invalid inputs and results that are too large are among them. */
  readonly rejected: number;
  /** Since it was made: the cell had ended before the tool did. */
  readonly aborted: number;
  /** How long the calls took that have ended, with the time in which they waited for approval. */
  readonly duration: HistogramSnapshot;
}

/** Of durable cells. All but `gatesWaiting` have been counted since it was made. */
export interface DurableStats {
  /** Tool calls, outcomes and ends that wait until what came before them is durable. */
  readonly gatesWaiting: number;
  /** Writes of records to the store that were done; several records may be one write. */
  readonly appends: number;
  /** Records in them. */
  readonly records: number;
  /** How long they took. */
  readonly appendDuration: HistogramSnapshot;
  /** Writes that the store refused, because another process had the cell. */
  readonly fencedAppends: number;
  /** Writes that failed. */
  readonly failedAppends: number;
  /** Cells that were resumed from their journals: after a process had ended, or after they were parked. */
  readonly replays: number;
  /** Resumed cells that did something else than their journals say. */
  readonly divergences: number;
  /** Calls whose process ended while their tools ran, by what became of them (`onLost`). */
  readonly lostCalls: { readonly retried: number; readonly failed: number };
}
