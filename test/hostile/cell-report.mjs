// What a child saw of one cell, as plain data.

/** Characters of a text that are told. */
export const maxTextLength = 300;
const maxItems = 60;

/**
 * @typedef {object} CellReport
 * @property {string} status - Of the outcome, or "refused".
 * @property {string} [reason]
 * @property {string} [code]
 * @property {string} [limit]
 * @property {string} [error]
 * @property {boolean} orphaned
 * @property {readonly string[]} output
 * @property {number} items
 * @property {readonly string[]} warnings
 */

/**
 * Of an exec that was rejected.
 * @param {any} thrown
 * @returns {CellReport}
 */
export function refusal(thrown) {
  return {
    status: "refused",
    code: thrown.code,
    error: String(thrown.message).slice(0, maxTextLength),
    orphaned: false,
    output: [],
    items: 0,
    warnings: [],
  };
}

/**
 * Of a cell by its outcomes, the yielded ones included.
 * @param {readonly import("../../dist/index.js").CellOutcome[]} seen
 * @returns {CellReport}
 */
export function toReport(seen) {
  /** @type {any} */
  const last = seen.at(-1) ?? { status: "missing" };
  let items = 0;
  const output = [];
  for (const outcome of seen) {
    if (outcome.status === "missing") continue;
    items += outcome.output.length;
    for (const item of outcome.output) {
      if (output.length === maxItems) break;
      output.push(textOf(item)?.slice(0, maxTextLength) ?? item.type);
    }
  }
  return {
    status: last.status,
    reason: last.reason,
    code: last.error?.code,
    limit: last.error?.limit?.name,
    error: last.error?.text.slice(0, maxTextLength),
    orphaned: last.orphaned === true,
    output,
    items,
    warnings: (last.warnings ?? []).map(({ type }) => type).slice(0, maxItems),
  };
}

/** @param {import("../../dist/index.js").OutputItem | undefined} item */
export function textOf(item) {
  return item?.type === "text" ? item.text : undefined;
}
