import type { JournalEngine, JournalRecord } from "../journal/entry.js";
import type { Decision } from "../protocol/approvals.js";
import type { BackendError, BackendUsage, EndFacts, StopCause } from "../protocol/cell-backend.js";
import type { Question } from "../protocol/durable-calls.js";
import type { CellPlace } from "../protocol/outcome.js";

/** One record of a durable cell: an entry of its journal, or what only its resumption needs. */
export type DurableRecord = JournalRecord | ResumptionRecord;

/** A call waits for a decision: who lists questions reads this. `input` is what the tool is run with, checked. */
export interface AskedRecord extends Question {
  readonly kind: "asked";
  readonly call: number;
  /** The id of the question. */
  readonly approval: string;
}

/** What an end is told with each time. */
export interface EndDetails {
  readonly kind: "ending";
  readonly facts: EndFacts;
  readonly usage: BackendUsage;
  readonly error?: BackendError | undefined;
  readonly place?: CellPlace | undefined;
}

export type ResumptionRecord =
  | AskedRecord
  /** The first decision about that question. */
  | ({
      readonly kind: "decided";
      readonly call: number;
      readonly approval: string;
      /** When: milliseconds since the epoch. */
      readonly decidedAt: number;
    } & Decision)
  /** It runs by a plan: calls that are not in it need approval. The plan itself is with who has begun it. */
  | { readonly kind: "planned" }
  /** It waits for nothing but decisions, and its isolate is given up. */
  | { readonly kind: "parked" }
  /** A tool is about to run: from here on the call may have had an effect. */
  | { readonly kind: "began"; readonly call: number }
  /** How many output items and console lines of the cell its observers have had so far. */
  | { readonly kind: "told"; readonly output: number; readonly logs: number }
  /** How many notifications of the cell its handlers have had so far. */
  | { readonly kind: "notified"; readonly count: number }
  /** What is told of its end, besides what `ended` says, which follows. */
  | EndDetails
  /** The cell has ended, and its tool is about to revert a call; `attempt` is 1 the first time. */
  | { readonly kind: "reverting"; readonly call: number; readonly attempt: number }
  /** Its tool has reverted the call, or has thrown `error`. */
  | { readonly kind: "reverted"; readonly call: number; readonly ok: true }
  | { readonly kind: "reverted"; readonly call: number; readonly ok: false; readonly error: string }
  /** The cell was asked to stop; `ended` follows. */
  | ({ readonly kind: "stopped" } & StopCause)
  /** Another incarnation of the cell has come to where the one before was, and goes on. */
  | { readonly kind: "resumed"; readonly epoch: number; readonly engine: JournalEngine };

const kinds: ReadonlySet<string> = new Set([
  "asked",
  "decided",
  "planned",
  "parked",
  "began",
  "told",
  "notified",
  "ending",
  "reverting",
  "reverted",
  "stopped",
  "resumed",
] satisfies ResumptionRecord["kind"][]);

export function isResumptionKind(kind: string): boolean {
  return kinds.has(kind);
}
