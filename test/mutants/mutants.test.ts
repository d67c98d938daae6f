import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../support/mcp.js";
import { findMutants } from "./find-mutants.mjs";
import { instrument } from "./instrument.mjs";
import { isLate } from "./late.mjs";
import { nativeFaults } from "./native-faults/index.mjs";
import { intervalOf, someOfEachRoom } from "./some-of-each-room.mjs";
import { placeOf, unobservable } from "./unobservable/index.mjs";

const changesOf = (source: string): readonly string[] =>
  findMutants(source).mutants.map(({ change }) => change);

describe("the mutants of", () => {
  test.each([
    ["if (a < b) f();", ["a < b → true", "a < b → false", "a < b → a <= b"]],
    ["if (!a) f();", ["!a → true", "!a → false"]],
    ["x = a === b;", ["without x = a === b;", "a === b → a !== b"]],
    ["while (a) f();", ["a → false", "without f();"]],
    ["x = a ? b : c;", ["without x = a ? b : c;", "a → true", "a → false"]],
    ["const x = a ?? b;", ["a ?? b → a", "a ?? b → b"]],
    ["const x = a && b;", ["a && b → a", "a && b → b"]],
    ["const x = a - 1;", ["a - 1 → a + 1"]],
    ['const x = a + "text";', []],
    ["const x = { once: true };", ["true → false"]],
    ["const x = [a, b];", ["[a, b] → []"]],
    ["const x = a?.b?.(c);", ["a?.b?.(c) → a?.b(c)", "a?.b?.(c) → a.b?.(c)"]],
    ["const x = a.startsWith(b);", ["a.startsWith(b) → a.endsWith(b)"]],
    ["const x = a.trim();", ["a.trim() → a"]],
    ["const x = /^a+$/i;", ["/^a+$/i → /a+$/i", "/^a+$/i → /^a+/i", "/^a+$/i → /^a+$/"]],
    ["for (;;) { f(); break; }", ["without f();", "without break;"]],
    ["class A { b: C; constructor(b: C) { this.b = b; } }", []],
    ["switch (a) { default: assertNever(a); }", []],
    ["delete a.b?.c;", ["without delete a.b?.c;"]],
    ['import { a } from "a";', []],
    ["type A = B extends C ? true : false;", []],
  ])("%s", (source, changes) => {
    expect(changesOf(source)).toEqual(changes);
  });
});

test("a mutant has the number of its line, and what it changes as one short line", () => {
  const source = `\n\nf(\n  a,\n  ${'"long"'.padEnd(99, " ")});`;
  expect(findMutants(source).mutants).toMatchObject([
    { line: 3, change: expect.stringMatching(/^without f\( a, "long" *\);$/) },
  ]);
});

describe("an instrumented function", () => {
  const source =
    "function f(a: number, b?: { c: number }) { if (a < 1 && b) { a += 1; } return [a, b?.c]; }";
  const { code, mutants } = findMutants(source);
  const run = (on: number): unknown => {
    const written = instrument(code, mutants, 10, "./switch.mjs").replace(/^import .*?; /, "");
    const build = new Function("$isMutant", `${written}; return f(0, { c: 7 });`);
    return build((mutant: number) => mutant === on);
  };

  test("does what it did while no mutant is on", () => {
    expect(run(-1)).toEqual([1, 7]);
  });

  test("does what each mutant does while that is on", () => {
    const results = mutants.map(({ change }, i) => [change, run(10 + i)]);
    expect(results).toEqual([
      ["a < 1 && b → true", [1, 7]],
      ["a < 1 && b → false", [0, 7]],
      ["a < 1 && b → a < 1", [1, 7]],
      ["a < 1 && b → b", [1, 7]],
      ["a < 1 → a <= 1", [1, 7]],
      ["without a += 1;", [0, 7]],
      ["[a, b?.c] → []", []],
      ["b?.c → b.c", [1, 7]],
    ]);
  });
});

test("a program keeps its first line, and an else belongs to the same if", () => {
  const { code, mutants } = findMutants("#!/usr/bin/env node\nif (a) f();\nelse g();");
  expect(instrument(code, mutants, 0, "s.mjs")).toBe(
    '#!/usr/bin/env node\nimport { isMutant as $isMutant } from "s.mjs"; ' +
      "if (($isMutant(0)?(true):$isMutant(1)?(false):(a))) f();\nelse {if(!$isMutant(2)){g();}}",
  );
});

test("each fault of native/ has one place in its file", () => {
  const lost = nativeFaults.filter(({ file, from }) => {
    return readFileSync(join(root, "native", file), "utf8").split(from).length !== 2;
  });
  expect(lost).toEqual([]);
});

test("each mutant that nobody can observe is one of its file's, and stands there once", () => {
  const files = [...new Set(unobservable.map(({ file }) => file))];
  const mutantsOf = new Map(
    files.map((file) => [file, findMutants(readFileSync(join(root, "src", file), "utf8")).mutants]),
  );
  const places = unobservable.map((entry) => placeOf(mutantsOf.get(entry.file) ?? [], entry));
  expect(unobservable.filter((_, i) => places[i] === -1)).toEqual([]);
  const names = unobservable.map(({ file }, i) => `${file} ${places[i]}`);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

describe("a failure without which the test takes a second", () => {
  test.each([
    [1100, false],
    [2100, false],
    [2300, true],
  ])("after %i ms: it may be the machine's: %s", (failedAfterMs, expected) => {
    expect(isLate(failedAfterMs, 1000)).toBe(expected);
  });
});

describe("a sample of each room's mutants", () => {
  const { mutants } = findMutants("f(a < b); g(a < b); h(a < b);");
  const sources = ["base/a.ts", "base/b.ts", "cell/a.ts"].map((path, i) => ({
    path,
    hash: "",
    first: i * mutants.length,
    mutants,
  }));
  const picksOf = (seed: string): readonly string[] =>
    someOfEachRoom(sources, 4, seed).flatMap(({ picked }) =>
      picked.flatMap(({ source, indexes }) => indexes.map((i) => `${source.path} ${i}`)),
    );

  test("has as many of each room as were asked for, and says of how many", () => {
    const groups = someOfEachRoom(sources, 4, "1");
    const n = mutants.length;
    expect(groups.map(({ sample }) => sample)).toEqual([
      { room: "base", seed: "1", of: 2 * n },
      { room: "cell", seed: "1", of: n },
    ]);
    const picks = picksOf("1");
    expect(new Set(picks).size).toBe(8);
    expect(picks.filter((pick) => pick.startsWith("base/"))).toHaveLength(4);
  });

  test("is the same with the same seed, and another with another", () => {
    expect(picksOf("1")).toEqual(picksOf("1"));
    expect(picksOf("1")).not.toEqual(picksOf("2"));
  });

  test("is of whole mutants, at least one", () => {
    expect(() => someOfEachRoom(sources, 0.5, "1")).toThrow("from 1, not 0.5");
    expect(() => someOfEachRoom(sources, Number.NaN, "1")).toThrow("from 1, not NaN");
  });

  test.each([
    [50, 60, 0.72, 0.907],
    [60, 60, 0.94, 1],
    [0, 10, 0, 0.278],
  ])("with %i of %i noticed says where the room's score is", (noticed, of, low, high) => {
    const interval = intervalOf(noticed, of);
    expect(interval.low).toBeCloseTo(low, 2);
    expect(interval.high).toBeCloseTo(high, 2);
  });
});
