import type { TerminatedOutcome } from "../protocol/outcome.js";
import { unstartedUsage } from "../protocol/unstarted-usage.js";

/** The outcome of an exec that was given up before its turn came: no thread was started. */
export function notStarted(cellId: string, reason: "aborted" | "closed"): TerminatedOutcome {
  return {
    status: "terminated",
    cellId,
    output: [],
    logs: [],
    warnings: [],
    usage: unstartedUsage,
    endedAt: Date.now(),
    reason,
  };
}
