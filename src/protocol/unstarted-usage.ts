import type { CellUsage } from "./outcome.js";

/** The usage of a cell that was never started. */
export const unstartedUsage: CellUsage = {
  cpuMs: 0,
  wallMs: 0,
  toolWaitShare: 0,
  heapBytes: 0,
  heapPeakBytes: 0,
  arrayBufferPeakBytes: 0,
  toolCalls: 0,
  outputBytes: 0,
};
