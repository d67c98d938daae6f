// The results of benchmarks, as the tables ask for them.

/**
 * @typedef {object} Result
 * @property {string} machine
 * @property {string} at - The day.
 * @property {string} commit
 * @property {readonly any[]} rows - As the benchmark prints them with --json.
 */

/** @typedef {Record<string, Record<string, Result>>} Results - By run, and by the major of Node. */

/** A number to that many digits, wherever it stands in plain data. */
const digits = 4;

/** What no table asks for. */
const unused = ["mean", "min", "max", "meanMs", "minMs", "maxMs"];

/**
 * @template T
 * @param {T} value
 * @returns {T} What is kept of it, with rounded numbers.
 */
export function shortened(value) {
  return JSON.parse(
    JSON.stringify(value, (key, part) => {
      if (unused.includes(key)) return undefined;
      return typeof part === "number" ? Number(part.toPrecision(digits)) : part;
    }),
  );
}

/** What was measured with one Node. */
export class Measured {
  /** @type {Results} */
  #results;
  /** @type {string} */
  #major;

  /**
   * @param {Results} results
   * @param {string} major
   */
  constructor(results, major) {
    this.#results = results;
    this.#major = major;
  }

  /**
   * @param {string} run
   * @param {Readonly<Record<string, unknown>>} like - What the row says of itself.
   * @returns {any} The row; an empty one where it was not measured.
   */
  row(run, like) {
    const isLike = (row) => Object.entries(like).every(([name, value]) => row[name] === value);
    return this.rows(run).find(isLike) ?? {};
  }

  /**
   * @param {string} run
   * @returns {readonly any[]}
   */
  rows(run) {
    return this.#results[run]?.[this.#major]?.rows ?? [];
  }
}

/**
 * @param {Results} results
 * @returns {string} Where, when, and on which state of the code.
 */
export function describe(results) {
  const all = Object.values(results).flatMap((byMajor) => Object.values(byMajor));
  const distinct = (/** @type {(result: Result) => string} */ part) =>
    [...new Set(all.map(part))].sort();
  const nodes = distinct(({ machine }) => machine.split(", ")[0]?.replace("Node v", "") ?? "");
  const machines = distinct(({ machine }) => machine.split(", ").slice(1).join(", "));
  return [
    `Measured with Node ${nodes.join(" and ")} on ${machines.join(" and ")},`,
    `on ${distinct(({ at }) => at).join(" and ")}, at commit ${distinct(({ commit }) => commit).join(", ")}.`,
  ].join("\n");
}
