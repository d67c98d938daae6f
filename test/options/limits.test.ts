import { describe, expect, test } from "vitest";
import type { CellError } from "../../src/index.js";
import { failedOf, openSession, run, runToTexts, start, textsOf } from "../support/cells.js";
import { runProgram } from "../support/child.js";

const mebibyte = 2 ** 20;

/** What the engine itself writes before it gives up on a heap. */
const enginesLastWords = /^(\s*<--- Last few GCs --->\s*(<--- JS stacktrace --->\s*)?)?$/;

/** Runs a cell in a process of its own, as the engine may have to leave its thread asleep. */
async function runAlone(source: string, limits: object): Promise<Record<string, unknown>> {
  const { stdout, stderr, ...end } = await runProgram("cell", [source, JSON.stringify({ limits })]);
  expect(end).toEqual({ code: 0, signal: null });
  expect(stderr).toMatch(enginesLastWords);
  return JSON.parse(stdout);
}

describe("limits.heapBytes", () => {
  const limits = { heapBytes: 32 * mebibyte };

  test.each([
    ["an array that grows", "const a = []; for (;;) a.push(new Array(1000).fill(1.5));"],
    [
      "a string that grows",
      'let s = "x"; const a = []; for (;;) { s += s.slice(0, 1e6) + a.length; a.push(s.split("")); }',
    ],
    ["a map that grows", "const m = new Map(); for (let i = 0; ; i++) m.set(i, { i });"],
    ["objects with many keys", "const o = {}; for (let i = 0; ; i++) o['key' + i] = i;"],
    ["closures", "let f = () => 1; for (;;) { const g = f; f = () => g; }"],
    ["promises", "const a = []; for (;;) a.push(new Promise(() => {}));"],
    ["big integers", "let n = 1n; const a = []; for (;;) { n = n * 3n ** 10000n; a.push(n); }"],
    ["symbols", "const a = []; for (let i = 0; ; i++) a.push(Symbol(i));"],
    [
      "what catches everything",
      "const a = []; for (;;) { try { for (;;) a.push({}); } catch {} finally { continue; } }",
    ],
    [
      "an error while running out",
      'const a = []; try { for (;;) a.push(new Error("x".repeat(1000))); } catch (e) { throw e; }',
    ],
  ])("ends a cell with %s, and nothing else", async (_what, source) => {
    const { error, texts, next } = await runAlone(
      `text("before"); ${source} text("after");`,
      limits,
    );
    expect(error).toMatchObject({
      code: "ERR_CELL_HEAP_LIMIT",
      limit: { name: "heapBytes", allowed: 32 * mebibyte },
    });
    expect(texts).toEqual(["before"]);
    expect(next).toEqual(["alive"]);
  });

  test.each([
    ["array", "new Array(2 ** 25).fill(0.5);"],
    ["split", '"x ".repeat(2 ** 25).split(" ");'],
    ["string", '/z/.test("漢x".repeat(2 ** 28 - 20));'],
    ["JSON text", "JSON.stringify(new Array(2 ** 25).fill(1));"],
    ["argument list", "Math.max(...new Array(2 ** 25).fill(1));"],
    ["regular expression", 'new RegExp("(?:a|".repeat(2 ** 14) + ")".repeat(2 ** 14)).test("a");'],
    ["expansion", '"x".repeat(2 ** 25).replaceAll("x", "xxxxxxxx");'],
  ])("leaves the process and its other cells alone in one huge %s", async (_what, source) => {
    const { error, next } = await runAlone(source, { ...limits, wallMs: 3000 });
    expect([undefined, "ERR_CELL_HEAP_LIMIT", "ERR_CELL_WALL_LIMIT", "ERR_CELL_SCRIPT"]).toContain(
      (error as CellError | undefined)?.code,
    );
    expect(next).toEqual(["alive"]);
  });

  test("tells the limit and what to do", async () => {
    const { error } = failedOf(await run("const a = []; for (;;) a.push({});", { limits }));
    expect(error).toMatchObject({ name: "RangeError", text: expect.stringContaining("32 MiB") });
    expect(error.limit?.used).toBeGreaterThan(16 * mebibyte);
  });

  test("memory that is let go of does not count", async () => {
    const source = "for (let i = 0; i < 60; i++) new Array(1e6).fill(i); text('done');";
    expect(await runToTexts(source, { limits })).toEqual(["done"]);
  });

  test.each([
    ["an array", "new Array(2 ** 22)"],
    ["a value of JSON", 'JSON.parse("[" + "1,".repeat(4e6) + "1]")'],
  ])(
    "%s that one step makes larger than all may be is let go of in time, or ends the cell",
    async (_, value) => {
      const go = { execute: (): void => {} };
      await using session = openSession({
        tools: { go },
        limits: { heapBytes: 16 * mebibyte },
      });
      const after = "await tools.go(); text('after');";
      const dropped = await session.exec(`text(typeof ${value}); ${after}`);
      expect(dropped.usage.heapPeakBytes).toBeGreaterThan(16 * mebibyte);
      expect(textsOf(dropped)).toEqual(["object", "after"]);
      const kept = failedOf(await session.exec(`globalThis.kept = ${value}; ${after}`));
      expect([kept.error.code, kept.output]).toEqual(["ERR_CELL_HEAP_LIMIT", []]);
    },
  );

  test("many cells may reach it at once", async () => {
    await using session = openSession({
      limits: { heapBytes: 16 * mebibyte },
      yieldAfterMs: Infinity,
    });
    const cells = Array.from({ length: 8 }, () =>
      session.exec("const a = []; for (;;) a.push({});"),
    );
    for (const outcome of await Promise.all(cells)) {
      expect(failedOf(outcome).error.code).toBe("ERR_CELL_HEAP_LIMIT");
    }
  });
});

describe("limits.arrayBufferBytes", () => {
  const limits = { arrayBufferBytes: 8 * mebibyte };

  test("refuses an allocation past it, which the cell may catch", async () => {
    const source = `
      const kept = [];
      for (const make of [() => new ArrayBuffer(2 ** 23 + 1), () => new Uint8Array(2 ** 40), () => new Float64Array(2 ** 21), () => { for (;;) kept.push(new ArrayBuffer(2 ** 20)); }]) {
        try { make(); text("made"); } catch (e) { text(e.name); }
      }
      text(kept.length);`;
    expect(await runToTexts(source, { limits })).toEqual([
      ..."RangeError ".repeat(4).trim().split(" "),
      "8",
    ]);
  });

  test("gives back what is collected", async () => {
    const source = "for (let i = 0; i < 200; i++) new Uint8Array(2 ** 22)[0] = i; text('done');";
    expect(await runToTexts(source, { limits })).toEqual(["done"]);
  });
});

describe("limits.outputBytes", () => {
  test("ends the cell, with all that was within it", async () => {
    const source = 'text("12345"); try { image("data:,6789"); } finally { text("finally"); }';
    const outcome = failedOf(await run(source, { limits: { outputBytes: 10 } }));
    expect(outcome.output).toEqual([{ type: "text", text: "12345" }]);
    expect(outcome.error).toMatchObject({
      code: "ERR_CELL_OUTPUT_LIMIT",
      limit: { name: "outputBytes", allowed: 10, used: 15 },
    });
  });

  test("counts two bytes a character where one is not Latin-1, and notifications too", async () => {
    const limits = { outputBytes: 10 };
    expect(await run('text("漢1234")', { limits })).toMatchObject({ status: "completed" });
    expect(await run('text("漢12345")', { limits })).toMatchObject({ status: "failed" });
    expect(await run('text("é123456789")', { limits })).toMatchObject({ status: "completed" });
    expect(await run('notify("12345678901")', { limits })).toMatchObject({ status: "failed" });
  });
});

describe("limits.wallMs", () => {
  // Long enough for a cell to begin, on a machine that is busy too.
  const limits = { wallMs: 500 };

  test.each([
    ["a loop", "for (;;) {}"],
    [
      "a loop that catches everything",
      "for (;;) { try { for (;;) {} } catch {} finally { continue; } }",
    ],
    ["a promise that never settles", "await new Promise(() => {});"],
    ["a tool that hangs", "await tools.hang();"],
    ["timers", "for (;;) await new Promise((go) => setTimeout(go, 1));"],
    ["a regular expression", '/^(a+)+$/.test("a".repeat(40) + "b");'],
  ])("ends %s", async (_what, source) => {
    const tools = { hang: { execute: (): Promise<never> => new Promise(() => {}) } };
    const outcome = failedOf(
      await run(`text("before"); ${source}`, { limits, tools, deadlock: "wait" }),
    );
    expect(outcome.output).toEqual([{ type: "text", text: "before" }]);
    expect(outcome.error).toMatchObject({
      code: "ERR_CELL_WALL_LIMIT",
      limit: { name: "wallMs", allowed: 500 },
    });
    expect(outcome.error.limit?.used).toBeGreaterThanOrEqual(499);
  });

  test("holds for a cell that has yielded and is not observed", async () => {
    await using session = openSession({ limits });
    const id = await start(session, "store('k', 1); for (;;) {}");
    expect(failedOf(await session.wait(id)).error.code).toBe("ERR_CELL_WALL_LIMIT");
    expect(await session.storedValues()).toEqual({});
  });

  test("ends a builtin that the engine cannot interrupt, and says that its thread is still at work", async () => {
    const source = 'text("before"); Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);';
    expect(await runAlone(source, limits)).toMatchObject({
      status: "failed",
      error: { code: "ERR_CELL_WALL_LIMIT" },
      orphaned: true,
      texts: ["before"],
      next: ["alive"],
    });
  });
});

describe("limits of an exec", () => {
  test("tighten the session's and never loosen them", async () => {
    await using session = openSession({ limits: { outputBytes: 10 } });
    const tight = await session.exec('text("123456")', { limits: { outputBytes: 5 } });
    expect(failedOf(tight).error.limit?.allowed).toBe(5);
    const loose = await session.exec('text("12345678901")', { limits: { outputBytes: 100 } });
    expect(failedOf(loose).error.limit?.allowed).toBe(10);
    expect(textsOf(await session.exec('text("1234567890")'))).toEqual(["1234567890"]);
  });
});

describe("a cell that floods its host does not hold it up:", () => {
  test.each([
    'for (;;) text("x".repeat(1000))',
    'for (;;) text("")',
    'for (;;) { text("x"); await new Promise((go) => setTimeout(go)); }',
    'for (;;) image("data:,")',
    'for (;;) notify("x")',
    "for (;;) console.log()",
    "for (;;) yield_control()",
    "for (;;) tools.hang()",
    "const f = () => {}; for (;;) setTimeout(f, 1e6)",
    "for (;;) Promise.reject(1)",
  ])("%s", async (source) => {
    const { stdout, ...end } = await runProgram("flood", [source]);
    expect(end).toEqual({ code: 0, signal: null, stderr: "" });
    expect(JSON.parse(stdout).status).toMatch(/^(terminated|failed)$/);
  });
});
