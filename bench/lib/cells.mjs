/** @typedef {import("../../dist/index.js").CellOutcome} CellOutcome */

/**
 * Throws where a cell has not done what is measured.
 * @template {CellOutcome["status"]} Status
 * @param {CellOutcome} outcome
 * @param {Status} status
 * @returns {Extract<CellOutcome, { status: Status }>}
 */
export function expectStatus(outcome, status) {
  if (outcome.status === status) return /** @type {any} */ (outcome);
  const reason = outcome.status === "failed" ? `: ${outcome.error.text}` : ".";
  throw new Error(`A cell ${outcome.status} instead of ${status}${reason}`);
}

/** @param {CellOutcome} outcome */
export function expectCompleted(outcome) {
  return expectStatus(outcome, "completed");
}

/**
 * Tools as an embedder may have them, as many as asked for.
 * @param {number} count
 */
export function manyTools(count) {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `tool_${i}`,
      { description: `Tool number ${i}`, execute: (input) => input },
    ]),
  );
}
