import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { ToolContext, ToolSource } from "../../src/index.js";
import { EventLog, Held, openSession, run, runToTexts, start, textsOf } from "../support/cells.js";

const echo = { description: "gives back", execute: (input: unknown) => input };

/** The texts of a source that has `tell`, which shows what a call throws. */
function runTelling(source: string, tools: ToolSource): Promise<readonly string[]> {
  const tell =
    "const tell = async (f) => { try { text(await f()); } catch (e) { text(String(e)); } };";
  return runToTexts(`${tell}\n${source}`, { tools });
}

describe("calls", () => {
  test("of ten tools run at the same time", async () => {
    const open: Held[] = [];
    const all = new Held();
    const hold = {
      execute: () => {
        const held = new Held();
        if (open.push(held) === 10) all.resolve();
        return held.promise;
      },
    };
    await using session = openSession({ tools: { hold } });
    const exec = session.exec(
      "text((await Promise.all(Array.from({ length: 10 }, (_, i) => tools.hold(i)))).length)",
    );
    await all.promise;
    for (const held of open) held.resolve();
    expect(textsOf(await exec)).toEqual(["10"]);
  });

  test("ten thousand may be in flight, and settle in any order", async () => {
    const open: Held<number>[] = [];
    const all = new Held();
    const hold = {
      execute: () => {
        const held = new Held<number>();
        if (open.push(held) === 10_000) all.resolve();
        return held.promise;
      },
    };
    await using session = openSession({ tools: { hold } });
    const exec = session.exec(`
      const results = await Promise.all(Array.from({ length: 10_000 }, (_, i) => tools.hold(i)));
      text(results.every((result, i) => result === i));`);
    await all.promise;
    for (const [index, held] of [...open.entries()].reverse()) held.resolve(index);
    expect(textsOf(await exec)).toEqual(["true"]);
  });

  test("a tool is told its session, cell and call", async () => {
    const contexts: ToolContext[] = [];
    const look = { execute: (_: unknown, context: ToolContext) => void contexts.push(context) };
    await using session = openSession({ tools: { look } });
    await session.exec("await tools.look(); await tools.look();");
    await session.exec("await tools.look();");
    const ids = contexts.map(({ sessionId, cellId, callId }) => [sessionId, cellId, callId]);
    expect(ids).toEqual([
      [session.id, "1", "1-1"],
      [session.id, "1", "1-2"],
      [session.id, "2", "2-1"],
    ]);
  });

  test.each([
    ["ends", 'text("done")', undefined],
    ["fails", "throw 1", undefined],
    ["is terminated", "for (;;) {}", "requested"],
  ])("are aborted when their cell %s", async (_how, ending, reason) => {
    const log = new EventLog();
    const signals: AbortSignal[] = [];
    const hang = {
      execute: (_: unknown, { signal }: ToolContext) => {
        signals.push(signal);
        return new Promise(() => {});
      },
    };
    await using session = openSession({ tools: { hang, echo }, onEvent: log.push });
    const exec = session.exec(`tools.hang(); await tools.echo(); ${ending}`);
    if (reason !== undefined) {
      await log.seen("toolCallSettled");
      await session.terminate("1");
    }
    await exec;
    const [signal] = signals;
    expect(signal?.aborted).toBe(true);
    expect(signal?.reason).toMatchObject({ name: "CodeModeError", code: "ERR_CELL_ENDED" });
  });

  test("a result that comes after the cell's end goes nowhere", async () => {
    const held = new Held<string>();
    const log = new EventLog();
    await using session = openSession({ tools: { hold: { execute: () => held.promise } } });
    const id = await start(session, "await tools.hold()", { onEvent: log.push });
    await log.seen("toolCallStarted");
    await session.terminate(id);
    held.resolve("too late");
    expect(textsOf(await session.exec('text("alive")'))).toEqual(["alive"]);
    expect(log.types().at(-1)).toBe("ended");
  });
});

describe("a failed tool", () => {
  const fail = {
    execute: () => {
      throw new RangeError("too far");
    },
  };

  test("rejects with a ToolError that names the tool and the place of the call", async () => {
    const source = `
      try { await tools.fail(); } catch (e) {
        text([e instanceof Error, e.name, e.message, e.tool]);
        text(e.stack);
        text(Object.keys(e));
      }`;
    expect(await runToTexts(source, { tools: { fail } })).toEqual([
      '[true,"ToolError","too far","fail"]',
      "ToolError: too far\n    at exec_main.mjs:2:25",
      "[]",
    ]);
  });

  test("fails the cell if it is not caught", async () => {
    expect(
      await run("async function ask() { await tools.fail(); }\nawait ask();", { tools: { fail } }),
    ).toMatchObject({
      status: "failed",
      error: {
        code: "ERR_CELL_SCRIPT",
        name: "ToolError",
        message: "too far",
        text: "ToolError: too far\n    at ask (exec_main.mjs:1:36)\n    at exec_main.mjs:2:7",
      },
    });
  });

  test.each<readonly [string, unknown, string]>([
    ["a string", "plain", "plain"],
    ["undefined", undefined, "undefined"],
    ["null", null, "null"],
    ["a symbol", Symbol("s"), "Symbol(s)"],
    [
      "an object without a prototype",
      Object.create(null),
      "An error that cannot be shown was thrown.",
    ],
    ["an error without a message", Object.assign(new TypeError("x"), { message: "" }), "TypeError"],
    [
      "a message that throws",
      {
        get message() {
          throw new Error("hidden");
        },
      },
      "An error that cannot be shown was thrown.",
    ],
    [
      "a proxy that throws",
      new Proxy(
        {},
        {
          get() {
            throw new Error("hidden");
          },
          has() {
            throw new Error("hidden");
          },
        },
      ),
      "An error that cannot be shown was thrown.",
    ],
  ])("may throw %s", async (_what, thrown, message) => {
    const odd = { execute: () => Promise.reject(thrown) };
    const source = "try { await tools.odd(); } catch (e) { text(e.message); }";
    expect(await runToTexts(source, { tools: { odd } })).toEqual([message]);
  });
});

describe("what crosses", () => {
  test("is JSON in both directions, and nothing is null", async () => {
    const inputs: unknown[] = [];
    const look = { execute: (input: unknown) => void inputs.push(input) };
    const source = `
      for (const input of [undefined, null, "s", -0, [1, , undefined], { a: undefined, d: new Date(0) }]) await tools.look(input);
      await tools.look();
      text(await tools.look() === null);
      text(Object.getPrototypeOf(await tools.give()) === Object.prototype);`;
    const give = { execute: () => JSON.parse('{"__proto__": {"x": 1}}') };
    expect(await runToTexts(source, { tools: { look, give } })).toEqual(["true", "true"]);
    expect(inputs.slice(0, 7)).toEqual([
      null,
      null,
      "s",
      0,
      [1, null, null],
      { d: "1970-01-01T00:00:00.000Z" },
      null,
    ]);
  });

  test("of a tool that gives results again and again is the last", async () => {
    const tools = {
      counts: {
        async *execute() {
          yield 1;
          yield 2;
        },
      },
      breaks: {
        async *execute() {
          yield 1;
          throw new Error("broken off");
        },
      },
    };
    const source = "text(await tools.counts()); text(await tools.breaks().catch(String));";
    expect(await runToTexts(source, { tools })).toEqual(["2", "ToolError: broken off"]);
  });

  test("input that JSON cannot carry throws at the call, before the tool runs", async () => {
    const source = `
      for (const input of [() => 1, Symbol("s"), 1n, { toJSON() { throw new RangeError("mine"); } }]) {
        try { tools.echo(input); text("called"); } catch (e) { text(String(e)); }
      }`;
    expect(await runToTexts(source, { tools: { echo } })).toEqual([
      expect.stringMatching(
        /^TypeError: .*tools\.echo must be something JSON can carry, not function$/,
      ),
      expect.stringMatching(/^TypeError: .*not symbol$/),
      "TypeError: Do not know how to serialize a BigInt",
      "RangeError: mine",
    ]);
  });

  test.each<readonly [string, unknown, string]>([
    ["a bigint", 1n, "a BigInt"],
    ["a function", () => 1, "a function"],
    [
      "a cycle",
      (() => {
        const a: unknown[] = [];
        a.push(a);
        return a;
      })(),
      "circular structure",
    ],
  ])("a result that is %s rejects the call", async (_what, result, message) => {
    const [shown] = await runTelling("await tell(() => tools.give());", {
      give: { execute: () => result },
    });
    expect(shown).toMatch(/^ToolError: Tool "give" gave a result that JSON cannot carry: /);
    expect(shown).toContain(message);
  });

  test("texts of megabytes and lone surrogates arrive as they were sent", async () => {
    const source = `
      const long = "漢x".repeat(1e6);
      text(await tools.echo(long) === long);
      text((await tools.echo("\\ud800")).charCodeAt(0) === 0xd800);`;
    expect(await runToTexts(source, { tools: { echo } })).toEqual(["true", "true"]);
  });
});

describe("schemas", () => {
  test("refuse an input before the tool runs and say what was expected", async () => {
    let ran = 0;
    const add = {
      inputSchema: { type: "object", properties: { a: { type: "number" } }, required: ["a"] },
      execute: () => ++ran,
    };
    const greet = { inputSchema: z.object({ name: z.string() }), execute: () => ++ran };
    const speak = { kind: "freeform" as const, execute: () => ++ran };
    const source = `
      await tell(() => tools.add({ a: "1" }));
      await tell(() => tools.greet({ name: 5 }));
      await tell(() => tools.speak({}));`;
    const shown = await runTelling(source, { add, greet, speak });
    expect(shown).toEqual([
      expect.stringMatching(
        /^ToolError: Invalid input for tool "add": .*\/a.*number.*a string "1"/,
      ),
      expect.stringMatching(
        /^ToolError: Invalid input for tool "greet": .*\/name.*string.*the number 5/,
      ),
      'ToolError: Tool "speak" expects a string; got an object {}.',
    ]);
    expect(ran).toBe(0);
  });

  test("a tool runs with what a Standard Schema made of the input", async () => {
    const inputSchema = z.object({ when: z.coerce.number().default(7) });
    const look = { inputSchema, execute: (input: unknown) => input };
    const shown = await runTelling(
      'await tell(() => tools.look({ when: "5" })); await tell(() => tools.look());',
      { look },
    );
    expect(shown).toEqual(['{"when":5}', '{"when":7}']);
  });
});

describe("the table", () => {
  test("has no prototype and cannot be changed", async () => {
    const attempts = [
      "tools.echo = 1",
      "tools.other = 1",
      "delete tools.echo",
      'Object.defineProperty(tools, "other", { value: 1 })',
      'Object.defineProperty(tools, "echo", { value: 1 })',
      "tools.__proto__ = {}",
    ];
    const source = `
      text(Object.getPrototypeOf(tools) === null);
      for (const attempt of ${JSON.stringify(attempts)}) {
        try { (0, eval)('"use strict"; ' + attempt); text(attempt); } catch (e) { text(String(e)); }
      }
      text([Object.keys(tools), "other" in tools, await tools.echo("still")]);`;
    expect(await runToTexts(source, { tools: { echo } })).toEqual([
      "true",
      ...attempts.map(() => "TypeError: tools cannot be changed by the cell"),
      '[["echo"],false,"still"]',
    ]);
  });

  test("says of its tools that they are listed, and that they cannot be changed", async () => {
    const source = `
      const { value, ...rest } = Object.getOwnPropertyDescriptor(tools, "echo");
      text([value === tools.echo, rest]);`;
    expect(await runToTexts(source, { tools: { echo } })).toEqual([
      '[true,{"writable":false,"enumerable":true,"configurable":false}]',
    ]);
  });

  test("is no promise, and no JSON but its names", async () => {
    const source = "text([(await tools) === tools, typeof tools.then, typeof tools.toJSON]);";
    expect(await runToTexts(source, { tools: { echo } })).toEqual([
      '[true,"undefined","undefined"]',
    ]);
  });

  test("gets no tools from a prototype given to it", async () => {
    const source = `
      Object.setPrototypeOf(tools, { other: () => "other" });
      text([typeof tools.other, "echo" in tools, await tools.echo("still")]);`;
    expect(await runToTexts(source, { tools: { echo } })).toEqual(['["undefined",true,"still"]']);
  });

  test("reading names it does not have keeps no memory", async () => {
    const source = "for (let i = 0; i < 300_000; i++) tools.missing; text(typeof tools.missing);";
    const outcome = await run(source, { limits: { heapBytes: 16 * 2 ** 20 } });
    expect(outcome).toMatchObject({ status: "completed", output: [{ text: "undefined" }] });
  });

  test("a call to a tool that does not exist names the nearest", async () => {
    const tools = { read_file: echo, write_file: echo, list: echo };
    const [shown] = await runTelling("await tell(() => tools.readFile({}));", tools);
    expect(shown).toMatch(
      /^TypeError: tools\.readFile is not a tool of this cell\. Did you mean tools\.read_file/,
    );
    const [none] = await runTelling("await tell(() => tools.x({}));", {});
    expect(none).toContain("It has no tools.");
  });

  test("ALL_TOOLS lists names as cells use them, with descriptions", async () => {
    const tools = { "my-tool": echo, "2nd": { execute: echo.execute } };
    expect(await runToTexts("text(ALL_TOOLS)", { tools })).toEqual([
      '[{"name":"my_tool","description":"gives back"},{"name":"_nd","description":""}]',
    ]);
  });

  test("an exec adds tools and replaces those of the same name, for its cell only", async () => {
    await using session = openSession({
      tools: { a: { execute: () => "old a" }, b: { execute: () => "b" } },
    });
    const tools = { a: { execute: () => "new a" }, c: { execute: () => "c" } };
    const own = await session.exec("text([Object.keys(tools), await tools.a(), await tools.c()])", {
      tools,
    });
    expect(textsOf(own)).toEqual(['[["a","b","c"],"new a","c"]']);
    expect(textsOf(await session.exec("text([Object.keys(tools), await tools.a()])"))).toEqual([
      '[["a","b"],"old a"]',
    ]);
  });

  test("a tool may have any name, also those of Object's members", async () => {
    const tools = [..."then,toJSON,constructor,__proto__,hasOwnProperty".split(",")].map(
      (name) => ({ name, execute: () => name }),
    );
    expect(
      await runToTexts("for (const name of Object.keys(tools)) text(await tools[name]());", {
        tools,
      }),
    ).toEqual(tools.map(({ name }) => name));
  });
});
