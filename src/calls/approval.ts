import { describeThrown, describeValue } from "../base/describe-value.js";
import type { ApprovalDecision, ApprovalHandler, ApprovalRequest } from "../protocol/approvals.js";
import type { CheckedInput } from "../tools/input-check.js";
import type { RegisteredTool } from "../tools/registered-tool.js";
import type { ReasonedPolicy, ToolContext } from "../tools/tool-definition.js";
import type { PlannedCalls } from "./planned-calls.js";

/** How a request for approval ended. `aborted`: the cell ended before the decision. */
export interface ApprovalSettlement {
  readonly status: "approved" | "refused" | "failed" | "aborted";
  readonly durationMs: number;
  /** What the handler said, or why it failed. */
  readonly reason?: string;
  /** What the handler put instead of the cell's input. */
  readonly input?: unknown;
}

/** Who decides, and who is told of it. */
export interface ApprovalOptions {
  /** Innermost first. */
  readonly handlers: readonly ApprovalHandler[];
  readonly onRequested: (request: ApprovalRequest) => void;
  /** Of a durable cell: the call waits from here on; it is told when that is durable. */
  readonly onAsked: () => void;
  /** Of a durable cell: no handler of this process decides, and others may. */
  readonly onLeft: () => void;
  readonly onSettled: (settlement: ApprovalSettlement) => void;
}

/** A call whose input has been checked and whose tool has not run. */
export interface CheckedCall {
  readonly tool: RegisteredTool;
  readonly context: ToolContext;
  readonly input: unknown;
  /** Where the cell runs by a plan. */
  readonly planned: PlannedCalls | undefined;
}

/** What happens to a call, by what its tool says and by the plan. */
export function policyOf({
  tool,
  context,
  input,
  planned,
}: CheckedCall): ReasonedPolicy | Promise<ReasonedPolicy> {
  const own = tool.approvalOf(input, context);
  if (planned === undefined) return own;
  return own instanceof Promise
    ? own.then((policy) => planned.policyOf(tool, input, policy))
    : planned.policyOf(tool, input, own);
}

/**
 * Resolves with the input to run the tool with, when the call may run.
 *
 * @throws {Error} If the call may not run; the message says why, for the cell.
 */
export async function approve(call: CheckedCall, options: ApprovalOptions): Promise<CheckedInput> {
  const { tool, input } = call;
  const decided = policyOf(call);
  // At once where it can be: a cell that yields in the same moment is known to wait.
  const { policy, reason } = decided instanceof Promise ? await decided : decided;
  switch (policy) {
    case "auto":
      return { input };
    case "deny":
      throw notCalled(tool, withReason("the call is denied", reason));
    case "ask":
      return ask(call, reason, options);
  }
}

async function ask(
  call: CheckedCall,
  reason: string | undefined,
  { handlers, onRequested, onSettled }: ApprovalOptions,
): Promise<CheckedInput> {
  const { tool, context } = call;
  const { signal } = context;
  signal.throwIfAborted();
  if (handlers.length === 0) {
    throw notCalled(
      tool,
      "it needs approval, and no handler is set that could give it: set onApproval in the options of createCodeMode, openSession or exec.",
    );
  }
  const request = toRequest(call, reason);
  const askedAt = performance.now();
  let isSettled = false;
  const settle = (settlement: Omit<ApprovalSettlement, "durationMs">): void => {
    if (isSettled) return;
    isSettled = true;
    onSettled({ ...settlement, durationMs: performance.now() - askedAt });
  };
  // At once, so that it is told before the call's own end.
  const onAbort = (): void => settle({ status: "aborted" });
  signal.addEventListener("abort", onAbort, { once: true });
  onRequested(request);
  try {
    const decision = await decide(request, signal, handlers);
    signal.throwIfAborted();
    if (!decision.approved) {
      settle({ status: "refused", ...reasonOf(decision) });
      throw notCalled(tool, withReason("approval was refused", decision.reason));
    }
    if (decision.input === undefined) {
      settle({ status: "approved", ...reasonOf(decision) });
      return { input: call.input };
    }
    const checked = await checkOther(tool, decision.input);
    signal.throwIfAborted();
    settle({ status: "approved", ...reasonOf(decision), input: decision.input });
    return checked;
  } catch (thrown) {
    // Does nothing where the request has been settled.
    settle({ status: "failed", reason: describeThrown(thrown) });
    throw thrown;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

export async function checkOther(tool: RegisteredTool, input: unknown): Promise<CheckedInput> {
  try {
    // How long its text is was never looked at.
    return await tool.checkInput(input, Number.POSITIVE_INFINITY);
  } catch (thrown) {
    const why = describeThrown(thrown);
    throw notCalled(tool, `the input that the onApproval handler gave is not valid. ${why}`);
  }
}

async function decide(
  request: ApprovalRequest,
  signal: AbortSignal,
  handlers: readonly ApprovalHandler[],
): Promise<ApprovalDecision> {
  const decision = await askHandlers(request, signal, handlers);
  if (decision !== undefined) return decision;
  throw notCalled(request, "it needs approval, and no onApproval handler has decided.");
}

/**
 * Asks the handlers, the innermost first, until one decides; undefined where none has.
 *
 * @throws {Error} If one fails, or gives no answer; the message says so, for the cell.
 */
export async function askHandlers(
  request: ApprovalRequest,
  signal: AbortSignal,
  handlers: readonly ApprovalHandler[],
): Promise<ApprovalDecision | undefined> {
  for (const handler of handlers) {
    let answer: unknown;
    try {
      answer = await handler(request, { signal });
    } catch (thrown) {
      const why = describeThrown(thrown);
      throw notCalled(request, `it needs approval, and the onApproval handler failed: ${why}`);
    }
    signal.throwIfAborted();
    if (answer === undefined) continue;
    if (typeof answer === "boolean") return { approved: answer };
    if (isDecision(answer)) return answer;
    const expected = "true, false, or { approved } with a reason or another input";
    throw notCalled(
      request,
      `it needs approval, and the onApproval handler must answer ${expected}; it answered ${describeValue(answer)}.`,
    );
  }
  return undefined;
}

export function toRequest(
  { tool, context, input }: CheckedCall,
  reason: string | undefined,
): ApprovalRequest {
  const { sessionId, cellId, callId } = context;
  const { name, namespace, description } = tool;
  return {
    sessionId,
    cellId,
    callId,
    tool: name,
    namespace,
    description,
    input,
    ...(reason !== undefined && { reason }),
  };
}

function isDecision(answer: unknown): answer is ApprovalDecision {
  if (typeof answer !== "object" || answer === null) return false;
  const { approved, reason, by }: Partial<Record<keyof ApprovalDecision, unknown>> = answer;
  const areTexts = [reason, by].every((text) => text === undefined || typeof text === "string");
  return typeof approved === "boolean" && areTexts;
}

function reasonOf({ reason }: ApprovalDecision): { readonly reason?: string } {
  return reason === undefined ? {} : { reason };
}

export function withReason(what: string, reason: string | undefined): string {
  return reason === undefined || reason === "" ? `${what}.` : `${what}: ${reason}`;
}

export function notCalled(tool: RegisteredTool | ApprovalRequest, why: string): Error {
  const name = "tool" in tool ? tool.tool : tool.name;
  return new Error(`The tool "${name}" was not called: ${why}`);
}
