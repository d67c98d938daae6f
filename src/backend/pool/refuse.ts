import {
  type BackendCell,
  type BackendEvent,
  type BackendRefusal,
  noUsage,
} from "../../protocol/cell-backend.js";

/** Tells why no cell was started, as soon as `start` has returned. */
export function refuse(
  refusal: BackendRefusal,
  onEvent: (event: BackendEvent) => void,
): BackendCell {
  queueMicrotask(() => onEvent({ type: "refused", refusal }));
  return refusedCell;
}

/** The handle of a cell that was never started. */
const refusedCell: BackendCell = {
  send: () => {},
  sample: async () => noUsage,
  terminate: () => {},
};
