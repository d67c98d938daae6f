import { describe, expect, test } from "vitest";
import { entryPages, readEntries, readKeptCell } from "../../src/durable/kept-cell.js";
import type { DurableRecord } from "../../src/durable/records.js";
import type { DurableStore, StoredRecord } from "../../src/durable/store.js";
import { sqliteStore } from "../../src/sqlite.js";
import { openedEntry } from "../support/opened-entry.js";
import { Place, storeWith } from "../support/store-place.js";

const ids = { cellId: "c", sessionId: "s" };
const { sessionId: _s, cellId: _c, seq: _seq, at: _at, ...opened } = openedEntry({ ...ids, at: 0 });
const out = (text: string): DurableRecord => ({ kind: "out", item: { type: "text", text } });
const question = {
  ...{ callId: "c-1", tool: "a", namespace: "", description: "", input: 1 },
};
const facts = { endedAt: 1, wallMs: 2, toolCalls: 3, outputBytes: 4, droppedCalls: [] };
const usage = {
  ...{ cpuMs: 1, toolWaitMs: 0, heapBytes: 0 },
  ...{ heapPeakBytes: 0, arrayBufferPeakBytes: 0 },
};

/** The records as a store keeps them. */
function stored(...records: readonly DurableRecord[]): StoredRecord[] {
  return records.map((record, seq) => ({
    ...{ seq, at: 100 + seq, kind: record.kind, body: JSON.stringify(record) },
  }));
}

/** A store that has these, and the pages that were asked for. */
function storeOf(records: readonly StoredRecord[], pages: number[][] = []): DurableStore {
  return storeWith(sqliteStore(new Place().file), {
    read: async (_cellId, from, limit) => {
      pages.push([from, limit]);
      return records.slice(from, from + limit);
    },
  });
}

describe("what a store has of a cell", () => {
  test("is taken apart: its entries, and what only its resumption needs", async () => {
    const records = stored(
      opened,
      ...([
        { kind: "planned" },
        { kind: "began", call: 1 },
        { kind: "began", call: 1 },
        { kind: "began", call: 2 },
        { kind: "asked", call: 1, approval: "p", ...question },
        { kind: "asked", call: 2, approval: "q", ...question },
        { kind: "decided", call: 1, approval: "p", decidedAt: 5, verdict: "deny", note: "no" },
        { kind: "decided", call: 2, approval: "of another", decidedAt: 5, verdict: "deny" },
        { kind: "told", output: 1, logs: 2 },
        { kind: "notified", count: 3 },
        { kind: "resumed", epoch: 4, engine: opened.engine },
        out("a"),
        { kind: "stopped", reason: "requested" },
        { kind: "ending", facts, usage },
        { kind: "reverting", call: 1, attempt: 1 },
        { kind: "reverted", call: 1, ok: false, error: "no" },
        { kind: "reverting", call: 1, attempt: 2 },
        { kind: "reverting", call: 2, attempt: 1 },
        { kind: "reverted", call: 2, ok: true },
        { kind: "reverted", call: 3, ok: true },
      ] as const),
    );
    const kept = await readKeptCell(storeOf(records), ids);
    expect(kept).toMatchObject({
      ...{ sessionId: "s", isPlanned: true, notified: 3, epoch: 4, records: 21 },
      ...{ told: { output: 1, logs: 2 }, stopped: { reason: "requested" } },
      ...{ ending: { facts, usage }, opened: { seq: 0, at: 100 }, commands: [] },
      emitted: [{ ...out("a"), ...ids, seq: 12, at: 112 }],
      written: records.reduce((sum, { body }) => sum + body.length, 0),
    });
    expect([...kept.begun]).toEqual([
      [1, 2],
      [2, 1],
    ]);
    expect([...kept.questions]).toEqual([
      [1, { ...question, approvalId: "p", decision: { verdict: "deny", note: "no", at: 5 } }],
      [2, { ...question, approvalId: "q", decision: undefined }],
    ]);
    expect([...kept.reverts]).toEqual([
      [1, { state: "began", attempts: 2 }],
      [2, { state: "reverted", attempts: 1 }],
      [3, { state: "reverted", attempts: 1 }],
    ]);
  });

  test("is nothing but its beginning where it has done nothing", async () => {
    const kept = await readKeptCell(storeOf(stored(opened)), ids);
    expect(kept).toMatchObject({
      ...{ isPlanned: false, notified: 0, epoch: 1, records: 1, told: { output: 0, logs: 0 } },
      ...{ emitted: [], commands: [] },
    });
    expect([kept.stopped, kept.ending]).toEqual([undefined, undefined]);
  });

  test("is read in pages, each when it is asked for, as far as there are any", async () => {
    for (const count of [999, 1000, 1001, 2000]) {
      const pages: number[][] = [];
      const texts = Array.from({ length: count - 1 }, (_, index) => out(`${index}`));
      const store = storeOf(stored(opened, ...texts), pages);
      const sizes: number[] = [];
      for await (const page of entryPages(store, { ...ids, records: count })) {
        expect(pages).toHaveLength(sizes.length + 1);
        sizes.push(page.length);
      }
      const whole = Math.floor(count / 1000);
      expect(sizes).toEqual([...Array.from({ length: whole }, () => 1000), count % 1000]);
      expect(pages).toEqual(sizes.map((_, index) => [index * 1000, 1000]));
    }
  });
});

describe("a journal in a store cannot be read", () => {
  const records = stored(opened, out("a"), out("b"));
  const [first, second, third] = records as [StoredRecord, StoredRecord, StoredRecord];
  test.each<[string, readonly StoredRecord[], RegExp]>([
    ["where its first record is missing", [second, third], /Record 0 of the cell c .* is missing/],
    ["where one between is missing", [first, third], /Record 1 of the cell c .* is missing/],
    ["where one is there twice", [first, first], /Record 1 of the cell c .* is missing/],
    ["where its last is missing", [first, second], /Record 2 of the cell c .* is missing/],
    ["where one is no JSON", [first, { ...second, body: "{" }, third], /Record 1 .* the JSON text/],
    ["where one is null", [first, { ...second, body: "null" }, third], /Record 1 .* the JSON text/],
    [
      "where one is a text",
      [first, { ...second, body: '"a"' }, third],
      /Record 1 .* the JSON text/,
    ],
    [
      "where one is of another kind",
      [first, { ...second, kind: "log" }, third],
      /Record 1 .* JSON/,
    ],
    ["where one is no entry", [first, { ...second, body: '{"kind":"out"}' }, third], /"item"/],
  ])("%s", async (_, kept, message) => {
    const read = readEntries(storeOf(kept), { ...ids, records: 3 });
    await expect(read).rejects.toMatchObject({ code: "ERR_INVALID_JOURNAL" });
    await expect(read).rejects.toThrow(message);
  });

  test("where it is sealed, which is said", async () => {
    const read = readEntries(storeOf([first, { ...second, body: "sealed:x" }]), ids);
    await expect(read).rejects.toMatchObject({ code: "ERR_STORE_KEY" });
    await expect(read).rejects.toThrow(/^Record 1 of the cell c is sealed/);
  });

  test("but is read where it has more than there must be", async () => {
    expect(await readEntries(storeOf(records), { ...ids, records: 2 })).toHaveLength(3);
    expect(await readEntries(storeOf(records), ids)).toHaveLength(3);
  });
});
