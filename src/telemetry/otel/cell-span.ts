import { context, isSpanContextValid, type Link, type Tracer } from "@opentelemetry/api";
import type { EndedOutcome, YieldReason } from "../../protocol/outcome.js";
import type {
  CallTrace,
  CellTrace,
  FollowedCall,
  FollowedCell,
  SettledCall,
} from "../../protocol/telemetry.js";
import type { Instruments } from "./instruments.js";
import { SafeSpan } from "./safe-span.js";
import {
  errorTypeOf,
  outcomeAttributes,
  spanContextOf,
  usageAttributes,
} from "./span-attributes.js";

export interface CellSpanOptions {
  readonly tracer: Tracer;
  readonly instruments: Instruments;
  readonly hasContent: boolean;
}

/** The span of a cell, in this process. */
export class CellSpan implements CellTrace {
  readonly #options: CellSpanOptions;
  readonly #ids: { readonly sessionId: string; readonly cellId: string };
  readonly #span: SafeSpan;

  constructor({ sessionId, cellId, source, resumes }: FollowedCell, options: CellSpanOptions) {
    this.#options = options;
    this.#ids = { sessionId, cellId };
    const first = spanContextOf(resumes);
    const links: Link[] =
      first !== undefined && isSpanContextValid(first) ? [{ context: first }] : [];
    const attributes = {
      "gen_ai.conversation.id": sessionId,
      "codecell.cell.id": cellId,
      ...(resumes !== undefined && { "codecell.cell.resumed": true }),
      ...(options.hasContent && { "codecell.source": source }),
    };
    const span = { attributes, links };
    this.#span = new SafeSpan(options.tracer, "codecell.cell", span, context.active());
  }

  get traceparent(): string | undefined {
    return this.#span.traceparent;
  }

  call(call: FollowedCall): CallTrace {
    return new CallSpan(call, this.#ids, this.#span, this.#options);
  }

  yielded(reason: YieldReason): void {
    this.#span.event("codecell.yielded", { "codecell.reason": reason });
  }

  parked(): void {
    this.#span.event("codecell.parked");
  }

  unparked(): void {
    this.#span.event("codecell.unparked");
  }

  ended(outcome: EndedOutcome): void {
    const { instruments, hasContent } = this.#options;
    this.#span.set({ ...outcomeAttributes(outcome), ...usageAttributes(outcome.usage) });
    const error = outcome.status === "failed" ? outcome.error : undefined;
    if (error !== undefined) this.#span.fail(error.code, hasContent ? error.text : undefined);
    this.#span.end();
    instruments.cellEnded(outcome.usage.wallMs, {
      "codecell.status": outcome.status,
      ...(error !== undefined && { "error.type": error.code }),
    });
  }

  refused(code: string): void {
    this.#span.fail(code, undefined);
    this.#span.end();
  }
}

/** The span of a tool call. */
class CallSpan implements CallTrace {
  readonly #call: FollowedCall;
  readonly #options: CellSpanOptions;
  readonly #span: SafeSpan;
  readonly #startedAt = performance.now();

  constructor(
    call: FollowedCall,
    { sessionId, cellId }: { readonly sessionId: string; readonly cellId: string },
    cell: SafeSpan,
    options: CellSpanOptions,
  ) {
    this.#call = call;
    this.#options = options;
    const attributes = {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": call.tool,
      "gen_ai.tool.type": "function",
      "gen_ai.tool.call.id": call.callId,
      "gen_ai.tool.description": call.description,
      "gen_ai.conversation.id": sessionId,
      "codecell.cell.id": cellId,
      ...(options.hasContent && { "gen_ai.tool.call.arguments": call.input }),
    };
    const name = `execute_tool ${call.tool}`;
    this.#span = new SafeSpan(options.tracer, name, { attributes }, cell.context);
  }

  run<Result>(execute: () => Result): Result {
    return context.with(this.#span.context, execute);
  }

  settled(how: SettledCall): void {
    const { hasContent, instruments } = this.#options;
    const failure = failureOf(how);
    if (failure !== undefined) this.#span.fail(failure.type, hasContent ? failure.text : undefined);
    if (how.status === "fulfilled" && hasContent) {
      this.#span.set({ "gen_ai.tool.call.result": how.result });
    }
    this.#span.end();
    instruments.callEnded(performance.now() - this.#startedAt, {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": this.#call.tool,
      ...(failure !== undefined && { "error.type": failure.type }),
    });
  }
}

function failureOf(
  how: SettledCall,
): { readonly type: string; readonly text?: string } | undefined {
  switch (how.status) {
    case "fulfilled":
      return undefined;
    case "rejected":
      return { type: errorTypeOf(how.thrown), text: how.error };
    case "aborted":
      return { type: "ERR_CELL_ENDED" };
  }
}
