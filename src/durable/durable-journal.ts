import type { CellClock } from "../journal/cell-clock.js";
import type { JournalEntry, JournalWriter } from "../journal/entry.js";
import type { DurableCounters } from "./durable-counters.js";
import { type DurableRecord, isResumptionKind } from "./records.js";
import type { DurableStore, StoredEnd, StoredRecord } from "./store.js";

/** Milliseconds that a record may wait for others before it is written, where nothing waits for it. */
const maxWaitMs = 20;

/** UTF-16 units of JSON of one cell, by all its hosts, without its end: a cell must not fill the disk. */
const maxLength = 64 * 1024 * 1024;

/** Where a journal goes on. */
export interface JournalPlace {
  readonly epoch: number;
  readonly seq: number;
  /** UTF-16 units of the records before. */
  readonly written: number;
  /** Output items and console lines in them. */
  readonly output: number;
  readonly logs: number;
}

export interface DurableJournalOptions {
  readonly store: DurableStore;
  readonly cellId: string;
  readonly sessionId: string;
  readonly host: string;
  readonly counters: DurableCounters;
  /** Of the cell: says when each record was made. */
  readonly clock: CellClock;
  /** Where it goes on; undefined for a cell that is new. */
  readonly at: JournalPlace | undefined;
  /** Gets the entries too: the caller's recorder. */
  readonly write: JournalWriter | undefined;
}

export interface JournalCallbacks {
  /** More is durable than before. */
  onDurable(): void;
  /** Nothing will be durable any more: the store has refused. Called once. */
  onLost(error: Error): void;
  /** The cell has written too much: all that it may still write is its end. Called once. */
  onFull(): void;
}

interface Waiter {
  readonly upTo: number;
  resolve(): void;
  reject(error: Error): void;
}

/** Writes the records of one cell to its store, in order, and says what is durable. */
export class DurableJournal {
  readonly #options: DurableJournalOptions;
  readonly epoch: number;
  #callbacks: JournalCallbacks | undefined;
  #isCreated: boolean;
  #length: number;
  #written: number;
  #durable: number;
  #durableOutput: number;
  #durableLogs: number;
  #pending: StoredRecord[] = [];
  #end: StoredEnd | undefined;
  #flight: Promise<void> | undefined;
  #waiters: Waiter[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isFlushing = false;
  #lost: Error | undefined;
  #full: Error | undefined;

  constructor(options: DurableJournalOptions) {
    this.#options = options;
    this.epoch = options.at?.epoch ?? 1;
    this.#isCreated = options.at !== undefined;
    this.#length = options.at?.seq ?? 0;
    this.#written = options.at?.written ?? 0;
    this.#durable = this.#length;
    this.#durableOutput = options.at?.output ?? 0;
    this.#durableLogs = options.at?.logs ?? 0;
  }

  /** Records so far, those included that are not durable yet. */
  get length(): number {
    return this.#length;
  }

  /** Output items and console lines of the cell that are durable. */
  get durable(): { readonly output: number; readonly logs: number } {
    return { output: this.#durableOutput, logs: this.#durableLogs };
  }

  follow(callbacks: JournalCallbacks): void {
    this.#callbacks = callbacks;
  }

  isDurable(upTo: number): boolean {
    return upTo <= this.#durable;
  }

  /**
   * Adds a record. It is written with the next flush, and soon in any case. Where the journal is full, it takes
   * none but an end.
   *
   * @param end - Ends the cell with it.
   */
  push(record: DurableRecord, end?: StoredEnd): void {
    if (this.#lost !== undefined || (this.#full !== undefined && end === undefined)) return;
    const { cellId, sessionId, clock, write } = this.#options;
    const body = bodyOf(record);
    if (this.#full === undefined && (body?.length ?? Infinity) > maxLength - this.#written) {
      this.#full = new Error("The journal of the cell is full.");
      this.#callbacks?.onFull();
      return;
    }
    if (body === undefined) return;
    this.#written += body.length;
    const at = clock.now();
    const seq = this.#length;
    this.#length += 1;
    const stored = { seq, at, kind: record.kind, body };
    this.#pending.push(record.kind === "asked" ? { ...stored, asks: record.approval } : stored);
    if (end !== undefined) this.#end = end;
    if (write !== undefined && !isResumptionKind(record.kind)) {
      write({ sessionId, cellId, seq, at, ...record } as JournalEntry);
    }
    this.#timer ??= setTimeout(() => this.flush(), maxWaitMs);
  }

  /** Writes the pending records at the end of this turn, so that all of the turn are one commit. */
  flush(): void {
    if (this.#isFlushing || this.#flight !== undefined || this.#pending.length === 0) return;
    this.#isFlushing = true;
    queueMicrotask(() => {
      this.#isFlushing = false;
      if (this.#pending.length > 0 && this.#lost === undefined) this.#flight = this.#write();
    });
  }

  /**
   * Resolves when everything so far is durable.
   *
   * @throws What the store has refused with; that the journal is full.
   */
  flushed(): Promise<void> {
    return this.#full === undefined ? this.#drained() : Promise.reject(this.#full);
  }

  #drained(): Promise<void> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    if (this.isDurable(this.#length)) return Promise.resolve();
    this.flush();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ upTo: this.#length, resolve, reject });
      this.#options.counters.countGate(1);
    });
  }

  /** Forgets a cell that was never started. */
  discard(): void {
    this.#pending = [];
    clearTimeout(this.#timer);
  }

  /** Writes the pending records, and lets another host claim the cell. Never rejects. */
  async leave(): Promise<void> {
    const { store, cellId } = this.#options;
    // Where it fails, who claims the cell finds that its owner is gone.
    await this.#drained().catch(() => {});
    if (this.#isCreated) await store.release(cellId, this.epoch).catch(() => {});
  }

  async #write(): Promise<void> {
    const { store, cellId, sessionId, host, counters } = this.#options;
    const startedAt = performance.now();
    const count = (result: "done" | "fenced" | "failed"): void =>
      counters.written(result, records.length, performance.now() - startedAt);
    const records = this.#pending;
    const end = this.#end;
    this.#pending = [];
    this.#end = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const isNew = !this.#isCreated;
    try {
      if (!isNew) {
        const at = { cellId, epoch: this.epoch, seq: this.#durable };
        if ((await store.append(at, records, end)) === "fenced") {
          count("fenced");
          this.#lose(new Error("Another host has taken the cell over, or it was deleted."));
          return;
        }
      } else {
        this.#isCreated = true;
        await store.create({ cellId, sessionId, host, records, end });
      }
      count("done");
      this.#durable += records.length;
      for (const { kind } of records) {
        if (kind === "out") this.#durableOutput += 1;
        else if (kind === "log") this.#durableLogs += 1;
      }
    } catch (thrown) {
      count("failed");
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      const advice = `When the store works again, wait resumes the cell${isNew ? "; if it is missing then, it has not begun" : ""}.`;
      this.#lose(new Error(`${message} ${advice}`));
      return;
    } finally {
      this.#flight = undefined;
    }
    this.#tell();
  }

  #tell(): void {
    this.#callbacks?.onDurable();
    const ready = this.#waiters.filter(({ upTo }) => this.isDurable(upTo));
    this.#waiters = this.#waiters.filter(({ upTo }) => !this.isDurable(upTo));
    this.#options.counters.countGate(-ready.length);
    for (const { resolve } of ready) resolve();
    if (this.#waiters.length > 0) this.flush();
  }

  #lose(error: Error): void {
    this.#lost = error;
    this.#pending = [];
    clearTimeout(this.#timer);
    this.#callbacks?.onLost(error);
    this.#options.counters.countGate(-this.#waiters.length);
    for (const { reject } of this.#waiters.splice(0)) reject(error);
  }
}

/** Undefined where it is longer than any text can be. */
function bodyOf(record: DurableRecord): string | undefined {
  try {
    return JSON.stringify(record);
  } catch (thrown) {
    if (thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}
