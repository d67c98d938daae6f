import { getBinding } from "./binding.js";
import { builtin } from "./builtin.js";

let known: number | undefined;

/** Bytes the heap of the host's own engine may have. */
export function hostHeapBytes(): number {
  known ??= askAddon() ?? builtin("node:v8").getHeapStatistics().heap_size_limit;
  return known;
}

/** The addon is loaded anyway, and node:v8 takes as long to load as all of this package. */
function askAddon(): number | undefined {
  try {
    return getBinding().heapBytes;
  } catch {
    return undefined;
  }
}
