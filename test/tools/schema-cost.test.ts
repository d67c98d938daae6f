import { describe, expect, test } from "vitest";
import { patternDegree } from "../../src/tools/pattern-degree.js";
import { isCheapToCheck, schemaCost } from "../../src/tools/schema-cost.js";

const plain = { size: 1, hasReferences: false, degree: 1, longestPattern: 0 };
const anyDegree = Number.POSITIVE_INFINITY;

const patterns = (count: number): Record<string, object> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`a${at}`, {}]));

describe("what checking with a schema may take is read off", () => {
  const shared = { type: "string" };

  test.each<[string, object, object]>([
    ["its values and keys", { a: 1, b: [2, null] }, { size: 9 }],
    ["its values and keys, where one is there twice", { a: shared, b: shared }, { size: 7 }],
    ["references", { items: { $ref: "#" } }, { hasReferences: true }],
    ["dynamic references", { $dynamicRef: "#a" }, { hasReferences: true }],
    ["recursive references", { $recursiveRef: "#" }, { hasReferences: true }],
    ["no names that are like them", { x$ref: 1, $refs: 1 }, { hasReferences: false }],
    ["its costliest pattern", { a: { pattern: "a+b+" }, b: { pattern: "a" } }, { degree: 3 }],
    ["patterns of names", { patternProperties: { "a+b+c+": {} } }, { degree: 4 }],
    ["formats", { format: "email" }, { degree: 2 }],
    ["its longest pattern", { a: { pattern: "abc" }, b: { pattern: "a" } }, { longestPattern: 3 }],
    ["its longest pattern of names", { patternProperties: { ab: {} } }, { longestPattern: 2 }],
    [
      "no patterns where none belong",
      { a: "a+b+", pattern: 5, properties: { "(a+)+": {} } },
      { degree: 1, longestPattern: 0 },
    ],
    ["patterns of a hundred names", { patternProperties: patterns(100) }, { degree: 1 }],
    ["too many patterns of names", { patternProperties: patterns(101) }, { degree: anyDegree }],
    ["no patterns of nothing", { patternProperties: null }, { degree: 1, longestPattern: 0 }],
    ["no patterns of a text", { patternProperties: "a+b+" }, { degree: 1, longestPattern: 0 }],
  ])("%s", (_what, schema, cost) => {
    expect(schemaCost(schema)).toMatchObject(cost);
  });

  test("a schema that contains itself", () => {
    const schema: Record<string, unknown> = {};
    schema["items"] = schema;
    expect(schemaCost(schema)).toEqual({ ...plain, size: 3 });
  });
});

test.each([
  [true, {}, 2_000_000],
  [false, {}, 2_000_001],
  [true, { size: 1_000 }, 2_000],
  [false, { size: 1_000 }, 2_001],
  [false, { hasReferences: true }, 1],
  [true, { degree: 2 }, 1_414],
  [false, { degree: 2 }, 1_415],
  [true, { degree: anyDegree }, 16],
  [false, { degree: anyDegree }, 17],
])("it is %j that a check with %j is cheap for %d characters", (isCheap, cost, length) => {
  expect(isCheapToCheck({ ...plain, ...cost }, length)).toBe(isCheap);
});

test.each([
  ["a pattern of a thousand characters", `^${"a".repeat(999)}`, 1],
  ["a longer pattern, which is not looked at,", `^${"a".repeat(1_000)}`, anyDegree],
  ["six parts that may be there or not", "^a?b?c?d?e?f?", 1],
  ["alternatives of which only the first is anchored", "^a|b+", 2],
  ["two alternatives", "^(a|b)+", anyDegree],
  ["a reference by name", "^(?<n>a)\\k<n>", anyDegree],
])("%s: steps grow with such a power of a text's length", (_what, pattern, degree) => {
  expect(patternDegree(pattern)).toBe(degree);
});
