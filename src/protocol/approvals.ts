/** A tool call that waits for a decision. */
export interface ApprovalRequest {
  readonly sessionId: string;
  readonly cellId: string;
  /** Unique among the calls of its session. */
  readonly callId: string;
  /** The tool's name under `tools`. */
  readonly tool: string;
  /** The parts of the tool's namespace joined by `/`, such as `mcp/files`; empty if it has none. */
  readonly namespace: string;
  readonly description: string;
  /** What the tool is run with when the call is approved: checked, and as the schema made it. */
  readonly input: unknown;
  /** Why the call needs approval, if its tool says so. */
  readonly reason?: string;
}

/** A decision with a reason or another input. */
export interface ApprovalDecision {
  readonly approved: boolean;
  /** Why; the cell reads it where the call is refused. */
  readonly reason?: string | undefined;
  /** Runs the tool with this instead of the cell's input; the tool's schema checks it too. */
  readonly input?: unknown;
}

/**
 * The answer of an `onApproval` handler; undefined leaves the decision to the next outer handler.
 */
export type ApprovalAnswer = boolean | ApprovalDecision | undefined;

/** The second argument of an `onApproval` handler. */
export interface ApprovalContext {
  /** Aborted when the cell ends before the decision; an answer after that has no effect. */
  readonly signal: AbortSignal;
}

/** Decides whether a tool call that needs approval may run. */
export type ApprovalHandler = (
  request: ApprovalRequest,
  context: ApprovalContext,
) => ApprovalAnswer | PromiseLike<ApprovalAnswer>;
