import { expect, test } from "vitest";
import { previewJson } from "../../src/base/json-preview.js";
import { showInput } from "../../src/base/shown-input.js";

const more = "… and more: these are the first 4000 characters";

test.each([
  [[]],
  [{}],
  [[{ a: [1, "two", null], b: {} }, [], -0]],
  ["text"],
  [{ a: undefined, b: 1 }],
])("an indented preview of %j is what JSON.stringify makes", (value) => {
  for (const indent of [0, 2]) {
    expect(previewJson(value, 1_000, indent)).toBe(JSON.stringify(value, null, indent));
  }
});

test("a short input is shown on one line, a longer one on several", () => {
  expect(showInput({ a: 1 })).toEqual({ text: '{"a":1}', more: undefined });
  const long = { a: "x".repeat(100), b: [1] };
  expect(showInput(long)).toEqual({ text: JSON.stringify(long, null, 2), more: undefined });
});

test("an input that is too long, or is so once its hidden characters are shown, is cut", () => {
  expect(showInput("x".repeat(4_000))).toMatchObject({ more });
  const hidden = showInput("\u202e".repeat(1_000));
  expect(hidden).toMatchObject({ more });
  expect(hidden.text).toHaveLength(4_000);
});

test("an input that is as long as may be shown is whole", () => {
  const longest = "x".repeat(4_000 - 2);
  expect(showInput(longest)).toEqual({ text: `"${longest}"`, more: undefined });
  expect(showInput(`${longest}x`)).toMatchObject({ more });
});

test.each([
  ["lists", (inner: unknown): unknown => ["x".repeat(90), inner]],
  ["members", (inner: unknown): unknown => ({ a: "x".repeat(90), inner })],
])("what stands before %s counts in them too", (_what, around) => {
  let reads = 0;
  const list = Array.from({ length: 100 }, () => ({
    toJSON: () => {
      reads += 1;
      return 1;
    },
  }));
  previewJson(around(list), 100);
  expect(reads).toBeLessThan(10);
});

test("of a large input only the beginning is read", () => {
  let reads = 0;
  const counted = Array.from({ length: 100_000 }, () =>
    Object.defineProperty({}, "a", {
      enumerable: true,
      get: () => {
        reads += 1;
        return "x";
      },
    }),
  );
  expect(showInput(counted)).toMatchObject({ more });
  expect(reads).toBeLessThan(500);
  // Each level is indented, so that the whole text of this one would be as long as its depth squared.
  let deep: unknown = 1;
  for (let depth = 0; depth < 50_000; depth += 1) deep = [deep];
  expect(showInput(deep)).toMatchObject({ more });
});
