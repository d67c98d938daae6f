import type { BackendUsage } from "../protocol/cell-backend.js";
import type { CellUsage } from "../protocol/outcome.js";

/** What a cell has used before its backend has told anything. */
export const noUsage: BackendUsage = {
  cpuMs: 0,
  toolWaitMs: 0,
  heapBytes: 0,
  heapPeakBytes: 0,
  arrayBufferPeakBytes: 0,
};

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
