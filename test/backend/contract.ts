import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CodeModeError } from "../../src/base/errors.js";
import { resolveLimits } from "../../src/options/limits.js";
import { defaultSettings, type Settings, withSessionOptions } from "../../src/options/settings.js";
import type { BackendEvent, BackendTool, CellBackend } from "../../src/protocol/cell-backend.js";
import { CodeMode } from "../../src/session/code-mode.js";
import { cellOptions, StartedCell, type TestCellOptions } from "../support/backend-cell.js";
import { textsOf } from "../support/cells.js";
import { runProgram } from "../support/child.js";

/** A kind of backend that the contract is tried on. */
export interface ContractedBackend {
  /** As `test/fixtures/unstoppable.mjs` knows it. */
  readonly name: string;
  readonly make: () => CellBackend;
  /** Makes one that starts no cell, and says so with this code. */
  readonly makeRefusing: () => CellBackend;
  readonly refusalCode: string;
}

const tools: readonly BackendTool[] = ["add", "hang"].map((name) => ({
  name,
  ownName: name,
  namespace: "",
  description: `the tool ${name}`,
  isMcp: false,
}));
const hostHeapBytes = 2 ** 31;

/** Says what every backend must do. Call it in a test file of the backend's own. */
export function describeBackendContract({
  name,
  make,
  makeRefusing,
  refusalCode,
}: ContractedBackend): void {
  let backend: CellBackend;
  beforeAll(() => {
    backend = make();
  });
  afterAll(() => backend.close());

  const start = (source: string, options?: TestCellOptions): StartedCell =>
    new StartedCell(backend, cellOptions(source, options));

  describe("events", () => {
    test("begin with started, never before start has returned, and end with disposed", async () => {
      // The first may have to be made, the next may find one ready.
      for (let i = 0; i < 5; i += 1) {
        const cell = start("text(1)");
        expect(cell.events).toEqual([]);
        await cell.last;
        expect(cell.types).toEqual(["started", "output", "settled", "disposed"]);
      }
    });

    test("come in the cell's order", async () => {
      const source = `
        text("a"); console.log("b"); notify("c"); image("data:image/png;base64,AA=="); yield_control();
        tools.hang({}); text("d");`;
      const cell = start(source, { tools, console: "logs" });
      await cell.seen("toolCall");
      cell.cell.send({ type: "toolRejected", callId: 0, message: "no such call" });
      await cell.last;
      expect(cell.types).toEqual([
        "started",
        "output",
        "log",
        "notify",
        "output",
        "yielded",
        "toolCall",
        "output",
        "settled",
        "disposed",
      ]);
    });

    test("are many without one being lost or told twice", async () => {
      const cell = start("for (let i = 0; i < 5_000; i += 1) text(i)");
      await cell.last;
      expect(cell.texts).toEqual(Array.from({ length: 5_000 }, (_, i) => String(i)));
    });

    test("come no more after the last, whatever the cell is asked", async () => {
      const cell = start("text(1)");
      await cell.last;
      const { length } = cell.events;
      cell.cell.terminate();
      cell.cell.send({ type: "toolResolved", callId: 1, result: "", isJson: false, isAscii: true });
      await cell.cell.sample();
      await nextTurn();
      expect(cell.events).toHaveLength(length);
    });

    test("carry plain data, and the options are plain data too", async () => {
      const options = structuredClone(
        cellOptions("text(await tools.add({ a: 1 })); yield_control(); notify(load('k'))", {
          tools,
          modules: [{ specifier: "given", source: "export const value = 1" }],
          stored: ["k", '"v"'],
        }),
      );
      const cell = new StartedCell(backend, options, (event, { send }) => {
        if (event.type !== "toolCall") return;
        send.call(cell.cell, resolved(event.callId, "2"));
      });
      expect(await cell.settled()).toMatchObject({ status: "completed" });
      expect(structuredClone(cell.events)).toEqual(cell.events);
    });
  });

  describe("tools, modules and stored values", () => {
    test("a call names its tool by the index in the list, and gets its answer", async () => {
      const source = `
        text(await tools.add({ a: 1 }));
        text((await tools.add({ a: 2 })).sum);
        await tools.hang("x").catch((error) => text(String(error)));`;
      const calls: BackendEvent[] = [];
      const cell = new StartedCell(backend, cellOptions(source, { tools }), (event) => {
        if (event.type !== "toolCall") return;
        calls.push(event);
        const { callId } = event;
        if (calls.length === 1) cell.cell.send(resolved(callId, "as it is"));
        else if (calls.length === 2) cell.cell.send(resolved(callId, '{"sum":5}', true));
        else cell.cell.send({ type: "toolRejected", callId, message: "refused" });
      });
      await cell.last;
      expect(calls).toMatchObject([
        { tool: 0, json: '{"a":1}' },
        { tool: 0, json: '{"a":2}' },
        { tool: 1, json: '"x"' },
      ]);
      expect(cell.texts).toEqual(["as it is", "5", expect.stringContaining("refused")]);
    });

    test("a cell's lookups are told and answered like calls", async () => {
      const source = `
        text(JSON.stringify(await search_tools("sums", 3)));
        text(JSON.stringify(await describe_tool("add")));`;
      const cell = new StartedCell(backend, cellOptions(source, { tools }), (event) => {
        if (event.type !== "toolSearch" && event.type !== "toolLookup") return;
        const what = event.type === "toolSearch" ? [event.query, event.limit] : [event.name];
        cell.cell.send(resolved(event.callId, JSON.stringify(what), true));
      });
      await cell.last;
      expect(cell.texts).toEqual(['["sums",3]', '["add"]']);
    });

    test("modules are given as source and as values", async () => {
      const source = `
        import { twice } from "sourced";
        import { limit } from "valued";
        text(twice(limit));`;
      const modules = [
        { specifier: "sourced", source: "export const twice = (value) => 2 * value;" },
        { specifier: "valued", exports: ["limit", "21"] },
      ];
      const cell = start(source, { modules });
      await cell.last;
      expect(cell.texts).toEqual(["42"]);
    });

    test("stored values are read, and only what the cell wrote is told", async () => {
      const source = 'text(load("a").b); store("c", [1]); store("c", [2]);';
      const cell = start(source, { stored: ["a", '{"b":7}', "untouched", "1"] });
      expect(await cell.settled()).toMatchObject({ writes: ["c", "[2]"] });
      expect(cell.texts).toEqual(["7"]);
    });

    test("two backends that are given the same lists each serve their cells", async () => {
      const other = make();
      const options = cellOptions(
        'import { value } from "given"; text(Object.keys(tools).length + value + load("k"))',
        { tools, modules: [{ specifier: "given", exports: ["value", "3"] }], stored: ["k", "4"] },
      );
      const run = async (where: CellBackend): Promise<readonly string[]> => {
        const cell = new StartedCell(where, options);
        await cell.last;
        return cell.texts;
      };
      const before = await Promise.all([run(backend), run(other), run(backend), run(other)]);
      await other.close();
      // The end of one backend leaves the lists to the other.
      expect([...before, await run(backend)]).toEqual(new Array(5).fill(["9"]));
    });
  });

  describe("sampling", () => {
    test("resolves when what the cell has said has been told, though it computes on", async () => {
      const cell = start('text("said"); for (;;) {}');
      await cell.seen("started");
      while (cell.texts.length === 0) await cell.cell.sample();
      const usage = await cell.cell.sample();
      expect(usage.heapBytes).toBeGreaterThan(0);
      cell.cell.terminate();
      await cell.last;
    });

    test("resolves though a cell computes that has slept before", async () => {
      const cell = start(
        'await new Promise((go) => setTimeout(go, 200)); text("said"); for (;;) {}',
      );
      await cell.seen("output");
      await cell.cell.sample();
      cell.cell.terminate();
      await cell.last;
    });

    test("resolves before the cell has started and after it has ended", async () => {
      const cell = start("text(1)");
      await cell.cell.sample();
      await cell.last;
      const { cpuMs } = await cell.cell.sample();
      expect(cpuMs).toBeGreaterThanOrEqual(0);
    });

    test("shows that a cell has computed", async () => {
      const cell = start("for (;;) {}");
      await cell.seen("started");
      const first = await cell.cell.sample();
      let later = first;
      while (later.cpuMs < first.cpuMs + 5) later = await cell.cell.sample();
      cell.cell.terminate();
      expect((await cell.settled()).usage.cpuMs).toBeGreaterThanOrEqual(later.cpuMs);
    });
  });

  describe("usage", () => {
    test("comes with a yield and with the end", async () => {
      const cell = start("yield_control(); new Uint8Array(1e6).fill(1)");
      const { usage } = await cell.seen("yielded");
      expect(usage.heapBytes).toBeGreaterThan(0);
      const settled = await cell.settled();
      expect(settled.usage.arrayBufferPeakBytes).toBeGreaterThanOrEqual(1e6);
      expect(settled.usage.cpuMs).toBeGreaterThan(0);
    });
  });

  describe("terminating", () => {
    const moments: readonly [string, string, (cell: StartedCell) => Promise<unknown>][] = [
      ["before start has told anything", "for (;;) {}", async () => undefined],
      ["when it starts", "for (;;) {}", (cell) => cell.seen("started")],
      ["while it computes", "text(1); for (;;) {}", (cell) => cell.seen("output")],
      ["while it waits for a tool", "await tools.hang({})", (cell) => cell.seen("toolCall")],
      ["when it yields", "yield_control(); for (;;) await null", (cell) => cell.seen("yielded")],
      [
        "while it sleeps",
        "text(1); await new Promise((go) => setTimeout(go, 1e6))",
        (cell) => cell.seen("output"),
      ],
    ];
    test.each(moments)("a cell %s ends it", async (_when, source, moment) => {
      const cell = start(source, { tools, failOnDeadlock: false });
      await moment(cell);
      cell.cell.terminate();
      cell.cell.terminate();
      expect(await cell.last).toMatchObject({ type: "disposed" });
      expect(await cell.settled()).toMatchObject({ status: "terminated", writes: [] });
      expect(cell.types.filter((type) => type === "settled")).toHaveLength(1);
    });

    test("a cell that has settled leaves it its own end", async () => {
      const cell = new StartedCell(backend, cellOptions("text(1)"), (event) => {
        if (event.type === "settled") cell.cell.terminate();
      });
      expect(await cell.settled()).toMatchObject({ status: "completed" });
    });

    test("a cell that no engine can interrupt ends it, or cuts it off as unresponsive", async () => {
      const options = cellOptions(
        'text("said"); Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);',
      );
      // The thread of one that was cut off works on until its process ends.
      const { stdout, ...end } = await runProgram("unstoppable", [name, JSON.stringify(options)]);
      expect(end).toEqual({ code: 0, signal: null, stderr: "" });
      const events: readonly BackendEvent[] = JSON.parse(stdout);
      const types = events.map(({ type }) => type);
      if (types.includes("unresponsive")) {
        expect(types).toEqual(["started", "output", "unresponsive"]);
        expect(events.at(-1)).toMatchObject({ usage: { cpuMs: expect.any(Number) } });
      } else {
        expect(types).toEqual(["started", "output", "settled", "disposed"]);
      }
    });
  });

  describe("a cell that fails", () => {
    const failures: readonly [string, string, TestCellOptions][] = [
      ["ERR_CELL_SCRIPT", "null.x", {}],
      ["ERR_CELL_SCRIPT", "this is no source", {}],
      ["ERR_CELL_DEADLOCK", "await new Promise(() => {})", {}],
      ["ERR_CELL_CPU_LIMIT", "for (;;) {}", { limits: { cpuMs: 20 } }],
      ["ERR_CELL_HEAP_LIMIT", "for (const all = [];;) all.push([all.length])", smallHeap()],
      ["ERR_CELL_OUTPUT_LIMIT", "for (;;) text('x'.repeat(100))", { limits: { outputBytes: 1e4 } }],
      ["ERR_CELL_OUTPUT_ITEMS_LIMIT", "for (;;) text(1)", { limits: { outputItems: 10 } }],
      ["ERR_CELL_NOTIFICATIONS_LIMIT", "for (;;) notify(1)", { limits: { notifications: 10 } }],
      ["ERR_CELL_TOOL_CALLS_LIMIT", "for (;;) tools.hang()", { tools, limits: { toolCalls: 10 } }],
      ["ERR_CELL_SOURCE_LIMIT", "text('too long')", { limits: { sourceBytes: 3 } }],
    ];
    test.each(failures)("says %s: %s", async (code, source, options) => {
      const settled = await start(source, options).settled();
      expect(settled).toMatchObject({ status: "failed", error: { code } });
      expect(settled.error?.text).not.toBe("");
      if (code.endsWith("LIMIT")) {
        const number = expect.any(Number);
        const limit = expect.any(String);
        expect(settled.error).toMatchObject({ limit, allowed: number, used: number });
      }
    });

    test("says where in its source, and what it has written by then", async () => {
      const settled = await start('store("k", 1);\nthrow new TypeError("no")').settled();
      expect(settled).toMatchObject({
        error: { name: "TypeError", message: "no", line: 2, column: 7 },
        writes: ["k", "1"],
      });
    });
  });

  describe("closing", () => {
    test("leaves cells that run alone, refuses others, and may be asked for twice", async () => {
      const other = make();
      const options = cellOptions("text(await tools.add({}))", { tools });
      const running = new StartedCell(other, options);
      const call = await running.seen("toolCall");
      const closing = [other.close(), other.close()];
      const late = new StartedCell(other, options);
      expect(await late.last).toMatchObject({
        type: "refused",
        refusal: { code: "ERR_SESSION_CLOSED" },
      });
      running.cell.send(resolved(call.callId, "2"));
      expect(await running.settled()).toMatchObject({ status: "completed" });
      expect(running.texts).toEqual(["2"]);
      await Promise.all(closing);
    });
  });

  describe("a backend that can start no cell", () => {
    test("says refused, and nothing else, when start has returned", async () => {
      const refusing = makeRefusing();
      const cell = new StartedCell(refusing, cellOptions("text(1)"));
      cell.cell.terminate();
      expect(await cell.cell.sample()).toMatchObject({ cpuMs: 0 });
      expect(await cell.last).toMatchObject({ refusal: { code: refusalCode } });
      expect(cell.types).toEqual(["refused"]);
      await refusing.close();
    });

    test("makes exec reject with that code, and gives its slot back", async () => {
      await using mode = runtimeOver(makeRefusing(), defaultSettings);
      const session = mode.openSession({ limits: { cells: 1 } });
      for (let i = 0; i < 3; i += 1) {
        const failure = await session.exec("text(1)").catch((thrown: unknown) => thrown);
        expect(failure).toBeInstanceOf(CodeModeError);
        expect(failure).toMatchObject({ code: refusalCode });
      }
      expect(await session.wait("1")).toMatchObject({ status: "missing", cellId: "1" });
    });
  });

  describe("a runtime", () => {
    test("runs over the backend without knowing which it is", async () => {
      const execute = (input: unknown): unknown => input;
      const settings = withSessionOptions(defaultSettings, "runtime", {
        tools: { echo: { execute } },
        modules: { given: { value: 1 } },
      });
      // Both runtimes share one set of tools and of modules.
      await using mode = runtimeOver(make(), settings);
      await using other = runtimeOver(make(), settings);
      const source =
        'import { value } from "given"; store("n", (load("n") ?? 0) + value); text(await tools.echo(load("n")))';
      for (const session of [mode.openSession(), other.openSession()]) {
        expect(textsOf(await session.exec(source))).toEqual(["1"]);
        expect(textsOf(await session.exec(source))).toEqual(["2"]);
        expect(await session.storedValues()).toEqual({ n: 2 });
        const early = await session.exec("for (;;) {}", { yieldAfterMs: 0 });
        expect(early).toMatchObject({ status: "yielded", usage: { toolCalls: 0 } });
        // It has a heap as soon as it runs.
        let heapBytes: number | undefined = 0;
        while (heapBytes === 0) {
          const late = await session.wait("3", { yieldAfterMs: 5 });
          expect(late).toMatchObject({ status: "yielded" });
          heapBytes = late.status === "yielded" ? late.usage.heapBytes : undefined;
        }
        expect(heapBytes).toBeGreaterThan(0);
        expect(await session.terminate("3")).toMatchObject({ status: "terminated" });
      }
    });
  });
}

function resolved(callId: number, result: string, isJson = false) {
  return { type: "toolResolved", callId, result, isJson, isAscii: true } as const;
}

function smallHeap(): TestCellOptions {
  return { limits: { heapBytes: 16 * 1024 * 1024 } };
}

function runtimeOver(backend: CellBackend, settings: Settings): CodeMode {
  const limits = resolveLimits(settings.limits, { scope: "runtime", hostHeapBytes });
  return new CodeMode({ backend, settings, limits, hostHeapBytes });
}
