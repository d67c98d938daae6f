import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DurableCounters } from "../../src/durable/durable-counters.js";
import {
  DurableJournal,
  type DurableJournalOptions,
  type JournalPlace,
} from "../../src/durable/durable-journal.js";
import type { AppendResult } from "../../src/durable/store.js";
import { CellClock } from "../../src/journal/cell-clock.js";
import type { EndedRecord, JournalEntry } from "../../src/journal/entry.js";
import { sqliteStore } from "../../src/sqlite.js";
import { Held } from "../support/cells.js";
import { Place, storeWith } from "../support/store-place.js";

const maxLength = 64 * 1024 * 1024;
const end = { status: "completed", at: 7, writes: [] } as const;
const out = (text: string) => ({ kind: "out", item: { type: "text", text } }) as const;
const log = { kind: "log", log: { level: "log", text: "", time: 0 } } as const;
const ended: EndedRecord = {
  ...{ kind: "ended", status: "completed", cpuMs: 0 },
  ...{ writes: [], unhandledRejections: [] },
};

/** The journal of a cell, and what its store was asked, which answers when a test wants. */
class Written {
  readonly asked: unknown[] = [];
  readonly told: string[] = [];
  readonly counters = new DurableCounters();
  readonly journal: DurableJournal;
  answer: () => Promise<AppendResult> = async () => "appended";

  constructor(at?: JournalPlace, write?: DurableJournalOptions["write"]) {
    const store = storeWith(sqliteStore(new Place().file), {
      create: async ({ cellId, sessionId, host, records, end }) => {
        this.asked.push(["create", cellId, sessionId, host, records.map(({ seq }) => seq), end]);
        await this.answer();
      },
      append: (place, records, end) => {
        this.asked.push(["append", place, records.map(({ seq }) => seq), end]);
        return this.answer();
      },
      release: async (cellId, epoch) => void this.asked.push(["release", cellId, epoch]),
    });
    this.journal = new DurableJournal({
      ...{ store, cellId: "c", sessionId: "s", host: "h", at, write },
      ...{ counters: this.counters, clock: new CellClock() },
    });
    this.journal.follow({
      onDurable: () => this.told.push("durable"),
      onLost: ({ message }) => this.told.push(`lost: ${message}`),
      onFull: () => this.told.push("full"),
    });
  }
}

const resumedAt = { epoch: 3, seq: 10, written: 100, output: 4, logs: 2 };
const created = (seqs: readonly number[], ending?: object) =>
  ["create", "c", "s", "h", seqs, ending] as const;
const appended = (seq: number, seqs: readonly number[], ending?: object, epoch = 1) =>
  ["append", { cellId: "c", epoch, seq }, seqs, ending] as const;

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

describe("what a cell writes", () => {
  test("in one turn is one commit, which makes the cell; what comes later is appended, with its end", async () => {
    const { journal, asked } = new Written();
    journal.push(out("a"));
    journal.push(out("b"));
    expect(journal.length).toBe(2);
    const flushed = journal.flushed();
    journal.push(log);
    expect(asked).toEqual([]);
    await flushed;
    expect(asked).toEqual([created([0, 1, 2])]);
    expect(journal.durable).toEqual({ output: 2, logs: 1 });
    journal.push(ended, end);
    await journal.flushed();
    expect(asked.slice(1)).toEqual([appended(3, [3], end)]);
    expect(journal.epoch).toBe(1);
  });

  test("goes on where an earlier process has left it", async () => {
    const { journal, asked } = new Written(resumedAt);
    expect([journal.length, journal.epoch, journal.durable]).toEqual([
      10,
      3,
      { output: 4, logs: 2 },
    ]);
    expect([journal.isDurable(10), journal.isDurable(11)]).toEqual([true, false]);
    await journal.flushed();
    expect(asked).toEqual([]);
    journal.push(out("a"));
    await journal.flushed();
    expect(asked).toEqual([appended(10, [10], undefined, 3)]);
    expect(journal.durable).toEqual({ output: 5, logs: 2 });
    expect(journal.isDurable(11)).toBe(true);
  });

  test("is written soon where nothing waits for it, and no timer is left", async () => {
    const { journal, asked, told } = new Written();
    journal.push(out("a"));
    vi.advanceTimersByTime(19);
    await nextTurn();
    expect(asked).toEqual([]);
    vi.advanceTimersByTime(1);
    await nextTurn();
    expect(asked).toEqual([created([0])]);
    expect(told).toEqual(["durable"]);
    expect(vi.getTimerCount()).toBe(0);
    journal.push(out("b"));
    await journal.flushed();
    expect(vi.getTimerCount()).toBe(0);
    expect(asked).toEqual([created([0]), appended(1, [1])]);
  });

  test("while the store is busy waits for it, all together, and only what is durable by then is told so", async () => {
    const written = new Written();
    const { journal, asked, counters } = written;
    const [first, second] = [new Held<AppendResult>(), new Held<AppendResult>()];
    written.answer = () => first.promise;
    const done: number[] = [];
    const wait = (n: number): void => void journal.flushed().then(() => done.push(n));
    journal.push(out("a"));
    wait(1);
    await nextTurn();
    journal.push(out("b"));
    wait(2);
    journal.push(log);
    wait(3);
    await nextTurn();
    expect(asked).toEqual([created([0])]);
    expect(counters.stats().gatesWaiting).toBe(3);
    written.answer = () => second.promise;
    first.resolve("appended");
    await nextTurn();
    expect(done).toEqual([1]);
    expect(asked.slice(1)).toEqual([appended(1, [1, 2])]);
    expect(counters.stats().gatesWaiting).toBe(2);
    second.resolve("appended");
    await nextTurn();
    expect(done).toEqual([1, 2, 3]);
    expect(counters.stats()).toMatchObject({ gatesWaiting: 0, appends: 2, records: 3 });
  });

  test("goes to the caller's recorder too, but for what only a resumption needs", async () => {
    const entries: JournalEntry[] = [];
    const { journal } = new Written(resumedAt, (entry) => void entries.push(entry));
    journal.push(out("a"));
    journal.push({ kind: "told", output: 1, logs: 0 });
    journal.push(log);
    await journal.flushed();
    const ids = { sessionId: "s", cellId: "c", at: expect.any(Number) };
    expect(entries).toEqual([
      { ...ids, seq: 10, ...out("a") },
      { ...ids, seq: 12, ...log },
    ]);
  });
});

function fail(thrown: unknown): never {
  throw thrown;
}

describe("a journal is lost", () => {
  test.each<[string, () => Promise<AppendResult>, RegExp]>([
    ["the store has given the cell to another", async () => "fenced", /taken the cell over/],
    ["the store throws", async () => fail(new Error("It is full.")), /^lost: It is full\. When/],
    ["the store throws a text", async () => fail("full"), /^lost: full When/],
  ])("where %s: who waits is told, and nothing more is written", async (_, answer, why) => {
    const written = new Written(resumedAt);
    const { journal, asked, told, counters } = written;
    written.answer = answer;
    journal.push(out("a"));
    const flushed = journal.flushed();
    await expect(flushed).rejects.toThrow();
    expect(told).toEqual([expect.stringMatching(why)]);
    journal.push(out("b"));
    await expect(journal.flushed()).rejects.toThrow();
    vi.advanceTimersByTime(100);
    await nextTurn();
    expect(asked).toHaveLength(1);
    expect(told).toHaveLength(1);
    expect(journal.isDurable(11)).toBe(false);
    expect(journal.durable).toEqual({ output: 4, logs: 2 });
    const isFenced = told[0]?.includes("taken");
    expect(counters.stats()).toMatchObject({
      gatesWaiting: 0,
      fencedAppends: isFenced ? 1 : 0,
      failedAppends: isFenced ? 0 : 1,
    });
    await journal.leave();
    expect(asked.slice(1)).toEqual([["release", "c", 3]]);
  });

  test.each([
    [undefined, true],
    [resumedAt, false],
  ])("and a cell that was to be made has not begun where it is missing then", async (at, isNew) => {
    const written = new Written(at);
    written.answer = () => Promise.reject(new Error("It is full."));
    written.journal.push(out("a"));
    await written.journal.flushed().catch(() => {});
    expect(written.told[0]?.includes("it has not begun")).toBe(isNew);
  });
});

describe("a journal is full", () => {
  /** A record whose JSON has so many UTF-16 units. */
  const ofLength = (length: number) => out("x".repeat(length - JSON.stringify(out("")).length));

  test("where its records have more than 64 MiB together, to the last unit, and then takes only an end", async () => {
    const written = new Written({ ...resumedAt, written: maxLength - 200 });
    const { journal, asked, told } = written;
    journal.push(ofLength(110));
    journal.push(ofLength(90));
    expect(told).toEqual([]);
    await journal.flushed();
    journal.push(ofLength(90));
    expect(told).toEqual(["durable", "full"]);
    await expect(journal.flushed()).rejects.toThrow("The journal of the cell is full.");
    journal.push(ofLength(90));
    expect(journal.length).toBe(12);
    journal.push(ended, end);
    expect(journal.length).toBe(13);
    await journal.leave();
    expect(asked.slice(1)).toEqual([appended(12, [12], end, 3), ["release", "c", 3]]);
    expect(told).toEqual(["durable", "full", "durable"]);
  });
});

describe("a journal that is left", () => {
  test("is written first, and then the cell is released", async () => {
    const { journal, asked } = new Written();
    journal.push(out("a"));
    await journal.leave();
    expect(asked).toEqual([created([0]), ["release", "c", 1]]);
  });

  test("releases no cell that the store does not have", async () => {
    const { journal, asked } = new Written();
    await journal.leave();
    expect(asked).toEqual([]);
  });

  test("writes nothing of a cell that was never started", async () => {
    const { journal, asked } = new Written();
    journal.push(out("a"));
    journal.discard();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(100);
    await nextTurn();
    expect(asked).toEqual([]);
  });
});
