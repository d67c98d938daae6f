import type { CellEnd } from "./cell-state.js";
import type { CellUsage, EndedOutcome } from "./outcome.js";

/** Builds the outcome of a cell that has ended. */
export function toOutcome(cellId: string, end: CellEnd, usage: CellUsage): EndedOutcome {
  const { output, logs, warnings } = end;
  const ended = { cellId, output, logs, warnings, usage };
  switch (end.status) {
    case "completed":
      return { status: "completed", ...ended };
    case "failed":
      return { status: "failed", ...ended, error: end.error, ...orphanedWhere(end) };
    case "terminated":
      return { status: "terminated", ...ended, reason: end.reason, ...orphanedWhere(end) };
  }
}

function orphanedWhere({ isOrphaned }: { readonly isOrphaned: boolean }): { orphaned?: true } {
  return isOrphaned ? { orphaned: true } : {};
}
