// What many measurements come to.

/**
 * The smallest value that at least this share of all values does not exceed.
 * @param {readonly number[]} values - At least one, in any order.
 * @param {number} share - From 0 to 1.
 */
export function quantile(values, share) {
  return ofSorted(inOrder(values), share);
}

/**
 * @param {readonly number[]} values - At least one, in any order.
 * @returns {{ p50: number, p95: number, min: number, max: number, mean: number }}
 */
export function summary(values) {
  const sorted = inOrder(values);
  return {
    p50: ofSorted(sorted, 0.5),
    p95: ofSorted(sorted, 0.95),
    min: ofSorted(sorted, 0),
    max: ofSorted(sorted, 1),
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
  };
}

/** @param {readonly number[]} values */
function inOrder(values) {
  if (values.length === 0) throw new RangeError("Expected at least one value; got none.");
  return [...values].sort((a, b) => a - b);
}

/**
 * @param {readonly number[]} sorted
 * @param {number} share
 */
function ofSorted(sorted, share) {
  const place = Math.max(0, Math.ceil(sorted.length * share) - 1);
  return /** @type {number} */ (sorted[place]);
}
