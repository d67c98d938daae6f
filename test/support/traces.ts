import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { expect } from "vitest";
import { type CodeMode, type CodeModeOptions, createCodeMode } from "../../src/index.js";
import { type OpenTelemetryOptions, openTelemetry } from "../../src/otel.js";

/** Spans as an SDK exports them. */
export class Traces {
  readonly #exporter = new InMemorySpanExporter();
  readonly provider: BasicTracerProvider;

  constructor(...processors: readonly SpanProcessor[]) {
    const spanProcessors = [...processors, new SimpleSpanProcessor(this.#exporter)];
    this.provider = new BasicTracerProvider({ spanProcessors });
  }

  get spans(): readonly ReadableSpan[] {
    return this.#exporter.getFinishedSpans();
  }

  /** The only one of its name. */
  one(name: string): ReadableSpan {
    const found = this.spans.filter((span) => span.name === name);
    expect(found.map((span) => span.name)).toEqual([name]);
    return found[0] as ReadableSpan;
  }

  codeMode(options: CodeModeOptions = {}, telemetry: OpenTelemetryOptions = {}): CodeMode {
    const { provider: tracerProvider } = this;
    return createCodeMode({
      ...options,
      telemetry: openTelemetry({ tracerProvider, ...telemetry }),
    });
  }
}
