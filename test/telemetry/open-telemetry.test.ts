import { context, SpanStatusCode } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createCodeMode } from "../../src/index.js";
import { openTelemetry } from "../../src/otel.js";
import { Held, start, textsOf } from "../support/cells.js";
import { collected } from "../support/collected.js";
import { Traces } from "../support/traces.js";

const manager = new AsyncLocalStorageContextManager();
beforeAll(() => void context.setGlobalContextManager(manager.enable()));
afterAll(() => context.disable());

function parentOf({ parentSpanContext }: ReadableSpan): string | undefined {
  return parentSpanContext?.spanId;
}

test("an exec is in its caller's trace, its cell in it, and the calls of tools in that", async () => {
  const traces = new Traces();
  const inner = traces.provider.getTracer("app");
  await using codeMode = traces.codeMode({
    tools: {
      read: {
        description: "Reads a file.",
        execute: async () => {
          await Promise.resolve();
          inner.startSpan("fetch").end();
          return "content";
        },
      },
    },
  });
  const session = codeMode.openSession({ id: "talk-1" });
  const outcome = await inner.startActiveSpan("caller", async (caller) => {
    const result = await session.exec("text(await tools.read({ path: 'a' }))");
    caller.end();
    return result;
  });
  expect(textsOf(outcome)).toEqual(["content"]);
  const [caller, exec, cell, call, fetch] = [
    ...["caller", "codecell.exec", "codecell.cell", "execute_tool read", "fetch"],
  ].map((name) => traces.one(name)) as [
    ReadableSpan,
    ReadableSpan,
    ReadableSpan,
    ReadableSpan,
    ReadableSpan,
  ];
  expect(parentOf(exec)).toBe(caller.spanContext().spanId);
  expect(parentOf(cell)).toBe(exec.spanContext().spanId);
  expect(parentOf(call)).toBe(cell.spanContext().spanId);
  expect(parentOf(fetch)).toBe(call.spanContext().spanId);
  expect(call.attributes).toEqual({
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "read",
    "gen_ai.tool.type": "function",
    "gen_ai.tool.call.id": "1-1",
    "gen_ai.tool.description": "Reads a file.",
    "gen_ai.conversation.id": "talk-1",
    "codecell.cell.id": "1",
  });
  expect(cell.attributes).toMatchObject({
    "gen_ai.conversation.id": "talk-1",
    "codecell.status": "completed",
    "codecell.usage.tool_calls": 1,
  });
  expect(exec.attributes).toMatchObject({ "codecell.status": "completed" });
  expect(JSON.stringify(traces.spans.map(({ attributes }) => attributes))).not.toContain("content");
});

test("what fails is an error with its code; what it says is there only where content is", async () => {
  const secret = "the secret of zoe";
  const source = `await tools.pay({ to: "zoe" }).catch((error) => text(error.message)); throw new Error("${secret}")`;
  const tools = {
    pay: {
      execute: () => {
        throw Object.assign(new Error(secret), { code: "ECONNREFUSED" });
      },
    },
  };
  for (const captureContent of [false, true]) {
    const traces = new Traces();
    await using codeMode = traces.codeMode({ tools }, { captureContent });
    await codeMode.openSession().exec(source);
    const [exec, cell, call] = ["codecell.exec", "codecell.cell", "execute_tool pay"].map((name) =>
      traces.one(name),
    );
    for (const [span, type] of [
      [exec, "ERR_CELL_SCRIPT"],
      [cell, "ERR_CELL_SCRIPT"],
      [call, "ECONNREFUSED"],
    ] as const) {
      expect(span?.status.code).toBe(SpanStatusCode.ERROR);
      expect(span?.attributes["error.type"]).toBe(type);
    }
    const all = JSON.stringify(traces.spans.map(({ attributes, status }) => [attributes, status]));
    expect(all.includes(secret)).toBe(captureContent);
    expect(all.includes("zoe")).toBe(captureContent);
    if (!captureContent) continue;
    expect(call?.attributes["gen_ai.tool.call.arguments"]).toBe('{"to":"zoe"}');
    expect(cell?.attributes["codecell.source"]).toBe(source);
    expect(exec?.attributes["codecell.output"]).toEqual([secret]);
  }
});

test("a cell that yields goes on in its span, and a wait is a span of its own", async () => {
  const traces = new Traces();
  const held = new Held<string>();
  await using codeMode = traces.codeMode({
    tools: { hold: { execute: () => held.promise } },
  });
  const session = codeMode.openSession();
  const cellId = await start(session, "text(await tools.hold())");
  expect(traces.one("codecell.exec").attributes).toMatchObject({
    "codecell.status": "yielded",
    "codecell.reason": "time",
  });
  const waiting = session.wait(cellId, { yieldAfterMs: Number.POSITIVE_INFINITY });
  held.resolve("ok");
  await waiting;
  expect(traces.one("codecell.wait").attributes).toMatchObject({ "codecell.cell.id": cellId });
  expect(traces.one("codecell.cell").events.map(({ name }) => name)).toEqual(["codecell.yielded"]);
});

test("a tool that streams does all that it does in its call", async () => {
  const traces = new Traces();
  const inner = traces.provider.getTracer("app");
  await using codeMode = traces.codeMode({
    tools: {
      count: {
        async *execute() {
          yield 1;
          inner.startSpan("second").end();
          yield 2;
        },
      },
    },
  });
  const outcome = await codeMode.openSession().exec("text(await tools.count())");
  expect(textsOf(outcome)).toEqual(["2"]);
  expect(parentOf(traces.one("second"))).toBe(
    traces.one("execute_tool count").spanContext().spanId,
  );
});

test("calls that their cell leaves open, and execs that are refused, have spans that end", async () => {
  const traces = new Traces();
  const begun = new Held();
  await using codeMode = traces.codeMode({
    limits: { cells: 1, queuedCells: 1 },
    tools: {
      hang: {
        execute: () => {
          begun.resolve();
          return new Promise(() => {});
        },
      },
    },
  });
  const session = codeMode.openSession();
  const cellId = await start(session, "await tools.hang()");
  await begun.promise;
  const queue = new AbortController();
  const queued = session.exec("1", { signal: queue.signal });
  await expect(session.exec("1")).rejects.toMatchObject({ code: "ERR_QUEUE_FULL" });
  queue.abort();
  await queued;
  await session.terminate(cellId);
  expect(traces.one("execute_tool hang").attributes["error.type"]).toBe("ERR_CELL_ENDED");
  expect(traces.one("codecell.cell").attributes).toMatchObject({
    "codecell.status": "terminated",
    "codecell.reason": "requested",
  });
  const refused = traces.spans.filter(
    ({ attributes }) => attributes["error.type"] === "ERR_QUEUE_FULL",
  );
  expect(refused.map(({ name }) => name)).toEqual(["codecell.exec"]);
});

test("a runtime that was closed can be collected though its telemetry stays", async () => {
  const telemetry = openTelemetry({ meterProvider: new MeterProvider() });
  const closed = async (): Promise<WeakRef<object>> => {
    const codeMode = createCodeMode({ telemetry, prewarm: 0 });
    await codeMode.openSession().exec("");
    await codeMode.close();
    return new WeakRef(codeMode);
  };
  await collected(await closed());
  await using next = createCodeMode({ telemetry, prewarm: 0 });
  expect(next.stats().sessions).toBe(0);
});

test("an SDK that throws harms no cell", async () => {
  const fail = (): never => {
    throw new Error("the SDK has failed");
  };
  const none = async (): Promise<void> => {};
  const processors = [
    { onStart: fail, onEnd: () => {}, forceFlush: none, shutdown: none },
    { onStart: () => {}, onEnd: fail, forceFlush: none, shutdown: none },
  ];
  for (const processor of processors) {
    await using codeMode = new Traces(processor).codeMode({
      tools: { echo: { execute: (input: unknown) => input } },
    });
    const outcome = await codeMode.openSession().exec("text(await tools.echo(7))");
    expect(textsOf(outcome)).toEqual(["7"]);
  }
});

test("metrics are those of all runtimes, and no counter falls when one is closed", async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e6 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const telemetry = openTelemetry({ meterProvider });
  const tools = { echo: { execute: (input: unknown) => input } };
  await using codeMode = createCodeMode({ telemetry, tools });
  await codeMode.openSession().exec("await tools.echo(1)");
  const other = createCodeMode({ telemetry, tools });
  await other.openSession().exec("await tools.echo(1); await tools.echo(2)");
  await other.close();
  await reader.forceFlush();
  const all = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
  const found = new Map(
    all.flatMap(({ metrics }) =>
      metrics.map(({ descriptor, dataPoints, ...metric }) => [
        descriptor.name,
        {
          unit: descriptor.unit,
          onlyGrows: "isMonotonic" in metric && metric.isMonotonic,
          points: dataPoints.map(({ attributes, value }) => ({ attributes, value })),
        },
      ]),
    ),
  );
  expect(found.get("codecell.tool_calls")?.points).toContainEqual({
    attributes: { "codecell.status": "fulfilled" },
    value: 3,
  });
  expect(found.get("codecell.sessions")?.points).toEqual([{ attributes: {}, value: 1 }]);
  expect(found.get("codecell.tool_calls")?.onlyGrows).toBe(true);
  expect(found.get("codecell.sessions")?.onlyGrows).toBe(false);
  const duration = found.get("gen_ai.execute_tool.duration");
  expect(duration?.unit).toBe("s");
  expect(duration?.points).toMatchObject([
    {
      attributes: { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "echo" },
      value: { count: 3 },
    },
  ]);
  await meterProvider.shutdown();
});

test("an option that is wrong is refused", () => {
  expect(() => openTelemetry({ tracerProvider: {} as never })).toThrow(/"tracerProvider" must be/);
  expect(() => createCodeMode({ telemetry: {} as never })).toThrow(/openTelemetry/);
});
