import { expect, test } from "vitest";
import { packRecords, unpackRecords } from "../../src/sqlite/packed-records.js";

test("what is packed for the worker comes out as it was, whatever its texts and its numbers are", () => {
  const records = [
    { seq: 0, at: 1_700_000_000_456, kind: "opened", body: '{"kind":"opened"}' },
    { seq: 1, at: 1_700_000_000_457, kind: "asked", body: "", asks: "a question" },
    { seq: 2, at: 0, kind: "", body: "h\u00e9llo \u{1f600} \ud83d" },
    { seq: 2 ** 40, at: 2 ** 52, kind: "out", body: "\ude00 begins with the other half" },
  ];
  expect(unpackRecords(structuredClone(packRecords(records)))).toEqual(records);
  expect(unpackRecords(packRecords([]))).toEqual([]);
});
