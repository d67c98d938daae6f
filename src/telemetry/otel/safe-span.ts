import {
  type Attributes,
  type Context,
  diag,
  INVALID_SPAN_CONTEXT,
  type Span,
  type SpanOptions,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";

/** A span whose SDK may fail without harm to what it is of. */
export class SafeSpan {
  /** In which the span is active. */
  readonly context: Context;
  readonly #span: Span;

  constructor(tracer: Tracer, name: string, options: SpanOptions, parent: Context) {
    const none = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    this.#span = quietly(() => tracer.startSpan(name, options, parent)) ?? none;
    this.context = trace.setSpan(parent, this.#span);
  }

  /** As W3C Trace Context writes it; undefined where the span is of no trace. */
  get traceparent(): string | undefined {
    const own = quietly(() => this.#span.spanContext());
    if (own === undefined || !trace.isSpanContextValid(own)) return undefined;
    const flags = (own.traceFlags & 0xff).toString(16).padStart(2, "0");
    return `00-${own.traceId}-${own.spanId}-${flags}`;
  }

  set(attributes: Attributes): void {
    quietly(() => this.#span.setAttributes(attributes));
  }

  event(name: string, attributes: Attributes = {}): void {
    quietly(() => this.#span.addEvent(name, attributes));
  }

  /** @param message - Undefined where it is not to be told. */
  fail(errorType: string, message: string | undefined): void {
    this.set({ "error.type": errorType });
    const status = { code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) };
    quietly(() => this.#span.setStatus(status));
  }

  end(): void {
    quietly(() => this.#span.end());
  }
}

/** What an SDK throws is told to its own log. */
export function quietly<Result>(run: () => Result): Result | undefined {
  try {
    return run();
  } catch (thrown) {
    diag.error("codecell: OpenTelemetry has failed.", thrown);
    return undefined;
  }
}
