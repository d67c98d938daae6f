import type { CellPlace, CellUsage, EndedOutcome } from "../protocol/outcome.js";
import type { CellEnd } from "./cell-state.js";
import { droppedCallsWarning } from "./dropped-calls.js";

/**
 * Builds the outcome of a cell that has ended.
 *
 * @param droppedCalls - The tools whose calls were open when the cell's code ended.
 * @param place - Not set for a thread of this process.
 * @param endedAt - Milliseconds since the epoch.
 */
export function toOutcome(
  cellId: string,
  end: CellEnd,
  usage: CellUsage,
  droppedCalls: readonly string[],
  place: CellPlace | undefined,
  endedAt: number,
): EndedOutcome {
  const { verdict, output, logs } = end;
  const isOwnEnd = verdict.status === "completed" || verdict.status === "failed";
  const warnings =
    droppedCalls.length > 0 && isOwnEnd
      ? [...end.warnings, droppedCallsWarning(droppedCalls, verdict.status)]
      : end.warnings;
  // Spelled out: to spread one object into another takes an engine microseconds.
  if (verdict.status === "completed" && place === undefined) {
    return { status: "completed", cellId, output, logs, warnings, usage, endedAt };
  }
  const ended = { cellId, output, logs, warnings, usage, endedAt, ...place };
  if (verdict.status === "completed") return { status: "completed", ...ended };
  const orphaned = verdict.isOrphaned ? ({ orphaned: true } as const) : {};
  return verdict.status === "failed"
    ? { status: "failed", ...ended, error: verdict.error, ...orphaned }
    : { status: "terminated", ...ended, reason: verdict.reason, ...orphaned };
}
