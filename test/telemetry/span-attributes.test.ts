import { ROOT_CONTEXT } from "@opentelemetry/api";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { describe, expect, test } from "vitest";
import { CodeModeError } from "../../src/base/errors.js";
import { openTelemetry } from "../../src/otel.js";
import { SafeSpan } from "../../src/telemetry/otel/safe-span.js";
import { errorTypeOf, spanContextOf } from "../../src/telemetry/otel/span-attributes.js";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";

describe("what W3C Trace Context has written", () => {
  test("is the context of a span elsewhere", () => {
    expect(spanContextOf(`00-${traceId}-${spanId}-01`)).toEqual({
      traceId,
      spanId,
      traceFlags: 1,
      isRemote: true,
    });
    expect(spanContextOf(`00-${traceId}-${spanId}-ff`)?.traceFlags).toBe(255);
  });

  test.each([
    undefined,
    "",
    `01-${traceId}-${spanId}-01`,
    `00-${traceId}-${spanId}`,
    `00-${traceId}-${spanId}-01-more`,
    `x00-${traceId}-${spanId}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
  ])("is no context where it is something else: %j", (traceparent) => {
    expect(spanContextOf(traceparent)).toBeUndefined();
  });
});

test.each<[unknown, string]>([
  [new CodeModeError("ERR_CELL_ENDED", "no"), "ERR_CELL_ENDED"],
  [new TypeError("no"), "TypeError"],
  [Object.assign(new TypeError("no"), { code: "" }), "TypeError"],
  [Object.assign(new TypeError("no"), { code: 5 }), "TypeError"],
  [Object.assign(new Error("no"), { name: "" }), "_OTHER"],
  ["no", "_OTHER"],
])("what has failed is of a type: %o is %s", (thrown, type) => {
  expect(errorTypeOf(thrown)).toBe(type);
});

test.each<[object, string]>([
  [{ tracerProvider: {} }, '"tracerProvider" must be an object with a method getTracer'],
  [{ tracerProvider: null }, '"tracerProvider" must be an object with a method getTracer'],
  [{ meterProvider: { getMeter: 1 } }, '"meterProvider" must be an object with a method getMeter'],
  [{ meterProvider: "x" }, '"meterProvider" must be an object with a method getMeter'],
  [{ captureContent: 1 }, '"captureContent" must be true or false'],
  [{ content: true }, 'There is no option "content" in the options of openTelemetry'],
])("options of openTelemetry that are wrong are refused: %j", (options, message) => {
  expect(() => openTelemetry(options)).toThrow(message);
});

test("a span writes where it is as W3C Trace Context does", () => {
  const tracer = new BasicTracerProvider().getTracer("test");
  const { traceparent } = new SafeSpan(tracer, "span", {}, ROOT_CONTEXT);
  expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(spanContextOf(traceparent)).toMatchObject({ traceFlags: 1 });
});
