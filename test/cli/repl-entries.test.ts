import { describe, expect, test } from "vitest";
import { Insertions } from "../../src/cli/repl/insertions.js";
import { KeptNames } from "../../src/cli/repl/kept-names.js";
import { readEntry, readWholeEntry } from "../../src/cli/repl/read-entry.js";
import { readSyntax } from "../../src/cli/repl/syntax.js";

/** The text of the last expression of a source, or what else it is. */
function resultOf(source: string): string | undefined {
  const syntax = readSyntax(source);
  if (syntax.type !== "complete") return syntax.type;
  const { result } = syntax;
  return result && `=${source.slice(result.start, result.end)}`;
}

describe("a source at the prompt", () => {
  test.each<[string, string | undefined]>([
    ["", undefined],
    ["1 + 1", "=1 + 1"],
    ["a; b;", "=b"],
    ["b; let a = 1", undefined],
    ["(a, b)", "=(a, b)"],
    ["await a", "=await a"],
    ["#!/usr/bin/env node\na", "=a"],
    ["{ a: 1 }", "={ a: 1 }"],
    [" { a: 1, b }", "={ a: 1, b }"],
    ["{ a: 1 } // of a", "={ a: 1 }"],
    ["{}", "={}"],
    ["{ a; b }", undefined],
    ["{ a: 1 }; b", "=b"],
    ["{ a: 1 } b", "=b"],
    ["import a from 'a'", undefined],
  ])("%j has the last expression %j", (source, expected) => {
    expect(resultOf(source)).toBe(expected);
  });

  test.each([
    "f(",
    "let a =",
    "a +",
    "if (a)",
    "{ a: 1",
    "{ a: [",
    "function f() {",
    "`of many",
    "/* of many",
    "'goes on \\",
    "[1,",
    "a ?",
    "f(1  ",
  ])("%j is not complete yet", (source) => {
    expect(resultOf(source)).toBe("incomplete");
  });

  test.each([
    "a b",
    "f(]",
    "let 1",
    "'ends",
    "}",
    "{ a: 1, c: 2 } b",
    "a: number = 1;;)",
    "f() )",
    "1 2",
  ])("%j is no JavaScript, whatever comes after it", (source) => {
    expect(resultOf(source)).toBe("invalid");
  });
});

describe("an entry", () => {
  test.each([
    ["const a: number =", "incomplete"],
    ["function f(a: string) {", "incomplete"],
    ["interface A {", "incomplete"],
    ["type A = `a", "incomplete"],
    ["/* of many */ let a: /* of", "incomplete"],
    ["const a: number = 1", "ready"],
    ["type A = 1", "ready"],
    ["enum A { B }", "problem"],
    ["const a: = 1", "problem"],
    ["a b", "ready"],
    ["```js\n1 + 1", "incomplete"],
    ["```js\n1 + 1\n```", "ready"],
    ["~~~ts\nlet a: 1 = 1\n~~~", "ready"],
    ["```js\n1\n~~~", "incomplete"],
    ["```\nf(\n```", "incomplete"],
    ["", "ready"],
  ])("%j is %s", async (typed, type) => {
    expect((await readEntry(typed)).type).toBe(type);
  });

  test("is the source that was typed, position for position, with what it declares", async () => {
    const entry = await readEntry("```ts\nconst a: number = 1;\na\n```");
    expect(entry).toMatchObject({
      type: "ready",
      written: "\nconst a: number = 1;\na",
      source: "\nconst a         = 1;\na",
      result: { start: 22, end: 23 },
      declared: [{ name: "a" }],
    });
  });

  test("to which nothing is added is what it is, also half of one", async () => {
    const half = await readWholeEntry("f(");
    expect(["ready", "problem"]).toContain(half.type);
    expect(await readWholeEntry("```js\n1")).toMatchObject({ type: "ready" });
    expect(await readWholeEntry("1")).toMatchObject({ result: { start: 0, end: 1 } });
  });
});

describe("what the entries before have declared", () => {
  const value = (name: string) => ({ name, kind: "value", text: `let ${name};` }) as never;
  const code = (name: string, text: string) => ({ name, kind: "code", text }) as never;

  /** The names `before` and `values` of what surrounds a source. */
  function around(names: KeptNames, source: string, declared: readonly never[] = []) {
    const { before, values } = names.around(source, declared);
    return [before.map(({ name }) => name), values];
  }

  /** `n` is a value, `f` uses it, `g` uses `f`. */
  function threeNames(): KeptNames {
    const names = new KeptNames();
    const declared = [
      value("n"),
      code("f", "function f() { return n; }"),
      code("g", "function g() { return f(); }"),
    ];
    names.take(names.around("", declared), declared, ["n"]);
    return names;
  }

  test.each<[string, string[], string[]]>([
    ["1", [], []],
    ["n", ["n"], ["n"]],
    ["f()", ["n", "f"], ["n"]],
    ["g()", ["n", "f", "g"], ["n"]],
    ["$n; n1; other.x", [], []],
    ["g(f, n)", ["n", "f", "g"], ["n"]],
  ])("is declared again for %j as far as that needs it: %j", (source, before, values) => {
    expect(around(threeNames(), source)).toEqual([before, values]);
  });

  test("is not declared again where an entry declares it itself", () => {
    const names = threeNames();
    expect(names.names).toEqual(["n", "f", "g"]);
    expect(around(names, "let n = 2; f()", [value("n")])).toEqual([["f"], ["n"]]);
  });

  test("is kept as the last entry has declared it, behind those that it builds on", () => {
    const names = threeNames();
    const declared = [code("f", "function f() { return m; }"), value("m")];
    names.take(names.around("", declared), declared, ["m"]);
    expect(names.names).toEqual(["n", "g", "f", "m"]);
    expect(around(names, "g()")).toEqual([["g", "f", "m"], ["m"]]);
  });

  test("is forgotten where its value was not saved", () => {
    const names = threeNames();
    names.take(names.around("n", []), [], []);
    expect(names.names).toEqual(["f", "g"]);
    names.take(names.around("f()", []), [value("lost"), value("kept")], ["kept"]);
    expect(names.names).toEqual(["f", "g", "kept"]);
  });
});

describe("a source with text put into it", () => {
  //              0123456 789012
  const source = "let a;\nb + c;\nd";
  const put = new Insertions(source, [
    { offset: 0, text: "before;\n", toldAt: 0 },
    { offset: 7, text: "show(", toldAt: 7 },
    { offset: 12, text: ")", toldAt: 11 },
  ]);

  test("has it in its places", () => {
    expect(put.result).toBe("before;\nlet a;\nshow(b + c);\nd");
    expect(new Insertions(source, []).result).toBe(source);
  });

  test.each([
    ["in the first text", 1, 3, 1, 1, "let a;"],
    ["behind the first text", 2, 5, 1, 5, "let a;"],
    ["at the begin of the second text", 3, 1, 2, 1, "b + c;"],
    ["in the second text", 3, 5, 2, 1, "b + c;"],
    ["behind the second text", 3, 6, 2, 1, "b + c;"],
    ["between two texts", 3, 10, 2, 5, "b + c;"],
    ["in the last text", 3, 11, 2, 5, "b + c;"],
    ["behind the last text", 3, 12, 2, 6, "b + c;"],
    ["in the last line", 4, 1, 3, 1, "d"],
    ["in a line that there is not", 9, 4, 9, 4, ""],
  ])("has a way back from a place %s", (_what, line, column, toLine, toColumn, sourceLine) => {
    const place = { line: toLine, column: toColumn };
    expect(put.positionBefore({ line, column, sourceLine: "" })).toEqual({ ...place, sourceLine });
    expect(put.textBefore(`E\n    at f (exec_main.mjs:${line}:${column})`)).toBe(
      `E\n    at f (exec_main.mjs:${toLine}:${toColumn})`,
    );
  });

  test("changes places of frames alone, and of this source alone", () => {
    const text = "Error: at exec_main.mjs:3:5\n    at g (other.mjs:3:5)";
    expect(put.textBefore(text)).toBe(text);
    expect(put.textBefore("E\n  at exec_main.mjs:3:6\n  at exec_main.mjs:4:1")).toBe(
      "E\n  at exec_main.mjs:2:1\n  at exec_main.mjs:3:1",
    );
  });

  test.each(["\n", "\r\n", "\r", "\u2028", "\u2029"])(
    "counts the lines that end with %j",
    (end) => {
      const lines = new Insertions(`a${end}b`, [{ offset: 0, text: `x${end}`, toldAt: 0 }]);
      expect(lines.positionBefore({ line: 3, column: 1, sourceLine: "" })).toEqual({
        ...{ line: 2, column: 1 },
        sourceLine: "b",
      });
    },
  );
});
