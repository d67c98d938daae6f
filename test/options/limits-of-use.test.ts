import { describe, expect, test } from "vitest";
import type { CellErrorCode, CellLimits } from "../../src/index.js";
import { failedOf, Held, openSession, run, runToTexts, shownBy } from "../support/cells.js";

const echo = { execute: (input: unknown): unknown => input };

/** Limits that end the cell: how, and what was used. */
const ends: readonly (readonly [keyof CellLimits, number, CellErrorCode, number, string])[] = [
  ["outputItems", 3, "ERR_CELL_OUTPUT_ITEMS_LIMIT", 4, 'for (;;) text("")'],
  ["outputItems", 1, "ERR_CELL_OUTPUT_ITEMS_LIMIT", 2, 'text("a"); console.log("b")'],
  ["notifications", 2, "ERR_CELL_NOTIFICATIONS_LIMIT", 3, 'for (;;) notify("n")'],
  ["toolCalls", 5, "ERR_CELL_TOOL_CALLS_LIMIT", 6, "for (;;) tools.echo(1)"],
  ["toolCalls", 5, "ERR_CELL_TOOL_CALLS_LIMIT", 6, "for (;;) await tools.echo(1)"],
  ["sourceBytes", 10, "ERR_CELL_SOURCE_LIMIT", 25, 'text("before");/*45678901*/'.slice(0, 25)],
];

test.each(ends)("limits.%s of %i ends a cell with %s", async (name, limit, code, used, source) => {
  const outcome = failedOf(
    await run(source, { limits: { [name]: limit }, tools: { echo }, console: true }),
  );
  expect(outcome.error).toMatchObject({
    code,
    name: "RangeError",
    limit: { name, allowed: limit, used },
    text: expect.stringContaining(`(limits.${name})`),
  });
});

test.each([
  ["outputBytes", 2 ** 20, "the 1 MiB of output", 'text("x".repeat(2 ** 20 + 1))'],
  ["outputBytes", 2 ** 20 - 1, "the 1048575 bytes of output", 'text("x".repeat(2 ** 20))'],
  ["sourceBytes", 10, "the 10 bytes it may have", 'text("before")'],
  ["cpuMs", 20, "the 20 ms of processor time", "for (;;) {}"],
  ["outputItems", 1, "the 1 output items", "text(1); text(2)"],
])("what is said of limits.%s of %i has its unit: %s", async (name, limit, said, source) => {
  const { error } = failedOf(await run(source, { limits: { [name]: limit } }));
  expect(error.message).toContain(`than ${said}`);
});

test("what a cell handed out before it passed a limit is kept, and what it stored is not", async () => {
  await using session = openSession({ limits: { outputItems: 2 } });
  const outcome = await session.exec('store("k", 1); for (const t of "abc") text(t)');
  expect(shownBy(outcome)).toEqual(["a", "b"]);
  expect(await session.storedValues()).toEqual({});
});

describe("limits.cpuMs", () => {
  test.each([
    ["a loop", "for (;;) {}"],
    ["what catches everything", "for (;;) { try { for (;;) {} } catch {} finally { continue; } }"],
    [
      "microtasks",
      "const again = () => Promise.resolve().then(again); again(); await new Promise(() => {});",
    ],
    ["a regular expression", '/^(a+)+$/.test("a".repeat(40) + "b");'],
  ])("ends %s", async (_what, source) => {
    const outcome = failedOf(await run(`text("before"); ${source}`, { limits: { cpuMs: 50 } }));
    expect(shownBy(outcome)).toEqual(["before"]);
    expect(outcome.error).toMatchObject({
      code: "ERR_CELL_CPU_LIMIT",
      limit: { name: "cpuMs", allowed: 50 },
    });
    expect(outcome.error.limit?.used).toBeGreaterThan(50);
  });

  test("does not count the time in which a cell waits", async () => {
    const source = "await new Promise((go) => setTimeout(go, 150)); text('done');";
    expect(await runToTexts(source, { limits: { cpuMs: 100 } })).toEqual(["done"]);
  });
});

/** Limits a cell can handle: what it catches. */
const thrown: readonly (readonly [keyof CellLimits, number, string, string])[] = [
  ["storedKeys", 2, "store('a', 1); store('b', 1); store('a', 2); store('c', 1);", "RangeError"],
  ["storedBytes", 100, "store('key', 'x'.repeat(100));", "RangeError"],
  ["timers", 2, "for (;;) setTimeout(() => {}, 5);", "RangeError"],
  ["toolInputBytes", 20, "await tools.echo('x'.repeat(20));", "RangeError"],
  ["toolInputBytes", 20, "for (;;) tools.echo('x');", "RangeError"],
  ["toolResultBytes", 19, "await tools.large();", "ToolError"],
  ["toolResultBytes", 21, "await tools.largeList();", "ToolError"],
  ["jsonDepth", 5, "await tools.echo([[[[[[1]]]]]]);", "RangeError"],
  ["jsonDepth", 5, "store('k', [[[[[[1]]]]]]);", "RangeError"],
  ["jsonDepth", 5, "await tools.deep();", "ToolError"],
  ["jsonValues", 6, "await tools.echo([1, 'a', { b: [] }, 2]);", "RangeError"],
  ["jsonValues", 6, "store('k', [1, 'a', { b: [] }, 2]);", "RangeError"],
  ["jsonValues", 6, "await tools.flat();", "ToolError"],
  ["storedBytes", 100, "store('k', [1, 2, 3, 4, 5, 6]);", "RangeError"],
  ["evalBytes", 20, "eval('1 + 1 //' + ' '.repeat(20));", "EvalError"],
  ["evalBytes", 20, "new Function(' '.repeat(21));", "EvalError"],
];

test.each(thrown)(
  "limits.%s of %i is an error the cell can handle: %s",
  async (name, limit, source, error) => {
    const tools = {
      echo,
      large: { execute: (): string => "x".repeat(20) },
      largeList: { execute: (): string[] => ["x".repeat(18)] },
      deep: { execute: (): unknown => [[[[[["]"]]]]]] },
      flat: { execute: (): unknown => [1, "a", { b: [] }, 2] },
    };
    const caught = `try { ${source} text("no error"); } catch (e) { text(e.name + ": " + e.message); }`;
    const [text, ...more] = await runToTexts(caught, { limits: { [name]: limit }, tools });
    expect(text).toMatch(new RegExp(`^${error}: .*limits\\.${name}\\b`));
    expect(more).toEqual([]);
  },
);

test.each([
  "as_settled((function* () { for (;;) yield 1; })())",
  "stream_settled((function* () { for (;;) yield 1; })(), () => {})",
  "content({ [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }) }) })",
])("an iterable without end is an error: %s", async (source) => {
  const caught = `try { ${source} } catch (e) { text(e.name + ": " + e.message); }`;
  expect(await runToTexts(caught)).toEqual([
    "RangeError: an iterable may have at most 1000000 members here; take a part of them at a time",
  ]);
});

test("what is within a limit passes it", async () => {
  const limits = { storedKeys: 1, timers: 1, toolInputBytes: 3, toolResultBytes: 5, jsonDepth: 2 };
  const source = `
    store("a", [["[[[["]]); store("a", 2);
    for (let i = 0; i < 3; i++) { clearTimeout(setTimeout(() => {}, 1e6)); }
    for (let i = 0; i < 3; i++) text(await tools.echo("x"));
    text(eval("1 + 1"));`;
  expect(await runToTexts(source, { limits, tools: { echo } })).toEqual(["x", "x", "x", "2"]);
});

test("as many values as limits.jsonValues allows pass it, whatever texts and keys hold", async () => {
  const values = '[{ "a,[:": "{,:\\"[" }, [], {}, [[1]]]';
  const source = `store("k", ${values}); text(await tools.echo(load("k")));`;
  expect(await runToTexts(source, { limits: { jsonValues: 10 }, tools: { echo } })).toEqual([
    JSON.stringify(JSON.parse(values)),
  ]);
});

test("storedBytes gets back what a replaced value counted for", async () => {
  const source = `
    for (let i = 0; i < 3; i++) { store("k", [1, 2, 3]); store("k", 1); }
    store("k", [1, 2, 3]); text(load("k"));`;
  expect(await runToTexts(source, { limits: { storedBytes: 70 } })).toEqual(["[1,2,3]"]);
});

describe("limits.toolCallsInFlight", () => {
  test("lets more calls wait, in order, and loses none", async () => {
    let open = 0;
    let maxOpen = 0;
    const began: unknown[] = [];
    const slow = {
      execute: async (input: unknown): Promise<unknown> => {
        open += 1;
        maxOpen = Math.max(maxOpen, open);
        began.push(input);
        await new Promise(setImmediate);
        open -= 1;
        return input;
      },
    };
    const source = "text(await Promise.all(Array.from({ length: 100 }, (_, i) => tools.slow(i))));";
    const [texts] = await runToTexts(source, { limits: { toolCallsInFlight: 3 }, tools: { slow } });
    const all = Array.from({ length: 100 }, (_, i) => i);
    expect(JSON.parse(texts ?? "")).toEqual(all);
    expect(began).toEqual(all);
    expect(maxOpen).toBe(3);
  });
});

test("stored values of earlier cells count, until they are replaced", async () => {
  await using session = openSession({ limits: { storedBytes: 100, storedKeys: 2 } });
  await session.exec("store('a', 'x'.repeat(70));");
  const full = await session.exec("store('b', 'x'.repeat(70));");
  expect(failedOf(full).error.message).toContain("limits.storedBytes");
  const replaced = await session.exec("store('a', null); store('b', 'x'.repeat(70));");
  expect(replaced.status).toBe("completed");
  const many = await session.exec("store('c', 1);");
  expect(failedOf(many).error.message).toContain("limits.storedKeys");
});

test("timers that were cleared hold no memory", async () => {
  const source =
    "for (let i = 0; i < 1e6; i++) clearTimeout(setTimeout(() => {}, 1e9)); text('ok');";
  expect(await runToTexts(source, { limits: { heapBytes: 2 ** 24 } })).toEqual(["ok"]);
});

test("usage tells what was used, and which part of the time went by waiting for tools", async () => {
  const held = new Held<string>();
  const tools = { hold: { execute: (): Promise<string> => held.promise } };
  await using session = openSession({ tools });
  const yielded = await session.exec(
    "new Uint8Array(1e6); text(await tools.hold()); for (const end = Date.now() + 60; Date.now() < end;);",
    {
      yieldAfterMs: 50,
    },
  );
  if (yielded.status !== "yielded") throw new Error(yielded.status);
  expect(yielded.usage.toolWaitShare).toBeGreaterThan(0);
  held.resolve("x");
  const { usage } = failedOrCompleted(await session.wait(yielded.cellId));
  expect(usage).toMatchObject({ toolCalls: 1, outputBytes: 1 });
  expect(usage.cpuMs).toBeGreaterThan(0);
  expect(usage.wallMs).toBeGreaterThan(100);
  expect(usage.heapPeakBytes).toBeGreaterThanOrEqual(usage.heapBytes);
  expect(usage.heapBytes).toBeGreaterThan(100_000);
  expect(usage.arrayBufferPeakBytes).toBeGreaterThanOrEqual(1e6);
  expect(usage.toolWaitShare).toBeGreaterThan(0);
  expect(usage.toolWaitShare).toBeLessThan(1);
});

function failedOrCompleted(outcome: Awaited<ReturnType<typeof run>>) {
  if (outcome.status === "failed" || outcome.status === "completed") return outcome;
  throw new Error(outcome.status);
}
