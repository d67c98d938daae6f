/**
 * Bytes as people read them.
 * @param {number} bytes
 */
export function kilobytes(bytes) {
  return `${Math.round(bytes / 1000)} kB`;
}
