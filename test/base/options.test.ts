import { describe, expect, test } from "vitest";
import { compareTexts } from "../../src/base/compare-texts.js";
import { checkId } from "../../src/base/id-check.js";
import {
  checkBoolean,
  checkFunction,
  checkMilliseconds,
  checkOneOf,
  checkOptionsObject,
  checkSignal,
  checkString,
  checkWholeNumber,
} from "../../src/base/option-checks.js";

const least = { unit: "cells", least: 1 };
const { signal } = new AbortController();

describe("an option may be", () => {
  test.each<[string, () => void]>([
    ["left out", () => checkMilliseconds("o", undefined, 1)],
    ["the least time", () => checkMilliseconds("o", 1, 1)],
    ["for ever", () => checkMilliseconds("o", Number.POSITIVE_INFINITY, 0)],
    ["the least number", () => checkWholeNumber("o", 1, least)],
    ["no number", () => checkWholeNumber("o", undefined, least)],
    ["false", () => checkBoolean("o", false)],
    ["neither true nor false", () => checkBoolean("o", undefined)],
    ["a text", () => checkString("o", "")],
    ["no text", () => checkString("o", undefined)],
    ["one of some words", () => checkOneOf("o", "b", ["a", "b"])],
    ["none of them", () => checkOneOf("o", undefined, ["a", "b"])],
    ["a function", () => checkFunction("o", () => {})],
    ["no function", () => checkFunction("o", undefined)],
    ["a signal", () => checkSignal("o", signal)],
    ["no signal", () => checkSignal("o", undefined)],
    ["an id of 256 characters", () => checkId("o", "x".repeat(256))],
    ["no id", () => checkId("o", undefined)],
    ["an id with a whole pair of surrogates", () => checkId("o", "\u{1f600}")],
    ["an object with what is known", () => checkOptionsObject("o", { a: 1 }, ["a", "b"])],
  ])("%s", (_what, check) => {
    expect(check).not.toThrow();
  });
});

const keys = (count: number): object =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, 1]));

describe("an option is refused with what it must be:", () => {
  const odd = "odd" as never;

  test.each<[string, () => void]>([
    ["a number of milliseconds, 1 or more; got the number 0", () => checkMilliseconds("o", 0, 1)],
    [
      "a number of milliseconds, 0 or more; got the number NaN",
      () => checkMilliseconds("o", Number.NaN, 0),
    ],
    [
      'a number of milliseconds, 0 or more; got a string "odd"',
      () => checkMilliseconds("o", odd, 0),
    ],
    ["a whole number of cells, 1 or more; got the number 0", () => checkWholeNumber("o", 0, least)],
    [
      "a whole number of cells, 1 or more; got the number 1.5",
      () => checkWholeNumber("o", 1.5, least),
    ],
    ['true or false; got a string "odd"', () => checkBoolean("o", odd)],
    ["a string; got the number 5", () => checkString("o", 5 as never)],
    ['"a", "b" or "c"; got a string "odd"', () => checkOneOf("o", odd, ["a", "b", "c"])],
    ['a function; got a string "odd"', () => checkFunction("o", odd)],
    ['an AbortSignal; got a string "odd"', () => checkSignal("o", odd)],
    ['a string of 1 to 256 characters; got a string ""', () => checkId("o", "")],
    ["a string of 1 to 256 characters; got the number 5", () => checkId("o", 5 as never)],
    ["a string of 1 to 256 characters; got", () => checkId("o", "x".repeat(257))],
    ["without half of a surrogate pair; got", () => checkId("o", "a\ud800")],
    ["an object; got null", () => checkOptionsObject("o", null, [])],
    ["an object; got an array []", () => checkOptionsObject("o", [], [])],
    ['an object; got a string "odd"', () => checkOptionsObject("o", odd, [])],
  ])("%s", (message, check) => {
    expect(check).toThrow(
      expect.objectContaining({
        code: "ERR_INVALID_OPTION",
        message: expect.stringContaining(`The option "o" must be ${message}`),
      }),
    );
  });

  test("and of options that nobody knows eight are named", () => {
    const known = ["a", "b"];
    expect(() => checkOptionsObject("the options", { a: 1, k: 1 }, known)).toThrow(
      'There is no option "k" in the options; there are a, b.',
    );
    const eight = Array.from({ length: 8 }, (_, at) => `"k${at}"`).join(", ");
    expect(() => checkOptionsObject("o", keys(8), known)).toThrow(`no option ${eight} in o;`);
    expect(() => checkOptionsObject("o", keys(10), known)).toThrow(`${eight} and 2 more in o;`);
  });
});

test("texts are ordered by their units, in every locale", () => {
  const texts = ["b", "a", "ä", "B", "a", "Z", ""];
  expect(texts.sort(compareTexts)).toEqual(["", "B", "Z", "a", "a", "b", "ä"]);
  expect(compareTexts("a", "a")).toBe(0);
});
