import type { BackendUsage } from "../protocol/cell-backend.js";
import type { CellUsage } from "../protocol/outcome.js";

/** What the session counts of a cell itself. */
export type CountedUsage = Pick<CellUsage, "wallMs" | "toolCalls" | "outputBytes">;

/** Builds the usage of an outcome. */
export function toCellUsage(
  { cpuMs, toolWaitMs, heapBytes, heapPeakBytes, arrayBufferPeakBytes }: BackendUsage,
  { wallMs, toolCalls, outputBytes }: CountedUsage,
): CellUsage {
  return {
    cpuMs,
    wallMs,
    toolWaitShare: wallMs === 0 ? 0 : Math.min(1, toolWaitMs / wallMs),
    heapBytes,
    heapPeakBytes,
    arrayBufferPeakBytes,
    toolCalls,
    outputBytes,
  };
}
