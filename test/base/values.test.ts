import { describe, expect, test } from "vitest";
import { CodeModeError } from "../../src/base/errors.js";
import { followSignal } from "../../src/base/followed-signal.js";
import { showHidden } from "../../src/base/hidden-characters.js";
import { Histogram } from "../../src/base/histogram.js";
import { sizeOfJson } from "../../src/base/json-values.js";
import { countLines, sourceLineAt } from "../../src/base/lines.js";
import { findNoJson } from "../../src/base/plain-json.js";

describe("where a value is none that JSON carries as it is:", () => {
  class Named {}

  test.each<[string, unknown, string, string]>([
    ["the value", undefined, "", "undefined"],
    ["a number", [1, Number.NaN], "[1]", "the number NaN"],
    ["a member of members", { users: [{ id: 1n }] }, ".users[0].id", "the bigint 1"],
    ["a member with any name", { "a-b": { 1: Symbol("s") } }, '["a-b"]["1"]', "a symbol"],
    ["an object of a class", { a: new Named() }, ".a", "an object {}"],
    ["nothing in a list", [undefined], "[0]", "undefined"],
  ])("%s", (_what, value, at, what) => {
    expect(findNoJson(value, 10)).toEqual({ at, what, isTooDeep: false });
  });

  test.each<[unknown]>([
    [null],
    ["a"],
    [true],
    [-0.5],
    [{ a: undefined, $b_1: [[], {}] }],
    [Object.create(null)],
  ])("nowhere in %j", (value) => {
    expect(findNoJson(value, 3)).toBeUndefined();
  });

  test("what is nested deeper than is asked", () => {
    expect(findNoJson([[1]], 2)).toBeUndefined();
    expect(findNoJson({ a: { b: {} } }, 3)).toBeUndefined();
    const tooDeep = { what: "a deeper value", isTooDeep: true };
    expect(findNoJson([[[]]], 2)).toEqual({ at: "[0][0]", ...tooDeep });
    expect(findNoJson({ a: { b: {} } }, 2)).toEqual({ at: ".a.b", ...tooDeep });
  });
});

test("a histogram counts each value in the first bucket that takes it", () => {
  const histogram = new Histogram();
  for (const ms of [0, 0.25, 0.3, 300_000, 300_001]) histogram.add(ms);
  const { count, sumMs, buckets } = histogram.snapshot();
  expect([count, sumMs]).toEqual([5, 600_001.55]);
  const counted = buckets.filter((bucket) => bucket.count > 0);
  expect(counted).toEqual([
    { maxMs: 0.25, count: 2 },
    { maxMs: 0.5, count: 1 },
    { maxMs: 300_000, count: 1 },
    { maxMs: Number.POSITIVE_INFINITY, count: 1 },
  ]);
});

test.each([
  ["a b\nc", "a b\nc"],
  ["\u202e\t\0", "\\u202e\\u0009\\u0000"],
  ["\u00a0\u200b\ufeff", "\\u00a0\\u200b\\ufeff"],
  ["\u{e0041}\ud800", "\\u{e0041}\\ud800"],
  ["é日\u{1f600}", "é日\u{1f600}"],
])("hidden characters of %j are shown", (text, shown) => {
  expect(showHidden(text)).toBe(shown);
});

describe("a signal that follows another", () => {
  test("is aborted with it, with its reason, until it leaves", () => {
    const source = new AbortController();
    const followed = followSignal(source.signal);
    const left = followSignal(source.signal);
    left.leave();
    expect(followed.signal.aborted).toBe(false);
    source.abort("why");
    expect(followed.signal.reason).toBe("why");
    expect(left.signal.aborted).toBe(false);
  });

  test("is aborted at once where that has been, and may be one that others abort", () => {
    const controller = new AbortController();
    const { signal } = followSignal(AbortSignal.abort("before"), controller);
    expect(signal).toBe(controller.signal);
    expect(signal.reason).toBe("before");
  });
});

test.each([
  ["", 0],
  ["\n", 1],
  ["a", 1],
  ["a\n", 1],
  ["a\nb", 2],
  ["a\n\nb\n", 3],
])("%j has so many lines: %d", (text, lines) => {
  expect(countLines(text)).toBe(lines);
});

test.each([
  [1, "a"],
  [2, "b"],
  [3, ""],
  [4, "c"],
  [5, "d"],
  [6, ""],
])("line %d of a source is %j, whatever ends its lines", (line, text) => {
  expect(sourceLineAt("a\r\nb\n\nc\u2028d", line)).toBe(text);
});

test.each<[unknown, number]>([
  [null, 16],
  [true, 16],
  ["abc", 19],
  [[1, "a"], 16 + 16 + 17],
  [{ ab: 1 }, 16 + 18 + 16],
  [[[{ a: [] }]], 16 + 16 + 16 + 17 + 16],
])("%j takes so many bytes: %d", (value, size) => {
  expect(sizeOfJson(value, 1_000)).toBe(size);
});

test("the size of a value is counted no further than past a limit", () => {
  let reads = 0;
  const list = Array.from({ length: 100 }, () => "x");
  const counted = new Proxy(list, {
    get: (target, key) => {
      reads += Number(key === "1");
      return Reflect.get(target, key) as unknown;
    },
  });
  expect(sizeOfJson([list, counted], 100)).toBeLessThan(150);
  expect(reads).toBe(0);
});

test("an error of another copy of the class is one, and none of a class that extends it", () => {
  class Special extends CodeModeError {}
  const copy = Object.assign(new Error("no"), { [Symbol.for("codecell.CodeModeError")]: true });
  expect(copy).toBeInstanceOf(CodeModeError);
  expect(copy).not.toBeInstanceOf(Special);
  expect(new Special("ERR_CELL_ENDED", "no")).toBeInstanceOf(Special);
  expect(new Special("ERR_CELL_ENDED", "no")).toBeInstanceOf(CodeModeError);
  for (const other of [new Error("no"), null, "no"]) {
    expect((other as unknown) instanceof CodeModeError).toBe(false);
  }
});
