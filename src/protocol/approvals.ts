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
  /** Of a durable cell: what `CodeMode.decide` calls the question. Else not set. */
  readonly approvalId?: string;
  /** Of a durable cell: a process that has ended since has asked this already. Else not set. */
  readonly isRepeated?: true;
}

/** A decision with a reason or another input. */
export interface ApprovalDecision {
  readonly approved: boolean;
  /** Why; the cell reads it where the call is refused. */
  readonly reason?: string | undefined;
  /** Runs the tool with this instead of the cell's input; the tool's schema checks it too. */
  readonly input?: unknown;
  /** Who has decided, for the journal of a durable cell. Nothing checks it. */
  readonly by?: string | undefined;
}

/**
 * The answer of an `onApproval` handler; undefined leaves the decision to the next outer handler.
 */
export type ApprovalAnswer = boolean | ApprovalDecision | undefined;

/** The second argument of an `onApproval` handler. */
export interface ApprovalContext {
  /**
   * Aborted when the cell ends before the decision, or when `CodeMode.decide` has decided; an answer after
   * that has no effect.
   */
  readonly signal: AbortSignal;
}

/** Decides whether a tool call that needs approval may run. */
export type ApprovalHandler = (
  request: ApprovalRequest,
  context: ApprovalContext,
) => ApprovalAnswer | PromiseLike<ApprovalAnswer>;

/** What `CodeMode.decide` says about a call of a durable cell. */
export interface Decision {
  /** `"approve"` runs the tool, `"deny"` rejects the call in the cell. */
  readonly verdict: "approve" | "deny";
  /** Who decides, for the journal. Nothing checks it. Default: not set. */
  readonly by?: string | undefined;
  /** Why, for the journal; the cell reads it where the call is denied. Default: not set. */
  readonly note?: string | undefined;
  /** Runs the tool with this JSON value instead of the cell's input; the tool's schema checks it too. */
  readonly input?: unknown;
}

/** A decision as the store has it. */
export interface KeptDecision extends Decision {
  /** When: milliseconds since the epoch. */
  readonly at: number;
}

/** A call of a durable cell that was asked about. */
export interface KeptApproval extends Omit<ApprovalRequest, "isRepeated" | "approvalId"> {
  readonly approvalId: string;
  /** When: milliseconds since the epoch. */
  readonly askedAt: number;
  /** `open`: it waits for a decision; `ended`: the cell has ended without one. */
  readonly state: "open" | "decided" | "ended";
  /** Set where it is decided. */
  readonly decision?: KeptDecision;
}

/** Which calls `CodeMode.approvals` lists. */
export interface ApprovalsQuery {
  readonly cellId?: string | undefined;
  readonly sessionId?: string | undefined;
  /** Default: `"open"`. */
  readonly state?: "open" | "all" | undefined;
  /** The id of the last question of the page before: only later ones are listed. */
  readonly after?: string | undefined;
  /** How many are listed at most. Default: 1000. */
  readonly limit?: number | undefined;
}

/**
 * What has come of a decision. `decided`: it holds; `alreadyDecided`: another was first, and holds; `ended`: the
 * cell has ended; `missing`: the store has no such question.
 */
export type DecideOutcome =
  | { readonly status: "decided" | "alreadyDecided"; readonly decision: KeptDecision }
  | { readonly status: "ended" | "missing" };
