import { context, type Span, type Tracer, type TracerProvider, trace } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { describe, expect, test } from "vitest";
import { createCodeMode } from "../../src/index.js";
import { openTelemetry } from "../../src/otel.js";
import { CellSpan } from "../../src/telemetry/otel/cell-span.js";
import { Instruments } from "../../src/telemetry/otel/instruments.js";
import { SafeSpan } from "../../src/telemetry/otel/safe-span.js";
import { statMetrics } from "../../src/telemetry/stat-metrics.js";
import { textsOf } from "../support/cells.js";
import { Traces } from "../support/traces.js";

const fail = (): never => {
  throw new Error("the SDK has failed");
};

/** The points of a metric, by its name. */
async function pointsOf(use: (provider: MeterProvider) => unknown, name: string) {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e6 });
  const provider = new MeterProvider({ readers: [reader] });
  await use(provider);
  await reader.forceFlush();
  const found = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics)
    .flatMap(({ metrics }) => metrics)
    .find(({ descriptor }) => descriptor.name === name);
  await provider.shutdown();
  return found?.dataPoints.map(({ attributes, value }) => ({ attributes, value }));
}

describe("an SDK that fails", () => {
  test.each<[string, TracerProvider]>([
    ["as a span begins", { getTracer: () => ({ startSpan: fail }) as unknown as Tracer }],
    [
      "with whatever a span is asked for",
      {
        getTracer: () => {
          const span = new Proxy({}, { get: () => fail }) as Span;
          return { startSpan: () => span } as unknown as Tracer;
        },
      },
    ],
  ])("%s harms no cell", async (_what, tracerProvider) => {
    await using codeMode = createCodeMode({
      telemetry: openTelemetry({ tracerProvider, captureContent: true }),
      tools: { echo: { execute: (input: unknown) => input } },
    });
    const session = codeMode.openSession();
    expect(textsOf(await session.exec("text(await tools.echo(7))"))).toEqual(["7"]);
    expect((await session.exec("throw new Error('no')")).status).toBe("failed");
  });

  test("as it begins a span leaves one of no trace", () => {
    const tracer = { startSpan: fail } as unknown as Tracer;
    const span = new SafeSpan(tracer, "a", {}, context.active());
    expect(span.traceparent).toBeUndefined();
    expect(trace.getSpan(span.context)?.isRecording()).toBe(false);
  });
});

describe("the span of a cell", () => {
  const cell = { sessionId: "s", cellId: "c", source: "" };

  test.each([
    ["is of no trace", `00-${"0".repeat(32)}-${"1".repeat(16)}-01`],
    ["is of no span", `00-${"1".repeat(32)}-${"0".repeat(16)}-01`],
    ["is something else", "nonsense"],
  ])("has no link to where it began that %s, and says that it was resumed", (_what, resumes) => {
    const traces = new Traces();
    const tracer = traces.provider.getTracer("test");
    const instruments = new Instruments(new MeterProvider().getMeter("test"));
    new CellSpan({ ...cell, resumes }, { tracer, instruments, hasContent: false }).refused("ERR");
    const { links, attributes } = traces.one("codecell.cell");
    expect(links).toEqual([]);
    expect(attributes["codecell.cell.resumed"]).toBe(true);
  });
});

describe("an exec that is refused", () => {
  test.each([
    [true, "The option"],
    [false, undefined],
  ])(
    "says why where content is captured (%s), and its code in any case",
    async (captureContent, why) => {
      const traces = new Traces();
      await using codeMode = traces.codeMode({}, { captureContent });
      await expect(
        codeMode.openSession().exec("", { limits: { none: 1 } as never }),
      ).rejects.toThrow();
      const { attributes, status } = traces.one("codecell.exec");
      expect(attributes["error.type"]).toBe("ERR_INVALID_OPTION");
      if (why === undefined) expect(status.message).toBeUndefined();
      else expect(status.message).toMatch(/limits/);
    },
  );
});

describe("metrics", () => {
  test("have how long cells took, by how they ended", async () => {
    const points = await pointsOf(async (meterProvider) => {
      await using codeMode = createCodeMode({ telemetry: openTelemetry({ meterProvider }) });
      const session = codeMode.openSession();
      await session.exec("text(1)");
      await session.exec("text(2)");
      await session.exec("throw new Error('no')");
    }, "codecell.cell.duration");
    expect(points).toMatchObject([
      { attributes: { "codecell.status": "completed" }, value: { count: 2 } },
      {
        attributes: { "codecell.status": "failed", "error.type": "ERR_CELL_SCRIPT" },
        value: { count: 1 },
      },
    ]);
    expect(Object.keys(points?.[0]?.attributes ?? {})).toEqual(["codecell.status"]);
  });

  test("of what runtimes share are not added up, and others are", async () => {
    const shared = statMetrics.find((metric) => metric.type === "gauge" && metric.isShared);
    expect(shared?.name).toBe("codecell.isolates");
    await using codeMode = createCodeMode({ prewarm: 0 });
    const { isolates, ...stats } = codeMode.stats();
    const many = (ready: number) => ({ ...stats, sessions: 2, isolates: { ...isolates, ready } });
    const use = (provider: MeterProvider): void => {
      const instruments = new Instruments(provider.getMeter("test"));
      for (const ready of [3, 5, 4]) instruments.follow(() => many(ready));
    };
    const ready = { attributes: { "codecell.state": "ready" }, value: 5 };
    expect(await pointsOf(use, "codecell.isolates")).toContainEqual(ready);
    expect(await pointsOf(use, "codecell.sessions")).toEqual([{ attributes: {}, value: 6 }]);
  });
});
