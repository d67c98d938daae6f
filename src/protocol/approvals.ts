/** A tool call that waits for a decision. */
export interface ApprovalRequest {
  readonly sessionId: string;
  readonly cellId: string;
  /** Unique among the calls of its cell. */
  readonly callId: string;
  /** The tool's name under `tools`. */
  readonly tool: string;
  /** The parts of the tool's namespace joined by `/`, such as `mcp/files`; empty where it has none. */
  readonly namespace: string;
  readonly description: string;
  /** What the tool is run with when the call is approved: checked, and as the schema made it. */
  readonly input: unknown;
  /** Why the call needs approval, where its tool says so. */
  readonly reason?: string;
}

/** A decision with more to it than yes or no. */
export interface ApprovalDecision {
  readonly approved: boolean;
  /** Why; the cell reads it where the call is refused. */
  readonly reason?: string | undefined;
  /** Runs the tool with this in the place of the cell's input; the tool's schema checks it too. */
  readonly input?: unknown;
}

/** What an `onApproval` handler says; undefined leaves the decision to the next outer handler. */
export type ApprovalAnswer = boolean | ApprovalDecision | undefined;

/** What an `onApproval` handler gets besides the request. */
export interface ApprovalContext {
  /** Aborted when the cell ends before the decision: the question is to be taken back. */
  readonly signal: AbortSignal;
}

/** Decides whether a tool call that needs approval may run. */
export type ApprovalHandler = (
  request: ApprovalRequest,
  context: ApprovalContext,
) => ApprovalAnswer | PromiseLike<ApprovalAnswer>;
