import { describe, expect, test } from "vitest";
import type { CodeModeOptions } from "../../src/index.js";
import {
  completedOf,
  Held,
  openSession,
  run,
  runToError,
  runToTexts,
  shownBy,
} from "../support/cells.js";

const lenient: CodeModeOptions = { dialect: "lenient" };
/** A tool that counts how often it is called. */
function counting(): { tools: CodeModeOptions["tools"]; calls: () => number } {
  let count = 0;
  const tools = {
    count: {
      execute: () => {
        count += 1;
        return count;
      },
    },
  };
  return { tools, calls: () => count };
}

describe("without the option a source is a module and nothing else", () => {
  test.each([
    ["1 + 1;", []],
    ["async () => text(1);", []],
    ["export default () => 1;", []],
    ['text("a", "b");', ["a"]],
    ["text(typeof console + typeof tools.some?.tool);", ["undefinedundefined"]],
  ])("%s", async (source, texts) => {
    expect(await runToTexts(source)).toEqual(texts);
  });

  test("a return is a syntax error", async () => {
    expect(await runToError("return 1;")).toMatchObject({
      name: "SyntaxError",
      message: "Illegal return statement",
      position: { line: 1, column: 1 },
    });
  });

  test("an exec may read its own source otherwise", async () => {
    await using session = openSession();
    const outcome = await session.exec("return 1;", { dialect: "lenient" });
    expect(shownBy(outcome)).toEqual(["1"]);
    expect((await session.exec("return 1;")).status).toBe("failed");
  });
});

describe("the last expression is found by its lines", () => {
  test.each([
    ["below a line that ends in a comment", "const a = 1; // one\na + 1", "2"],
    ["below comments", "const a = 1;\n// two\n/* three */\na + 1;\n// end\n", "2"],
    ["below carriage returns", "const a = 1;\r\n\r\na + 1;\r\n", "2"],
    ["where everything is indented", "    const a = 1;\n    a + 1;\n", "2"],
    ["where it has a comment behind it", "const a = 1;\na + 1; // end", "2"],
    ["where it has a comment's signs in it", 'const a = 1;\n"http://" + a;', "http://1"],
    ["below a line without a semicolon", "const a = 1\na + 1", "2"],
    ["in letters of any alphabet", 'const größe = "日本";\ngröße + "語";', "日本語"],
    ["as a template over lines", "const a = 1;\n`one\n\ntwo`;", "one\n\ntwo"],
    ["as an await", "const a = 1;\nawait Promise.resolve(a + 1);", "2"],
    [
      "as an object over lines",
      "const a = 1;\n({\n  a,\n  b: [\n    2,\n  ],\n});",
      '{"a":1,"b":[2]}',
    ],
    ["below a line that names an interpreter", "#!/usr/bin/env node\n1 + 1;", "2"],
  ])("%s", async (_what, source, text) => {
    expect(await runToTexts(source, lenient)).toEqual([text]);
  });

  test.each([
    ["the body of an if", "const no = false;\nif (no)\ncount();"],
    ["the body of an else", "if (true) {} else\ncount();"],
    ["the body of a loop", "for (const a of [])\ncount();"],
    ["a line that the one above goes on with", "const f = String\n(count)"],
    ["the body of an if over lines", "if (\n  globalThis.no\n)\ncount();"],
    ["the body of an if behind a statement", "let no; if (no)\ncount();"],
    ["the body of an if with a comment below", "let no;\nif (no)\n// what then\ncount();"],
    ["the body of an if with a label", "let no;\nlabel: if (no)\ncount();"],
    ["the body of an else below a block", "if (true) {\n} else\ncount();"],
    ["the body of an if of an else", "let no;\nif (no) {\n} else if (no)\ncount();"],
    ["the body of a loop over lines", "for (const a of [\n])\ncount();"],
    ["a case", "switch (1) {\ncase 2:\ncount();\n}"],
    ["a line of a template", "const a = `\ncount()\n`;"],
    ["a line of a comment", "const a = 1; /*\ncount()\n*/"],
    ["a line of an object", "const a = {\ncount() {}\n};"],
  ])("%s is none", async (_what, statements) => {
    const { tools, calls } = counting();
    const source = `const count = () => tools.count();\n${statements}`;
    expect(await runToTexts(source, { ...lenient, tools })).toEqual([]);
    expect(calls()).toBe(0);
  });
});

describe("nothing runs twice that is seen outside", () => {
  test.each([
    ["a call", "await tools.count();\nconst text_ = 1;"],
    [
      "a call below a function that nothing uses",
      "const f = () => tools.count();\nconst a = await tools.count();",
    ],
    ["a call that is not awaited", "async function main() { await tools.count(); }\nmain();"],
    [
      "a call after a rest",
      "const rest = () => new Promise((done) => setTimeout(done, 1));\nasync function main() { await rest(); await tools.count(); }\nmain();",
    ],
    ["a call whose value is the last", "const a = 1;\nawait tools.count(a);"],
    ["a call in a function that is called then", "async () => { const a = await tools.count(); }"],
    [
      "a call of an exported function",
      "export async function main() { await tools.count(); }\nawait main();",
    ],
    [
      "a call of the default function",
      "export default async function go() { await tools.count(); }\ngo();",
    ],
    [
      "a call of an exported function under another name",
      "export const run = async () => { await tools.count(); };\nconst go = run;\nawait go();",
    ],
    [
      "a call of a function that is the last expression",
      "const f = () => tools.count();\nawait f();\nf",
    ],
    [
      "a call of a function that is returned",
      "const f = () => tools.count();\nawait f();\nreturn f",
    ],
    [
      "a call beside words that hand out",
      "const { text: out } = globalThis;\nawait tools.count();\nif (false) text(1);",
    ],
  ])("%s", async (_what, source) => {
    const { tools, calls } = counting();
    completedOf(await run(source, { ...lenient, tools }));
    expect(calls()).toBe(1);
  });

  test("a loop over lines whose body stands below runs to its end", async () => {
    const { tools, calls } = counting();
    await run("for (const a of [\n1, 2, 3\n])\nawait tools.count(a);", { ...lenient, tools });
    expect(calls()).toBe(3);
  });

  test("a stored value", async () => {
    await using session = openSession(lenient);
    await session.exec('store("count", (load("count") ?? 0) + 1);\nconst f = () => 1;');
    expect(await session.storedValues()).toEqual({ count: 1 });
  });
});

test("a function's error has the places of the source", async () => {
  const error = await runToError("\nasync () => {\n  null.x;\n}", lenient);
  expect(error.position).toEqual({ line: 3, column: 8, sourceLine: "  null.x;" });
  const early = await runToError("null.x; return 1;", lenient);
  expect(early.position).toEqual({ line: 1, column: 6, sourceLine: "null.x; return 1;" });
});

test.each([
  ["missing[0]", { line: 1, column: 8 }],
  ["missing.map(1)", { line: 1, column: 9 }],
  ["  (missing);\n", { line: 1, column: 4 }],
  ["const here = 1;\nmissing[here]", { line: 2, column: 8 }],
  ["missing.map((b) => {\n  return b;\n});\n", { line: 1, column: 9 }],
])("the error of a last expression has a place in it: %j", async (source, place) => {
  const error = await runToError(source, lenient);
  expect(error).toMatchObject({ message: "missing is not defined", position: place });
});

test("work that was left is waited for, and a cell that waits can be observed", async () => {
  const held = new Held<string>();
  const tools = { held: { execute: () => held.promise } };
  await using session = openSession({ ...lenient, tools });
  const first = await session.exec("tools.held().then(text);", { yieldAfterMs: 0 });
  expect(first).toMatchObject({ status: "yielded", output: [] });
  held.resolve("came");
  expect(shownBy(await session.wait(first.cellId))).toEqual(["came"]);
});

test("a cell that waits for work it has left can be terminated", async () => {
  const tools = { never: { execute: () => new Promise(() => {}) } };
  await using session = openSession({ ...lenient, tools });
  const { cellId } = await session.exec("tools.never().then(text);", { yieldAfterMs: 0 });
  expect(await session.terminate(cellId)).toMatchObject({ status: "terminated" });
});

test("a returned value whose JSON throws fails the cell", async () => {
  const error = await runToError("const a = {}; a.a = a; return a;", lenient);
  expect(error.message).toContain("circular");
});

test("the limits hold for a returned value", async () => {
  const options: CodeModeOptions = { ...lenient, limits: { outputBytes: 1000 } };
  expect(await runToError('return "x".repeat(2000);', options)).toMatchObject({
    code: "ERR_CELL_OUTPUT_LIMIT",
  });
  expect(
    await runToError("() => { for (;;); }", { ...lenient, limits: { cpuMs: 50 } }),
  ).toMatchObject({
    code: "ERR_CELL_CPU_LIMIT",
  });
});

test("exit ends a program that returns, and what it has handed out stays", async () => {
  expect(await runToTexts('text("a"); if (true) exit(); return "b";', lenient)).toEqual(["a"]);
});
