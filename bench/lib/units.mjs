// Numbers with their units, for people.

/** @param {number} ms */
export function formatMs(ms) {
  return ms < 1 ? formatMicroseconds(ms) : `${ms.toFixed(2)}ms`;
}

/** @param {number} ms - Milliseconds, however few. */
export function formatMicroseconds(ms) {
  return `${(ms * 1000).toFixed(2)}us`;
}

/** @param {number} bytes - May be negative. */
export function formatBytes(bytes) {
  const mebibytes = bytes / 2 ** 20;
  return Math.abs(mebibytes) < 1 ? `${(bytes / 1024).toFixed(2)}KiB` : `${mebibytes.toFixed(2)}MiB`;
}

/** @param {number} count */
export function formatCount(count) {
  return Math.round(count).toLocaleString("en");
}

/** @param {number} ratio */
export function formatRatio(ratio) {
  return `${ratio.toFixed(ratio < 10 ? 2 : 1)}x`;
}

/** @param {number} share - 1 is all. */
export function formatShare(share) {
  return `${(share * 100).toFixed(1)}%`;
}
