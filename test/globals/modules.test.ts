import { describe, expect, test } from "vitest";
import { run, runToError, runToTexts } from "../support/cells.js";

const say = (name: string): { execute(input: unknown): unknown } => ({
  execute: (input) => `${name} ${JSON.stringify(input)}`,
});

const tools = [
  { name: "plain-tool", ...say("plain") },
  { name: "read", namespace: "mcp__files__", ...say("read") },
  { name: "mcp__files__write", namespace: "mcp/files", ...say("write") },
];

describe("modules of the cell", () => {
  test("tools.js has ALL_TOOLS and every tool under its rewritten name", async () => {
    const source = `
      import { ALL_TOOLS as all, plain_tool, mcp__files__read } from "tools.js";
      import * as everything from "tools.js";
      text(all.map((tool) => tool.name));
      text(Object.keys(everything));
      text(await plain_tool(1));
      text(await mcp__files__read({ a: 1 }));
      text(plain_tool === tools.plain_tool);`;
    expect(await runToTexts(source, { tools })).toEqual([
      '["plain_tool","mcp__files__read","mcp__files__write"]',
      '["ALL_TOOLS","mcp__files__read","mcp__files__write","plain_tool"]',
      "plain 1",
      'read {"a":1}',
      "true",
    ]);
  });

  test("a namespace's module has its tools under their own names", async () => {
    const source = `
      import * as files from "tools/mcp/files.js";
      import { read } from "tools/mcp/files.js";
      text(Object.keys(files));
      text(await read(null));
      text(await files.write("w"));`;
    expect(await runToTexts(source, { tools })).toEqual([
      '["read","write"]',
      "read null",
      'write "w"',
    ]);
  });

  test.each(["@openai/code_mode", "openai/code_mode", "codecell"])(
    "%s has the helpers and the old names",
    async (specifier) => {
      const source = `
        import * as helpers from "${specifier}";
        import { text as t, output_text, output_image } from "${specifier}";
        t(Object.keys(helpers));
        output_text("old");
        t([t === text, output_text === text, output_image === image]);`;
      const names =
        "as_settled audio clearTimeout content describe_tool exit image load notify output_image " +
        "output_text search_tools setTimeout store stream_settled text yield_control";
      const [shown, ...rest] = await runToTexts(source);
      expect(shown).toBe(JSON.stringify(names.split(" ")));
      expect(rest).toEqual(["old", "[true,true,true]"]);
    },
  );

  test("keep the real helpers where the globals have been replaced", async () => {
    const source = `
      globalThis.text = () => {};
      const { text: real } = await import("codecell");
      real("real");`;
    expect(await runToTexts(source)).toEqual(["real"]);
  });

  test("import.meta is an object without anything", async () => {
    expect(await runToTexts("text(import.meta); text(typeof import.meta.url);")).toEqual([
      "{}",
      "undefined",
    ]);
  });
});

describe("imports of anything else", () => {
  test("fail the cell and show the line where they are static", async () => {
    const error = await runToError('text("never");\nimport fs from "node:fs";', {
      modules: { a: "" },
    });
    expect(error).toMatchObject({
      message: "Unsupported import in exec: node:fs",
      position: { line: 2, sourceLine: 'import fs from "node:fs";' },
    });
  });

  test.each([
    "fs",
    "node:fs",
    "./a.js",
    "data:text/javascript,1",
    "https://x.test/a.js",
    "tools/none.js",
    "exec_main.mjs",
    "",
  ])("reject where they are dynamic: %j", async (specifier) => {
    const source = `
        try { await import(${JSON.stringify(specifier)}); text("imported"); }
        catch (e) { text([e instanceof Error, e.message]); }`;
    const [shown] = await runToTexts(source);
    expect(shown).toBe(JSON.stringify([true, `Unsupported import in exec: ${specifier}`]));
  });

  test("an export that is not there fails the cell", async () => {
    const error = await runToError('import { nothing } from "tools.js";', { tools });
    expect(error).toMatchObject({ name: "SyntaxError", position: { line: 1 } });
    expect(error.message).toContain("nothing");
  });

  test("hostile specifiers are the cell's problem", async () => {
    const source = `
      for (const make of [() => ({ toString() { throw new RangeError("mine"); } }), () => Symbol("s")]) {
        try { await import(make()); } catch (e) { text(e.name); }
      }`;
    expect(await runToTexts(source)).toEqual(["RangeError", "TypeError"]);
  });
});

describe("the host's modules", () => {
  const modules = {
    facts: { answer: 42, list: [1, { a: null }], default: "the default", "odd name": true },
    "lib/even.js":
      'import { odd } from "lib/odd.js"; export const even = (n) => n === 0 || odd(n - 1); export const from = "even";',
    "lib/odd.js":
      'import { even } from "lib/even.js"; export const odd = (n) => n !== 0 && even(n - 1);',
    counter: "export let count = 0; export const up = () => ++count; text('evaluated');",
    broken: "export const a = 1;\nlet let = 2;",
    throwing: 'throw new TypeError("while loading");',
    waiting: "export const late = await new Promise((go) => setTimeout(go, 1, 'late'));",
    uses: 'import { load } from "codecell"; import fs from "fs";',
  };

  test("may be values", async () => {
    const source = `
      import fact, { answer, list, "odd name" as odd } from "facts";
      list.push(2);
      text([fact, answer, list, odd]);
      text((await import("facts")).list);`;
    expect(await runToTexts(source, { modules })).toEqual([
      '["the default",42,[1,{"a":null},2],true]',
      '[1,{"a":null},2]',
    ]);
  });

  test("may be sources that import each other in a circle", async () => {
    const source = 'import { even, from } from "lib/even.js"; text([even(10), even(7), from]);';
    expect(await runToTexts(source, { modules })).toEqual(['[true,false,"even"]']);
  });

  test("are evaluated once a cell, and may await", async () => {
    const source = `
      import { up } from "counter";
      const again = await import("counter");
      up();
      text([again.count, again.up === up, (await import("waiting")).late]);`;
    expect(await runToTexts(source, { modules })).toEqual(["evaluated", '[1,true,"late"]']);
  });

  test("tell where they are wrong", async () => {
    const error = await runToError('import "broken";', { modules });
    expect(error).toMatchObject({ name: "SyntaxError" });
    expect(error.text).toContain("broken:2");
    const thrown = await runToError('import "throwing";', { modules });
    expect(thrown.text).toBe("TypeError: while loading\n    at throwing:1:7");
    expect((await runToError('import "uses";', { modules })).text).toContain(
      "Unsupported import in exec: fs",
    );
  });

  test("a failing one rejects a dynamic import each time", async () => {
    const source = `for (let i = 0; i < 2; i++) for (const name of ["throwing", "broken", "uses"]) {
      try { await import(name); text("imported"); } catch (e) { text(e.name); }
    }`;
    const names = ["TypeError", "SyntaxError", "Error"];
    expect(await runToTexts(source, { modules })).toEqual([...names, ...names]);
  });

  test("a session adds modules to its runtime's, and cells cannot change them for others", async () => {
    const source = 'import { list } from "facts"; list.push(3); text(list.length);';
    expect(await run(source, { modules })).toMatchObject({ output: [{ text: "3" }] });
    expect(await run(source, { modules })).toMatchObject({ output: [{ text: "3" }] });
  });
});
