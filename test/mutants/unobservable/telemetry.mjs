/** @type {readonly import("./index.mjs").Unobservable[]} */
export const ofTelemetry = [
  {
    file: "telemetry/otel/span-attributes.ts",
    line: "if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;",
    change: "traceId === undefined || spanId === undefined || flags === u … → flags === undefined",
    why: "All three are there, or none.",
  },
  {
    file: "telemetry/otel/span-attributes.ts",
    line: "if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;",
    change:
      "traceId === undefined || spanId === undefined || flags === u … → traceId === undefined || spanId === undefined",
    why: "All three are there, or none.",
  },
  {
    file: "telemetry/otel/span-attributes.ts",
    line: "if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;",
    change: "traceId === undefined || spanId === undefined → spanId === undefined",
    why: "All three are there, or none.",
  },
  {
    file: "telemetry/otel/span-attributes.ts",
    line: "if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;",
    change: "traceId === undefined || spanId === undefined → traceId === undefined",
    why: "All three are there, or none.",
  },
];
