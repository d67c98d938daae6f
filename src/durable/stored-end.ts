import type { EndedRecord } from "../journal/entry.js";
import type { StopCause } from "../protocol/cell-backend.js";
import type { StoredEnd } from "./store.js";

/** How a cell ended, as a store keeps it. @param stop - Why it was to end, if somebody stopped it. */
export function storedEnd({ status, writes }: EndedRecord, stop: StopCause | undefined): StoredEnd {
  const at = Date.now();
  if (stop?.error !== undefined) return { status: "failed", at, writes: [] };
  const isStopped = status === "terminated" || status === "unresponsive";
  return isStopped ? { status: "terminated", at, writes: [] } : { status, at, writes };
}
