// The heap that attacks on memory get, and how a cell ends that has filled it.
import { MiB } from "../attack.mjs";

export const heap = { heapBytes: 32 * MiB };

/** @type {import("../attack.mjs").Expectation} */
export const fullHeap = { status: "failed", code: "ERR_CELL_HEAP_LIMIT", limit: "heapBytes" };

/** One allocation may be past all headroom: then V8 gives up, and its thread stays asleep. */
/** @type {import("../attack.mjs").Expectation} */
export const fullHeapAtOnce = { ...fullHeap, orphaned: "may", enginePrints: true };
