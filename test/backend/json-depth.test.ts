import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonIsDeeper } from "../../src/backend/process/json-depth.js";

/** As a reader of the value sees it. */
function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

test("a text is deeper than a limit if its value is", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(8), fc.nat(2), (value, limit, space) => {
      const json = JSON.stringify(value, undefined, space);
      expect(jsonIsDeeper(json, limit)).toBe(depthOf(value) > limit);
    }),
  );
});

test.each<readonly [string, number, boolean]>([
  ["[[]]", 1, true],
  ["[[]]", 2, false],
  ['[{"a":[]}]', 2, true],
  ['[{"a":[]}]', 3, false],
  ["[[],[],[]]", 2, false],
  ['{"a":{},"b":{}}', 2, false],
  ["[[[]", 2, true],
  ["[[[", 3, false],
  ['"[[[["', 1, false],
  ['["\\"[[["]', 1, false],
  ['["\\\\",[[]]]', 2, true],
  ['{"[[[[":1}', 1, false],
  ['"[[[[', 1, false],
  ["", 0, false],
  ["[]", 0, true],
  ["[", 0, true],
  ["]][[[[", 1, true],
])("%s is deeper than %i: %s", (json, limit, expected) => {
  expect(jsonIsDeeper(json, limit)).toBe(expected);
});
