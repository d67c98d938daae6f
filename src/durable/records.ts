import type { JournalEngine, JournalRecord } from "../journal/entry.js";
import type { StopCause } from "../protocol/cell-backend.js";

/** One record of a durable cell: an entry of its journal, or what only its resumption needs. */
export type DurableRecord = JournalRecord | ResumptionRecord;

export type ResumptionRecord =
  /** A tool is about to run: from here on the call may have had an effect. */
  | { readonly kind: "began"; readonly call: number }
  /** How many output items and console lines of the cell its observers have had so far. */
  | { readonly kind: "told"; readonly output: number; readonly logs: number }
  /** How many notifications of the cell its handlers have had so far. */
  | { readonly kind: "notified"; readonly count: number }
  /** The cell was asked to stop; `ended` follows. */
  | ({ readonly kind: "stopped" } & StopCause)
  /** Another incarnation of the cell has come to where the one before was, and goes on. */
  | { readonly kind: "resumed"; readonly epoch: number; readonly engine: JournalEngine };

const kinds: ReadonlySet<string> = new Set([
  "began",
  "told",
  "notified",
  "stopped",
  "resumed",
] satisfies ResumptionRecord["kind"][]);

export function isResumptionKind(kind: string): boolean {
  return kinds.has(kind);
}
