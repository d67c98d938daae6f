import type { Decision, KeptDecision } from "./approvals.js";

/** What the tool calls of a durable cell need of its journal. */
export interface DurableCalls {
  /** The same each time that the call is made, and unique among all calls of all cells. */
  idempotencyKey(callId: number): string;
  /** 1 for the first time that the tool runs for this call. */
  attempt(callId: number): number;
  /** Resolves when it is durable that the tool may have run; rejects where it must not run. */
  begin(callId: number): Promise<void>;
  /** What the journal has of a question about the call, from an earlier process. */
  asked(callId: number): KeptQuestion | undefined;
  /** Resolves with the question's id when it is durable that the call waits for a decision. */
  ask(callId: number, question: Question): Promise<string>;
  /**
   * Resolves with the first decision about a question, whoever gives it.
   *
   * @param answer - Asks here; undefined leaves the decision to others. Its signal is aborted when somebody
   *   else has decided, or the call is aborted.
   * @param signal - Of the call: no decision is waited for any more, and none is given here.
   */
  decided(
    callId: number,
    question: { readonly approvalId: string; readonly isRepeated: boolean },
    answer: (signal: AbortSignal) => Promise<Decision | undefined>,
    signal: AbortSignal,
  ): Promise<KeptDecision>;
}

/** What is asked about a call. */
export interface Question {
  /** The call's id, as events have it. */
  readonly callId: string;
  readonly tool: string;
  readonly namespace: string;
  readonly description: string;
  /** As JSON has it. */
  readonly input: unknown;
  readonly reason?: string;
}

/** A question as the journal has it. */
export interface KeptQuestion extends Question {
  readonly approvalId: string;
  /** Where the journal has one. */
  readonly decision: KeptDecision | undefined;
}
