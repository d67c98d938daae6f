import { describe, expect, test } from "vitest";
import { answeredTexts, modelTools } from "../support/model.js";

const run = async (source: string): Promise<readonly string[]> =>
  answeredTexts(await modelTools().freeformExec.execute(source));

describe("types", () => {
  test.each([
    ["annotations", "const a: number = 1; text(a);", "1"],
    ["interfaces", "interface Row { id: number }\nconst r: Row = { id: 1 }; text(r.id);", "1"],
    ["assertions", "text((1 as unknown as string)!);", "1"],
    ["satisfies", "const r = { a: 1 } satisfies Record<string, number>; text(r.a);", "1"],
    ["type arguments", "text([...new Set<number>([1, 1])]);", "[1]"],
    ["a call with nothing but type arguments", 'store("k", 1); text(load<number>("k"));', "1"],
    ["generic functions", "const same = <T,>(x: T): T => x; text(same<number>(1));", "1"],
    ["optional parameters", "function f(x?: number) { return x ?? 1; } text(f());", "1"],
    ["imports of types", 'import type { A } from "nowhere"; text(1);', "1"],
    ["types in imports", 'import { type Out, text as show } from "codecell"; show(1);', "1"],
    [
      "declarations",
      "declare const there: string; abstract class A {} text(typeof A);",
      "function",
    ],
    ["among wide characters", 'const 日: string = "😀é"; text(日 as any);', "😀é"],
    ["after a pragma", '// @exec: {"yield_time_ms": 5000}\nconst a: number = 1; text(a);', "1"],
  ])("are erased: %s", async (_what, source, output) => {
    expect(await run(source)).toEqual([output]);
  });

  test.each([
    ["const a: number = 1; const b = a as any; null.x;", "exec_main.mjs:1:47"],
    ["type A = {\n  b: string;\n};\nconst c: A = null!;\nc.b;", "exec_main.mjs:5:3"],
    ["interface A {\r\n  b: string;\r\n}\r\nnull.x;", "exec_main.mjs:4:6"],
  ])("leave every position as it was: %j", async (source, place) => {
    expect((await run(source))[0]).toContain(place);
  });

  test("are still there in the line of a syntax error", async () => {
    expect(await run("let a: number;\nlet a: string;")).toEqual([
      "Script error:\nSyntaxError: Identifier 'a' has already been declared\n    at exec_main.mjs:2:5\n\n  let a: string;\n      ^",
    ]);
  });

  test("are syntax errors where TypeScript is switched off", async () => {
    const { exec } = modelTools({ typescript: false });
    const [error] = answeredTexts(await exec.execute({ code: "const a: number = 1;" }));
    expect(error).toContain("SyntaxError: Missing initializer in const declaration");
  });
});

describe("plain JavaScript", () => {
  test("means what it means, also where TypeScript would differ", async () => {
    expect(await run("const a = 3, b = 2, c = 1; text(a > b < c);")).toEqual(["false"]);
    expect(await run("const type = 1;\ntext(type\n+ 1);")).toEqual(["2"]);
    expect(await run("#!/usr/bin/env node\ntext(1);")).toEqual(["1"]);
    expect(await run('import { text as show } from "codecell"; show(1);')).toEqual(["1"]);
  });

  test.each([
    ["text(1);\nlet x = ;", "SyntaxError: Unexpected token ';'\n    at exec_main.mjs:2:9"],
    ["if (a { b }", "SyntaxError: Unexpected token '{'\n    at exec_main.mjs:1:7"],
    ["let a = foo(1;", "SyntaxError: missing ) after argument list\n    at exec_main.mjs:1:13"],
    ["{\n", "SyntaxError: Unexpected end of input\n    at exec_main.mjs:2:1"],
  ])("with the syntax error of %j has the engine's words", async (source, text) => {
    expect((await run(source))[0]).toContain(text);
  });
});

describe("what is more than types", () => {
  test.each([
    ["text(1);\nenum A { x }", "2:1", "const Color = {"],
    ["const enum A { x }", "1:1", "an enum"],
    ["namespace N { export const a = 1; }", "1:1", "a namespace with code"],
    ["class A { constructor(private a: string) {} }", "1:31", "a parameter property"],
    ["const a = <string>b;", "1:11", "write value as Type"],
    ['import fs = require("fs");', "1:1", "`import x = ...` cannot be erased"],
    ["export = 1;", "1:1", "`export = ...` cannot be erased"],
    ["/*日本😀*/\tenum A { x }", "1:10", "an enum"],
    ["@sealed class A { a: string = '1' }", "1:1", "Decorators are not JavaScript yet"],
    ["class A {\n  @bound m() {}\n}", "2:3", "Decorators are not JavaScript yet"],
  ])("%j is named, with what to write instead", async (source, place, explanation) => {
    const [error] = await run(source);
    expect(error).toMatch(/^Script error:\nSyntaxError: /);
    expect(error).toContain(`\n    at exec_main.mjs:${place}\n\n  `);
    expect(error).toContain(explanation);
  });

  test("is a failed script that was not run", async () => {
    const result = await modelTools().exec.execute({ code: 'text("ran");\nenum A { x }' });
    expect(result).toMatchObject({ isError: true });
    expect(result.outcome).toBeUndefined();
    expect(result.content[0]).toEqual({
      type: "text",
      text: "Script failed\nWall time 0.0 seconds\nOutput:\n",
    });
  });

  test("an error among types is told by the parser that reads them", async () => {
    const [error] = await run("const a: number = 1;\nconst b: string = ;");
    expect(error).toContain("SyntaxError: Expression expected\n    at exec_main.mjs:2:19");
  });
});

describe("a source that is made to hurt the parser", () => {
  const harmless = 'const a: string = "fine"; text(a);';

  test.each([
    ["breaks it", `const x: number = ${"(".repeat(1e4)}1${")".repeat(1e4)};`],
    ["keeps it for years", `const x: any = ${"<T>(a = ".repeat(40)}1${")".repeat(40)};`],
  ])("is a syntax error, and the next is read: it %s", async (_what, source) => {
    const tools = modelTools();
    const [hostile, next] = await Promise.all([
      tools.freeformExec.execute(source),
      tools.freeformExec.execute(harmless),
    ]);
    expect(answeredTexts(hostile)[0]).toContain("SyntaxError: Missing initializer in const");
    expect(answeredTexts(next)).toEqual(["fine"]);
  });

  test("is run as it is where it is too long to have been typed", async () => {
    const [error] = await run(`const a: number = 1;${"\n".repeat(3e5)}`);
    expect(error).toContain("SyntaxError: Missing initializer in const");
  });
});
