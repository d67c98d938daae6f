import type { CellUsage, EndedOutcome } from "../protocol/outcome.js";
import type { CellEnd } from "./cell-state.js";

/** Builds the outcome of a cell that has ended. */
export function toOutcome(cellId: string, end: CellEnd, usage: CellUsage): EndedOutcome {
  const { verdict, output, logs, warnings } = end;
  // Spelled out: to spread one object into another takes an engine microseconds.
  if (verdict.status === "completed") {
    return { status: "completed", cellId, output, logs, warnings, usage };
  }
  const ended = { cellId, output, logs, warnings, usage };
  const orphaned = verdict.isOrphaned ? ({ orphaned: true } as const) : {};
  return verdict.status === "failed"
    ? { status: "failed", ...ended, error: verdict.error, ...orphaned }
    : { status: "terminated", ...ended, reason: verdict.reason, ...orphaned };
}
