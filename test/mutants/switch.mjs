// What instrumented code asks before each mutant: whether it is the one that is on. While tests are recorded, it
// notes for the test at work which mutants could have been on. It runs in every process of the tests, so it
// loads nothing that codecell would not.

/**
 * @typedef {object} Switch
 * @property {number} on - The number of the mutant that is on; -1: none.
 * @property {((mutant: number) => void) | undefined} record
 */

const shared = /** @type {{ codecellMutants?: Switch }} */ (/** @type {unknown} */ (globalThis));

/** One for the process, whichever bundles hold this module. */
export const mutants = shared.codecellMutants ?? {
  on: Number(process.env["CODECELL_MUTANT"] ?? -1),
  record: recorder(process.env["CODECELL_MUTANT_RECORD"]),
};
shared.codecellMutants = mutants;

/** @param {number} mutant */
export function isMutant(mutant) {
  if (mutants.record !== undefined) mutants.record(mutant);
  return mutant === mutants.on;
}

/**
 * Appends the number of each mutant to a file, once, and at once: the process may be killed.
 * @param {string | undefined} file
 */
export function recorder(file) {
  if (file === undefined) return undefined;
  const { appendFileSync } = process.getBuiltinModule("node:fs");
  const seen = new Set();
  return (/** @type {number} */ mutant) => {
    if (seen.has(mutant)) return;
    seen.add(mutant);
    appendFileSync(file, `${mutant}\n`);
  };
}
