import { expect, test } from "vitest";
import type { JournalEntry } from "../../src/index.js";
import { KeptJournals } from "../../src/journal/kept-journals.js";
import { openedEntry } from "../support/opened-entry.js";

function entriesOf(cellId: string, text: string): readonly JournalEntry[] {
  const entry = { sessionId: "s", cellId, at: 0 };
  return [openedEntry(entry), { ...entry, seq: 1, kind: "out", item: { type: "text", text } }];
}

test("the journal of the oldest cell is dropped where all are too large, and gets no entry then", () => {
  const journals = new KeptJournals();
  const large = "x".repeat(30 * 2 ** 20);
  const cells = ["1", "2", "3"].map((cellId) => entriesOf(cellId, large));
  for (const entry of cells.slice(0, 2).flat()) journals.write(entry);
  expect(journals.of("1")).toEqual(cells[0]);
  for (const entry of cells[2] ?? []) journals.write(entry);
  expect(journals.of("1")).toBeUndefined();
  expect(journals.of("2")).toEqual(cells[1]);
  expect(journals.of("3")).toEqual(cells[2]);
  journals.write({ sessionId: "s", cellId: "1", seq: 2, at: 0, kind: "notify", text: large });
  expect(journals.of("1")).toBeUndefined();
  expect(journals.of("2")).toEqual(cells[1]);
});

test("entries without texts count too", () => {
  const journals = new KeptJournals();
  const [opened, out] = entriesOf("1", "");
  const [other] = entriesOf("2", "");
  if (opened === undefined || out === undefined || other === undefined) throw new Error("no entry");
  journals.write(opened);
  for (let seq = 1; seq < 2 ** 20; seq += 1) journals.write(out);
  journals.write(other);
  expect(journals.of("1")).toBeUndefined();
  expect(journals.of("2")).toEqual([other]);
});

test("an entry may have what is not set, null and numbers", () => {
  const journals = new KeptJournals();
  const [opened, out] = entriesOf("1", "a");
  if (opened === undefined || out === undefined) throw new Error("no entry");
  const limits = { cpuMs: 1, wallMs: null, heapBytes: undefined } as never;
  const first = { ...opened, limits } as JournalEntry;
  for (const entry of [first, out]) journals.write(entry);
  expect(journals.of("1")).toEqual([first, out]);
  expect(journals.of("2")).toBeUndefined();
});
