import type { BackendCell, BackendUsage } from "../../protocol/cell-backend.js";

/** The handle of a cell that was never started. */
export const refusedCell: BackendCell = {
  send: () => {},
  sample: async () => noUsage,
  terminate: () => {},
};

const noUsage: BackendUsage = {
  cpuMs: 0,
  toolWaitMs: 0,
  heapBytes: 0,
  heapPeakBytes: 0,
  arrayBufferPeakBytes: 0,
};
