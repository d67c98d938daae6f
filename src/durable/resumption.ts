import { engineDifferences, thisEngine } from "../journal/engine.js";
import type { CommandRecord, EmittedRecord, JournalEntryOf } from "../journal/entry.js";
import {
  type Divergence,
  initialReplay,
  nextReplay,
  type ReplayState,
} from "../journal/next-replay.js";
import type { BackendError, BackendEvent } from "../protocol/cell-backend.js";
import type { KeptCell } from "./kept-cell.js";

/** A call or lookup that the journal has no answer to. */
export type OpenCall = BackendEvent & {
  readonly type: "toolCall" | "toolSearch" | "toolLookup";
};

/** What follows from something that a resumed cell repeats. */
export interface ResumedStep {
  /** What the cell is sent now. */
  readonly send: readonly JournalEntryOf<CommandRecord>[];
  /** Whether nobody has been told of it yet. */
  readonly isNews: boolean;
  readonly divergence: Divergence | undefined;
}

/** How far a cell that is resumed has come in its journal, and what is open there. */
export class Resumption {
  readonly kept: KeptCell;
  /** Whether the cell's handle has been told of all that the journal has. */
  readonly isParked: boolean;
  readonly #openCalls = new Map<number, OpenCall>();
  readonly #timers = new Map<number, number>();
  readonly #after: number;
  readonly #told: { output: number; logs: number; notified: number };
  #state: ReplayState;

  /** Of a cell that was parked, in the process that has it. */
  static ofParked(kept: KeptCell): Resumption {
    return new Resumption(kept, Number.POSITIVE_INFINITY, true);
  }

  /** @param after - Output items that an observer says it has; undefined: as the journal says. */
  constructor(kept: KeptCell, after: number | undefined, isParked = false) {
    this.kept = kept;
    this.isParked = isParked;
    const items = kept.emitted.filter(({ kind }) => kind === "out").length;
    this.#after = Math.min(after ?? kept.told.output, items);
    const all = Number.POSITIVE_INFINITY;
    this.#told = isParked
      ? { output: all, logs: all, notified: all }
      : { output: this.#after, logs: kept.told.logs, notified: kept.notified };
    this.#state = initialReplay(kept);
  }

  /** Output items that observers have. */
  get after(): number {
    return this.#after;
  }

  /** What its clock has shown last. */
  get lastTime(): number {
    return this.kept.commands.at(-1)?.now ?? this.kept.opened.now;
  }

  /** Whether it has come to the end of its journal. */
  get isOver(): boolean {
    return this.#state.phase !== "replaying";
  }

  /** In the order in which they were made. */
  get openCalls(): readonly OpenCall[] {
    return [...this.#openCalls.values()];
  }

  /** Timers that are set, and when they are due. */
  get timers(): ReadonlyMap<number, number> {
    return this.#timers;
  }

  /** Compares what the cell does with its journal. */
  take(event: BackendEvent, got: EmittedRecord): ResumedStep {
    const { state, send, divergence } = nextReplay(this.kept, this.#state, got);
    this.#state = state;
    if (divergence !== undefined) return { send: [], isNews: false, divergence };
    this.#note(event);
    for (const command of send) {
      if (command.kind === "fired") this.#timers.delete(command.timer);
      else this.#openCalls.delete(command.call);
    }
    return { send, isNews: this.#isNews(got.kind), divergence: undefined };
  }

  /**
   * The cell can do no more but wait.
   *
   * @param applied - How many commands it has applied.
   */
  waits(applied: number): Divergence | undefined {
    const { phase, emitted, sent } = this.#state;
    if (phase !== "replaying" || applied < sent) return undefined;
    const expected = this.kept.emitted[emitted];
    return expected && { seq: expected.seq, expected, got: undefined };
  }

  /** What the journal has after the place at which the cell did something else, and no observer was told. */
  *untold(): Generator<BackendEvent> {
    for (const entry of this.kept.emitted.slice(this.#state.emitted)) {
      if (entry.kind !== "out" && entry.kind !== "log") continue;
      if (!this.#isNews(entry.kind)) continue;
      yield entry.kind === "out"
        ? { type: "output", item: entry.item }
        : { type: "log", log: entry.log };
    }
  }

  #note(event: BackendEvent): void {
    switch (event.type) {
      case "toolCall":
      case "toolSearch":
      case "toolLookup":
        this.#openCalls.set(event.callId, event);
        break;
      case "timerSet":
        this.#timers.set(event.timer, event.due);
        break;
      case "timerCleared":
        this.#timers.delete(event.timer);
        break;
    }
  }

  #isNews(kind: EmittedRecord["kind"]): boolean {
    switch (kind) {
      case "out":
        this.#told.output -= 1;
        return this.#told.output < 0;
      case "log":
        this.#told.logs -= 1;
        return this.#told.logs < 0;
      case "notify":
        this.#told.notified -= 1;
        return this.#told.notified < 0;
      default:
        return false;
    }
  }
}

/** Why a cell that does something else than its journal says is ended. */
export function divergedError({ seq, expected, got }: Divergence, kept: KeptCell): BackendError {
  const differences = engineDifferences(kept.opened.engine, thisEngine());
  const where = seq === undefined ? "after the last entry" : `at entry ${seq}`;
  const message =
    `the cell was to go on after its program had been stopped, and did something else than before: ${where} ` +
    `its journal has ${nameOf(expected)}, and now there was ${nameOf(got)}. Nothing that it did now was passed on.` +
    (differences.length === 0 ? "" : ` What differs: ${differences.join("; ")}.`);
  return { code: "ERR_CELL_DIVERGED", name: "Error", message, text: `Error: ${message}` };
}

function nameOf(record: EmittedRecord | undefined): string {
  if (record === undefined) return "nothing";
  return record.kind === "call" ? `a call of ${record.tool}` : `"${record.kind}"`;
}
