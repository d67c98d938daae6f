import { CodeModeError } from "../base/errors.js";
import type {
  BackendCell,
  BackendCellOptions,
  BackendEvent,
  BackendLimits,
  CellStarter,
} from "../protocol/cell-backend.js";
import type { OutputItem } from "../protocol/outcome.js";
import { engineDifferences, thisEngine } from "./engine.js";
import type { EmittedRecord, JournalEntry, JournalEntryOf, OpenedRecord } from "./entry.js";
import { entryFault } from "./entry-faults.js";
import {
  type Divergence,
  initialReplay,
  isEndFromOutside,
  nextReplay,
  type RecordedCell,
  type ReplayState,
} from "./next-replay.js";
import { commandOf, emittedRecord, startOptions } from "./records.js";

/** What has come of a replay. */
export interface ReplayReport {
  readonly sessionId: string;
  readonly cellId: string;
  /**
   * `same`: the cell did all that its journal says, and nothing else; `diverged`: it did something
   * else.
   */
  readonly status: "same" | "diverged";
  /** Set when it has diverged. */
  readonly divergence?: Divergence;
  /** How many things that the cell did were compared and were equal. */
  readonly compared: number;
  /**
   * Whether the end was compared too. It is not where the journal has none, or one that came from outside:
   * a termination, a limit of time or memory, or the loss of its process.
   */
  readonly endCompared: boolean;
  /** What the replayed cell has output. */
  readonly output: readonly OutputItem[];
  /** In what the engines differ, as sentences; they may be why a cell diverges. */
  readonly differences: readonly string[];
}

/** A journal, taken apart. */
export interface ReadJournal extends RecordedCell {
  readonly opened: JournalEntryOf<OpenedRecord>;
}

/**
 * Takes the journal of one cell apart.
 *
 * @throws {CodeModeError} ERR_INVALID_JOURNAL if it does not begin with the start of a cell, or has entries
 *   of more than one, or not in order, or something that is no entry.
 */
export function takeApart(entries: readonly JournalEntry[]): ReadJournal {
  entries.forEach((entry, index) => {
    const fault = entryFault(entry);
    if (fault !== undefined) throw invalid(`of its entry ${index + 1}: ${fault}.`);
  });
  const [opened, ...rest] = entries;
  if (opened?.kind !== "opened") {
    const came = opened === undefined ? "nothing" : `"${opened.kind}"`;
    throw invalid(`it must begin with the entry "opened" of a cell; it begins with ${came}.`);
  }
  const emitted: JournalEntryOf<EmittedRecord>[] = [];
  const commands: RecordedCell["commands"][number][] = [];
  let lastSeq = opened.seq;
  for (const entry of rest) {
    if (entry.cellId !== opened.cellId || entry.sessionId !== opened.sessionId) {
      throw invalid(
        `it is of ${nameOf(opened)} and has an entry of ${nameOf(entry)}; replay one cell at a time.`,
      );
    }
    if (entry.seq <= lastSeq) {
      throw invalid(
        `its entries must be in order; entry ${entry.seq} comes after entry ${lastSeq}.`,
      );
    }
    lastSeq = entry.seq;
    if (entry.kind === "settled" || entry.kind === "fired") commands.push(entry);
    else if (entry.kind === "opened") throw invalid("the cell is opened twice.");
    else emitted.push(entry);
  }
  return { opened, emitted, commands };
}

/** How a cell is replayed. */
export interface ReplayOptions extends Pick<BackendCellOptions, "isolation"> {
  /** Completes the limits that a journal has. Throws where they are none. */
  readonly readLimits: (recorded: OpenedRecord["limits"]) => BackendLimits;
  /** Ends the replay: it rejects with the reason as soon as the cell is gone. */
  readonly signal: AbortSignal;
}

/** Runs a recorded cell again in a backend, with its recorded answers and without any tool. */
export async function replayCell(
  backend: CellStarter,
  entries: readonly JournalEntry[],
  options: ReplayOptions,
): Promise<ReplayReport> {
  const { signal } = options;
  const journal = takeApart(entries);
  signal.throwIfAborted();
  let stop = (): void => {};
  try {
    return await new Promise((resolve, reject) => {
      const replay = new Replay({ ...options, backend, journal, resolve, reject });
      stop = () => replay.stop(signal.reason);
      signal.addEventListener("abort", stop, { once: true });
      replay.start();
    });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

interface ReplayDependencies extends Omit<ReplayOptions, "signal"> {
  readonly backend: CellStarter;
  readonly journal: ReadJournal;
  readonly resolve: (report: ReplayReport) => void;
  readonly reject: (reason: unknown) => void;
}

class Replay {
  readonly #options: ReplayDependencies;
  readonly #journal: ReadJournal;
  readonly #recorded: RecordedCell;
  readonly #output: OutputItem[] = [];
  readonly #endsFromOutside: boolean;
  #state: ReplayState;
  #cell: BackendCell | undefined;
  #divergence: Divergence | undefined;
  /** Set when it is to end before it is over. */
  #stopped: { readonly reason: unknown } | undefined;

  constructor(options: ReplayDependencies) {
    this.#options = options;
    const { journal } = options;
    this.#journal = journal;
    const last = journal.emitted.at(-1);
    this.#endsFromOutside = last?.kind === "ended" && isEndFromOutside(last);
    this.#recorded = this.#endsFromOutside
      ? { ...journal, emitted: journal.emitted.slice(0, -1) }
      : journal;
    this.#state = initialReplay(this.#recorded);
  }

  start(): void {
    const { backend, isolation, readLimits } = this.#options;
    const { opened } = this.#journal;
    const options = { ...startOptions(opened, readLimits(opened.limits)), isolation };
    this.#cell = backend.start(options, (event) => this.#take(event));
    this.#stopWhereAllIsDone();
  }

  stop(reason: unknown): void {
    this.#stopped = { reason };
    this.#cell?.terminate();
  }

  #take(event: BackendEvent): void {
    if (event.type === "refused") {
      const { code, message } = event.refusal;
      this.#options.reject(new CodeModeError(code, message));
      return;
    }
    if (event.type === "waiting") this.#endWait(event.applied);
    const got = emittedRecord(event, this.#journal.opened.tools);
    if (got !== undefined && this.#state.phase === "replaying") this.#compare(got);
    if (event.type === "settled" ? event.settled.isParked : isLast(event)) this.#report();
  }

  #compare(got: EmittedRecord): void {
    const { state, send, divergence } = nextReplay(this.#recorded, this.#state, got);
    this.#state = state;
    if (divergence !== undefined) {
      this.#diverge(divergence);
      return;
    }
    if (got.kind === "out") this.#output.push(got.item);
    for (const entry of send) this.#cell?.send(commandOf(entry));
    this.#stopWhereAllIsDone();
  }

  /** The cell waits for something that its journal does not have: it does less than it did. */
  #endWait(applied: number): void {
    const { phase, emitted, sent } = this.#state;
    if (phase !== "replaying" || applied < sent) return;
    const expected = this.#recorded.emitted[emitted];
    if (expected !== undefined) this.#diverge({ seq: expected.seq, expected, got: undefined });
  }

  #diverge(divergence: Divergence): void {
    this.#state = { ...this.#state, phase: "diverged" };
    this.#divergence = divergence;
    this.#cell?.terminate();
  }

  /** The journal has no more, and the cell has not ended by itself. */
  #stopWhereAllIsDone(): void {
    if (this.#state.phase === "live") this.#cell?.terminate();
  }

  #report(): void {
    const { opened } = this.#journal;
    const { resolve, reject } = this.#options;
    if (this.#stopped !== undefined) {
      reject(this.#stopped.reason);
      return;
    }
    resolve({
      sessionId: opened.sessionId,
      cellId: opened.cellId,
      status: this.#divergence === undefined ? "same" : "diverged",
      ...(this.#divergence && { divergence: this.#divergence }),
      compared: this.#state.emitted,
      endCompared: this.#state.phase === "over",
      output: this.#output,
      differences: engineDifferences(opened.engine, thisEngine()),
    });
  }
}

function nameOf({ sessionId, cellId }: JournalEntry): string {
  return `cell ${cellId} of session ${sessionId}`;
}

function isLast({ type }: BackendEvent): boolean {
  return type === "disposed" || type === "unresponsive";
}

function invalid(why: string): CodeModeError {
  return new CodeModeError("ERR_INVALID_JOURNAL", `The journal cannot be replayed: ${why}`);
}
