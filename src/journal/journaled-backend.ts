import { builtin } from "../base/builtin.js";
import type {
  BackendCell,
  BackendCellOptions,
  BackendCommand,
  BackendEvent,
  BackendUsage,
  CellStarter,
} from "../protocol/cell-backend.js";
import { CellClock } from "./cell-clock.js";
import { CellTimers } from "./cell-timers.js";
import type { JournalRecord, JournalWriter } from "./entry.js";
import { commandRecord, emittedRecord, openedRecord } from "./records.js";

/** Whose journal it is, and who takes it. */
export interface JournalOptions {
  readonly cellId: string;
  readonly sessionId: string;
  readonly write: JournalWriter;
}

/**
 * Runs a cell in another backend and writes its journal. The cell is deterministic: everything that
 * enters it passes here, gets its time and its place, and is written before the cell gets it.
 */
export class JournaledBackend implements CellStarter {
  readonly #backend: CellStarter;
  readonly #options: JournalOptions;

  constructor(backend: CellStarter, options: JournalOptions) {
    this.#backend = backend;
    this.#options = options;
  }

  start(options: BackendCellOptions, onEvent: (event: BackendEvent) => void): BackendCell {
    return new JournaledCell(this.#backend, options, { ...this.#options, onEvent });
  }
}

class JournaledCell implements BackendCell {
  readonly #cell: BackendCell;
  readonly #journal: JournalOptions;
  readonly #clock = new CellClock();
  readonly #timers: CellTimers;
  #seq = 0;
  #isOver = false;

  constructor(
    backend: CellStarter,
    options: BackendCellOptions,
    { onEvent, ...journal }: JournalOptions & { onEvent(event: BackendEvent): void },
  ) {
    this.#journal = journal;
    this.#timers = new CellTimers(this.#clock, (timer) =>
      this.send({ type: "timerFired", timer, now: this.#clock.now() }),
    );
    const seed = builtin("node:crypto").randomBytes(32).toString("hex");
    const now = this.#clock.now();
    const { tools } = options.setup;
    this.#write(openedRecord(options, { seed, now }));
    this.#cell = backend.start({ ...options, deterministic: { seed, now } }, (event) => {
      const record = emittedRecord(event, tools);
      if (record !== undefined) this.#write(record);
      if (record?.kind === "ended" || event.type === "refused") this.#end();
      if (event.type === "timerSet") this.#timers.set(event.timer, event.due);
      else if (event.type === "timerCleared") this.#timers.clear(event.timer);
      else if (event.type === "waiting") return;
      else onEvent(event);
    });
  }

  send(command: BackendCommand): void {
    if (this.#isOver) return;
    const now = this.#clock.now();
    this.#write(commandRecord(command, now));
    this.#cell.send({ ...command, now });
  }

  sample(): Promise<BackendUsage> {
    return this.#cell.sample();
  }

  terminate(): void {
    this.#cell.terminate();
  }

  #end(): void {
    this.#isOver = true;
    this.#timers.clearAll();
  }

  #write(record: JournalRecord): void {
    const { sessionId, cellId, write } = this.#journal;
    write({ sessionId, cellId, seq: this.#seq, at: this.#clock.now(), ...record });
    this.#seq += 1;
  }
}
