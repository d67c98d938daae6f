import { builtin } from "../base/builtin.js";
import type { Decision, KeptDecision } from "../protocol/approvals.js";
import type { DurableCalls, KeptQuestion, Question } from "../protocol/durable-calls.js";
import type { DurableCellOptions } from "./durable-cell-options.js";
import type { Parking } from "./parking.js";

/** The calls of one cell, as its journal knows them. */
export class DurableCellCalls implements DurableCalls {
  readonly #options: DurableCellOptions;
  readonly #parking: Parking;

  constructor(options: DurableCellOptions, parking: Parking) {
    this.#options = options;
    this.#parking = parking;
  }

  idempotencyKey(callId: number): string {
    return `${this.#options.cellId}/${callId}`;
  }

  attempt(callId: number): number {
    return (this.#options.resumption?.kept.begun.get(callId) ?? 0) + 1;
  }

  begin(callId: number): Promise<void> {
    this.#options.journal.push({ kind: "began", call: callId });
    return this.#options.journal.flushed();
  }

  asked(callId: number): KeptQuestion | undefined {
    return this.#options.resumption?.kept.questions.get(callId);
  }

  async ask(call: number, question: Question): Promise<string> {
    const approval = builtin("node:crypto").randomUUID();
    this.#options.journal.push({ kind: "asked", call, approval, ...question });
    await this.#options.journal.flushed();
    return approval;
  }

  async decided(
    call: number,
    { approvalId, isRepeated }: { readonly approvalId: string; readonly isRepeated: boolean },
    answer: (signal: AbortSignal) => Promise<Decision | undefined>,
    signal: AbortSignal,
  ): Promise<KeptDecision> {
    const options = { isRepeated, answer, signal };
    this.#parking.asks(call);
    const decision = await this.#options.questions
      .first(approvalId, options)
      .finally(() => this.#parking.decided(call));
    const { at: decidedAt, ...decided } = decision;
    this.#options.journal.push({
      kind: "decided",
      call,
      approval: approvalId,
      decidedAt,
      ...decided,
    });
    return decision;
  }
}
