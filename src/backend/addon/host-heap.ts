import { builtin } from "../../base/builtin.js";
import { loadedBinding } from "./binding.js";

let known: number | undefined;

/** Bytes the heap of the host's own engine may have. */
export function hostHeapBytes(): number {
  // Where the addon is there, it tells: node:v8 takes as long to load as all of this package.
  known ??= loadedBinding()?.heapBytes ?? builtin("node:v8").getHeapStatistics().heap_size_limit;
  return known;
}
