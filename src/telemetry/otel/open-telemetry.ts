import {
  context,
  type MeterProvider,
  metrics,
  type Tracer,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";
import { checkBoolean, checkOptionsObject, invalidOption } from "../../base/option-checks.js";
import { packageVersion } from "../../base/package-version.js";
import type { CellOutcome } from "../../protocol/outcome.js";
import type { CodeModeStats } from "../../protocol/stats.js";
import type {
  CellTrace,
  FollowedCell,
  FollowedRequest,
  Telemetry,
} from "../../protocol/telemetry.js";
import { CellSpan } from "./cell-span.js";
import { Instruments } from "./instruments.js";
import { SafeSpan } from "./safe-span.js";
import { errorTypeOf, outcomeAttributes, outputOf } from "./span-attributes.js";

export interface OpenTelemetryOptions {
  /** Where spans go. Default: the global provider of `@opentelemetry/api`. */
  readonly tracerProvider?: TracerProvider | undefined;
  /** Where metrics go. Default: the global provider, as it is when `openTelemetry` is called. */
  readonly meterProvider?: MeterProvider | undefined;
  /**
   * Whether spans have what is secret in many programs: sources of cells, inputs and results of tools, outputs, and
   * the messages of errors. Default: false.
   */
  readonly captureContent?: boolean | undefined;
}

/**
 * Spans and metrics of OpenTelemetry for the option `telemetry` of `createCodeMode`: a span for each exec and wait,
 * each cell and each tool call. They belong to the caller's trace, and what a tool does belongs to its call.
 * docs/telemetry.md has the names. Several runtimes may share one; their metrics are added up.
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION.
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): Telemetry {
  checkOptionsObject("the options of openTelemetry", options, [
    "tracerProvider",
    "meterProvider",
    "captureContent",
  ]);
  const { tracerProvider, meterProvider, captureContent } = options;
  checkBoolean("captureContent", captureContent);
  checkProvider("tracerProvider", tracerProvider, "getTracer");
  checkProvider("meterProvider", meterProvider, "getMeter");
  const version = packageVersion();
  const tracer = (tracerProvider ?? trace.getTracerProvider()).getTracer("codecell", version);
  const meter = (meterProvider ?? metrics.getMeterProvider()).getMeter("codecell", version);
  return new OpenTelemetry(tracer, new Instruments(meter), captureContent ?? false);
}

function checkProvider(name: string, provider: object | undefined, method: string): void {
  if (provider === undefined) return;
  const isProvider =
    typeof provider === "object" &&
    provider !== null &&
    typeof (provider as Readonly<Record<string, unknown>>)[method] === "function";
  if (!isProvider) throw invalidOption(name, `an object with a method ${method}`, provider);
}

class OpenTelemetry implements Telemetry {
  readonly #tracer: Tracer;
  readonly #instruments: Instruments;
  readonly #hasContent: boolean;

  constructor(tracer: Tracer, instruments: Instruments, hasContent: boolean) {
    this.#tracer = tracer;
    this.#instruments = instruments;
    this.#hasContent = hasContent;
  }

  runtime(stats: () => CodeModeStats): () => void {
    return this.#instruments.follow(stats);
  }

  async observe<Outcome extends CellOutcome>(
    { by, sessionId }: FollowedRequest,
    run: () => Promise<Outcome>,
  ): Promise<Outcome> {
    const attributes = { "gen_ai.conversation.id": sessionId };
    const span = new SafeSpan(this.#tracer, `codecell.${by}`, { attributes }, context.active());
    try {
      const outcome = await context.with(span.context, run);
      span.set(outcomeAttributes(outcome));
      if (outcome.status === "failed")
        span.fail(outcome.error.code, this.#text(outcome.error.text));
      if (this.#hasContent) span.set({ "codecell.output": outputOf(outcome) });
      return outcome;
    } catch (thrown) {
      span.fail(errorTypeOf(thrown), this.#text(thrown instanceof Error ? thrown.message : ""));
      throw thrown;
    } finally {
      span.end();
    }
  }

  cell(cell: FollowedCell): CellTrace {
    return new CellSpan(cell, {
      tracer: this.#tracer,
      instruments: this.#instruments,
      hasContent: this.#hasContent,
    });
  }

  #text(message: string): string | undefined {
    return this.#hasContent ? message : undefined;
  }
}
