// Runs the tests that reach each mutant until one notices it.
import { chooseTests, isReachedOutside, reachingTests } from "./choose-tests.mjs";
import { confirm } from "./confirm.mjs";
import { isUnobservable } from "./unobservable/index.mjs";

/** @typedef {import("./tree.mjs").SourceFile} SourceFile */

/**
 * A mutant and what was found about it.
 *
 * @typedef {object} Verdict
 * @property {SourceFile} source
 * @property {import("./find-mutants.mjs").Mutant} mutant
 * @property {"noticed" | "hung" | "unnoticed" | "unreached" | "unclear" | "unobservable"} state - `unclear`: a
 *   test fails with it, and without it too as long as the machine is so busy. It does not count as noticed.
 * @property {string} [by]
 */

/** How many times as long both may take where the test fails without the mutant too. */
const patienceOfSecondTry = 4;

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
    if (result.state !== "unclear") {
      this.#results.set(source, index, reaching, { state: result.state, by: result.by });
      this.#results.save();
    }
    if (result.by !== undefined) this.#countSuccess(source, result.by);
    return { source, mutant, ...result };
  }

  /**
   * @param {SourceFile} source
   * @param {number} index
   * @param {readonly import("./choose-tests.mjs").ReachingFile[]} reaching
   * @param {import("./batches.mjs").Found} found
   * @returns {Promise<Pick<Verdict, "state" | "by">>}
   */
  async #confirm(source, index, reaching, found) {
    if (found.state === "noticed") return { state: "noticed", by: found.by ?? "" };
    if (reaching.length === 0) return { state: "unreached" };
    const likely = chooseTests(reaching, this.#successes.get(source.path) ?? new Map());
    const chosen =
      found.state === "passed"
        ? likely.filter(({ file }) => isReachedOutside(source, index, this.#coverage, file))
        : likely.sort((a, b) => Number(isOf(b, found)) - Number(isOf(a, found)));
    const mutant = source.first + index;
    let isUnclear = false;
    for (const reached of chosen) {
      const verdict =
        (await confirm(this.#process, mutant, reached, 1)) ??
        (await confirm(this.#process, mutant, reached, patienceOfSecondTry));
      if (verdict === undefined) isUnclear = true;
      else if (verdict.state !== "unnoticed") return verdict;
    }
    return { state: isUnclear ? "unclear" : "unnoticed" };
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
