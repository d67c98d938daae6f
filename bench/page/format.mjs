// Numbers as docs/performance.md has them.

/** Where a measurement is missing. */
const none = "–";

/** @param {number | null | undefined} ms */
export function time(ms) {
  if (!isNumber(ms)) return none;
  if (ms >= 100) return `${grouped(ms)} ms`;
  if (ms >= 10) return `${ms.toFixed(1)} ms`;
  return ms >= 0.1 ? `${ms.toFixed(2)} ms` : microseconds(ms);
}

/** @param {number | null | undefined} ms - Always in microseconds, so that a column can be added up. */
export function microseconds(ms) {
  if (!isNumber(ms)) return none;
  const us = ms * 1000;
  if (us >= 10) return `${grouped(us)} µs`;
  return us >= 1 ? `${us.toFixed(1)} µs` : `${us.toFixed(2)} µs`;
}

/** @param {number | null | undefined} bytes */
export function mebibytes(bytes) {
  return isNumber(bytes) ? `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 20 ? 2 : 1)} MiB` : none;
}

/** @param {number | null | undefined} bytes */
export function mebibytesPerSecond(bytes) {
  return isNumber(bytes) ? `${grouped(bytes / 2 ** 20)} MiB/s` : none;
}

/** @param {number | null | undefined} count */
export function grouped(count) {
  return isNumber(count)
    ? Math.round(count)
        .toString()
        .replace(/\B(?=(\d{3})+$)/g, " ")
    : none;
}

/** @param {number | null | undefined} ratio */
export function times(ratio) {
  return isNumber(ratio) ? `${ratio.toFixed(ratio < 10 ? 1 : 0)}x` : none;
}

/** @param {number | null | undefined} share - 1 is all. */
export function percent(share) {
  return isNumber(share) ? `${Math.round(share * 100)} %` : none;
}

/**
 * @param {readonly (number | null | undefined)[]} values
 * @param {(value: number) => string} text
 * @returns {string} The smallest and the greatest of them.
 */
export function range(values, text) {
  const known = values.filter(isNumber);
  if (known.length === 0) return none;
  const least = text(Math.min(...known));
  const most = text(Math.max(...known));
  return least === most ? least : `${least} to ${most}`;
}

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
export function table(head, rows) {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines
    .map((cells) => (cells[0] === "---" ? `|${cells.join("|")}|` : line(cells)))
    .join("\n");
}

/** @param {readonly string[]} cells */
function line(cells) {
  return `|${cells.map((cell) => (cell === "" ? " " : ` ${cell} `)).join("|")}|`;
}

/**
 * @param {unknown} value
 * @returns {value is number}
 */
function isNumber(value) {
  return typeof value === "number" && Number.isFinite(value);
}
