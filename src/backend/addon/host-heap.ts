import { getBinding } from "./binding.js";

/**
 * Bytes the heap of the host's own engine may have. The addon tells: node:v8 takes as long to load as
 * all of this package.
 *
 * @throws {CodeModeError} ERR_ADDON_MISSING, ERR_ADDON_MISMATCH.
 */
export function hostHeapBytes(): number {
  return getBinding().heapBytes;
}
