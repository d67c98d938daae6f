import { describe, expect, test } from "vitest";
import { describeThrown, describeValue } from "../../src/base/describe-value.js";
import { previewJson } from "../../src/base/json-preview.js";

const throws = (): never => {
  throw new Error("hidden");
};

describe("a value in a few words is", () => {
  test.each<[unknown, string]>([
    [undefined, "undefined"],
    [null, "null"],
    ["a", 'a string "a"'],
    ["x".repeat(80), `a string "${"x".repeat(80)}"`],
    ["x".repeat(81), `a string "${"x".repeat(80)}…"`],
    [-0, "the number -0"],
    [0, "the number 0"],
    [Number.NaN, "the number NaN"],
    [10n ** 80n, `the bigint 1${"0".repeat(79)}…`],
    [false, "the boolean false"],
    [Symbol("s"), "a symbol"],
    [throws, "a function"],
    [[1, "a"], 'an array [1,"a"]'],
    [{ a: null }, 'an object {"a":null}'],
    [{ toJSON: () => undefined }, "an object "],
    [{ toJSON: throws }, "a value that cannot be shown"],
  ])("of %o", (value, text) => {
    expect(describeValue(value)).toBe(text);
  });
});

describe("the text of what was thrown is", () => {
  test.each<[string, unknown, string]>([
    ["its message", new Error("no"), "no"],
    ["the message of any object", { message: "no" }, "no"],
    ["its name where it has no message", new TypeError(""), "TypeError"],
    ["itself where its message is no text", { message: 5, toString: () => "odd" }, "odd"],
    ["itself where it is a text", "no", "no"],
    ["null", null, "null"],
    ["that it cannot be shown", Object.create(null), "An error that cannot be shown was thrown."],
  ])("%s", (_what, thrown, text) => {
    expect(describeThrown(thrown)).toBe(text);
  });
});

describe("a preview of JSON", () => {
  test.each<[unknown, number, string | undefined]>([
    ["abc", 5, '"abc"'],
    ["abc", 4, '"abc…'],
    [[1, 2, 3], 7, "[1,2,3]"],
    [[1, 2, 3], 6, "[1,2,3…"],
    [{ a: 1, b: 2 }, 13, '{"a":1,"b":2}'],
    [{ a: 1, b: 2 }, 12, '{"a":1,"b":2…'],
    [{ a: 1, b: 2 }, 3, '{"a…'],
    [[undefined, () => 1], 20, "[null,null]"],
    [{ a: () => 1 }, 20, "{}"],
    [new Date(0), 40, '"1970-01-01T00:00:00.000Z"'],
    [{ toJSON: 5 }, 40, '{"toJSON":5}'],
    [undefined, 5, undefined],
  ])("of %o in %d characters", (value, maxLength, text) => {
    expect(previewJson(value, maxLength)).toBe(text);
  });
});
