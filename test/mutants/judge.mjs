// Runs the tests that reach each mutant until one notices it.
import { chooseTests, isReachedOutside, reachingTests } from "./choose-tests.mjs";
import { isUnobservable } from "./unobservable/index.mjs";

/** @typedef {import("./tree.mjs").SourceFile} SourceFile */

/**
 * A mutant and what was found about it.
 *
 * @typedef {object} Verdict
 * @property {SourceFile} source
 * @property {import("./find-mutants.mjs").Mutant} mutant
 * @property {"noticed" | "hung" | "unnoticed" | "unreached" | "unobservable"} state
 * @property {string} [by]
 */

/** A test fails that takes so many times as long as without a mutant, and this much more. */
const slowness = 3;
const slackMs = 3000;

export class Judge {
  #coverage;
  #process;
  #results;
  /** @type {Map<string, Map<string, number>>} */
  #successes = new Map();

  /**
   * @param {import("./coverage.mjs").Coverage} coverage
   * @param {import("./test-process.mjs").TestProcess} process
   * @param {import("./results.mjs").Results} results
   */
  constructor(coverage, process, results) {
    this.#coverage = coverage;
    this.#process = process;
    this.#results = results;
  }

  /**
   * What is known about a mutant before any test runs.
   * @param {SourceFile} source
   * @param {number} index - Of the mutant, in its file.
   * @returns {Verdict | undefined}
   */
  known(source, index) {
    const mutant = /** @type {import("./find-mutants.mjs").Mutant} */ (source.mutants[index]);
    if (isUnobservable(source, index)) return { source, mutant, state: "unobservable" };
    const reaching = reachingTests(source, index, this.#coverage);
    const result = this.#results.get(source, index, reaching);
    if (result?.by !== undefined) this.#countSuccess(source, result.by);
    return result && { source, mutant, state: result.state, by: result.by };
  }

  /**
   * @param {SourceFile} source
   * @param {number} index - Of the mutant, in its file.
   * @param {import("./batches.mjs").Found} found - What its tests said beside other mutants.
   * @returns {Promise<Verdict>}
   */
  async judge(source, index, found) {
    const mutant = /** @type {import("./find-mutants.mjs").Mutant} */ (source.mutants[index]);
    const reaching = reachingTests(source, index, this.#coverage);
    const result = await this.#confirm(source, index, reaching, found);
    this.#results.set(source, index, reaching, result);
    this.#results.save();
    if (result.by !== undefined) this.#countSuccess(source, result.by);
    return { source, mutant, ...result };
  }

  /**
   * @param {SourceFile} source
   * @param {number} index
   * @param {readonly import("./choose-tests.mjs").ReachingFile[]} reaching
   * @param {import("./batches.mjs").Found} found
   * @returns {Promise<Pick<import("./results.mjs").Result, "state" | "by">>}
   */
  async #confirm(source, index, reaching, found) {
    if (found.state === "noticed") return { state: "noticed", by: found.by ?? "" };
    if (reaching.length === 0) return { state: "unreached" };
    const likely = chooseTests(reaching, this.#successes.get(source.path) ?? new Map());
    const chosen =
      found.state === "passed"
        ? likely.filter(({ file }) => isReachedOutside(source, index, this.#coverage, file))
        : likely.sort((a, b) => Number(isOf(b, found)) - Number(isOf(a, found)));
    const environment = { CODECELL_MUTANT: String(source.first + index) };
    for (const { file, ids, ms, longestMs } of chosen) {
      const end = await this.#process.run(
        {
          environment,
          tests: [{ file, ids }],
          testMs: slackMs + slowness * longestMs,
          workers: 1,
          stopsAtFailure: true,
        },
        3 * slackMs + slowness * ms,
      );
      if (end === "hung") return { state: "hung", by: `${file}: it hangs` };
      if (end.failure !== undefined) return { state: "noticed", by: end.failure };
    }
    return { state: "unnoticed" };
  }

  /**
   * @param {SourceFile} source
   * @param {string} by
   */
  #countSuccess(source, by) {
    const successes = this.#successes.get(source.path) ?? new Map();
    this.#successes.set(source.path, successes);
    const file = by.split(": ")[0];
    successes.set(file, (successes.get(file) ?? 0) + 1);
  }
}

/**
 * @param {{ file: string }} reaching
 * @param {{ by?: string }} found
 */
function isOf({ file }, { by = "" }) {
  return by.startsWith(`${file}: `);
}
