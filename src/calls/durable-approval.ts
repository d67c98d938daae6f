import { describeThrown } from "../base/describe-value.js";
import type { ApprovalRequest, Decision } from "../protocol/approvals.js";
import type { DurableCalls, KeptQuestion } from "../protocol/durable-calls.js";
import type { CheckedInput } from "../tools/input-check.js";
import {
  type ApprovalOptions,
  askHandlers,
  type CheckedCall,
  checkOther,
  notCalled,
  policyOf,
  toRequest,
  withReason,
} from "./approval.js";

/** A call of a durable cell, as its journal knows it. */
export interface DurableApproval {
  readonly callId: number;
  readonly calls: DurableCalls;
}

/**
 * Resolves with the input to run the tool with, when a call of a durable cell may run. The store has the
 * question before a handler is asked. A later process asks no second question about the call, and the first
 * decision holds, in whichever process it is given.
 *
 * @throws {Error} If the call may not run; the message says why, for the cell.
 */
export async function approveDurably(
  call: CheckedCall,
  options: ApprovalOptions,
  durable: DurableApproval,
): Promise<CheckedInput> {
  const known = durable.calls.asked(durable.callId);
  if (known?.decision !== undefined) return follow(call, known.decision);
  if (known === undefined) {
    // Its tool has run in an earlier process, so it was admitted.
    if (durable.calls.attempt(durable.callId) > 1) return { input: call.input };
    const decided = policyOf(call);
    // At once where it can be: a cell that yields in the same moment is known to wait.
    const { policy, reason } = decided instanceof Promise ? await decided : decided;
    if (policy === "auto") return { input: call.input };
    if (policy === "deny") throw notCalled(call.tool, withReason("the call is denied", reason));
    return ask(call, toRequest(call, reason), undefined, options, durable);
  }
  return ask(call, toRequest(call, known.reason), known, options, durable);
}

async function ask(
  call: CheckedCall,
  request: ApprovalRequest,
  known: KeptQuestion | undefined,
  { handlers, onAsked, onRequested, onLeft, onSettled }: ApprovalOptions,
  { callId, calls }: DurableApproval,
): Promise<CheckedInput> {
  const { signal } = call.context;
  signal.throwIfAborted();
  const askedAt = performance.now();
  onAsked();
  // So that it is told before the call's own end.
  let settle = (settlement: Parameters<typeof onSettled>[0]): void => {
    settle = () => {};
    onSettled(settlement);
  };
  const durationMs = (): number => performance.now() - askedAt;
  const onAbort = (): void => settle({ status: "aborted", durationMs: durationMs() });
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const input = inJson(request.input);
    // What was approved is that input and no other; the schema may be another since.
    const isSame = known !== undefined && JSON.stringify(known.input) === JSON.stringify(input);
    const { sessionId: _s, cellId: _c, ...asked } = request;
    const approvalId = isSame ? known.approvalId : await calls.ask(callId, { ...asked, input });
    signal.throwIfAborted();
    const repeated = isSame ? { isRepeated: true as const } : {};
    const told = { ...request, approvalId, ...repeated };
    onRequested(told);
    const decision = await calls.decided(
      callId,
      { approvalId, isRepeated: isSame },
      async (over) => {
        const answer = await answerOf(told, over, handlers);
        if (answer === undefined) onLeft();
        return answer;
      },
      signal,
    );
    signal.throwIfAborted();
    const reason = decision.note === undefined ? {} : { reason: decision.note };
    const isApproved = decision.verdict === "approve";
    const status = isApproved ? "approved" : "refused";
    const other = isApproved && decision.input !== undefined ? { input: decision.input } : {};
    settle({ status, durationMs: durationMs(), ...reason, ...other });
    return await follow(call, decision);
  } catch (thrown) {
    settle({ status: "failed", durationMs: durationMs(), reason: describeThrown(thrown) });
    throw thrown;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Runs the tool as the decision says, or throws. */
async function follow(
  { tool, input }: CheckedCall,
  { verdict, note, input: other }: Decision,
): Promise<CheckedInput> {
  if (verdict === "deny") throw notCalled(tool, withReason("approval was refused", note));
  return other === undefined ? { input } : checkOther(tool, other);
}

/** What the handlers decide; undefined where they leave it to others. */
async function answerOf(
  request: ApprovalRequest,
  signal: AbortSignal,
  handlers: ApprovalOptions["handlers"],
): Promise<Decision | undefined> {
  try {
    const decision = await askHandlers(request, signal, handlers);
    if (decision === undefined) return undefined;
    const { approved, reason, input, by = "onApproval" } = decision;
    return { verdict: approved ? "approve" : "deny", by, note: reason, input };
  } catch (thrown) {
    return { verdict: "deny", by: "onApproval", note: describeThrown(thrown) };
  }
}

/** As who lists the question reads it. */
function inJson(input: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(input) ?? "null");
  } catch {
    return String(input);
  }
}
