// What was found about each mutant, kept from run to run for as long as it holds.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { hashOfTests } from "./coverage.mjs";
import { hashOf, workFolder } from "./tree.mjs";

const kept = path.join(workFolder, "results.json");

/**
 * @typedef {object} Result
 * @property {"noticed" | "hung" | "unnoticed" | "unreached"} state
 * @property {string} [by] - The test that noticed it.
 * @property {string} source - The hash of the source file.
 * @property {string} tests - Of the tests that decided: of the file that noticed, or of all that did not.
 */

/** @typedef {import("./tree.mjs").SourceFile} SourceFile */

export class Results {
  /** @type {Record<string, Result>} - By source file and the mutant's place in it. */
  #results = existsSync(kept) ? JSON.parse(readFileSync(kept, "utf8")) : {};

  /**
   * What was found, if neither the source nor the tests that decided it have changed.
   * @param {SourceFile} source
   * @param {number} index
   * @param {readonly import("./choose-tests.mjs").ReachingFile[]} reaching
   * @returns {Result | undefined}
   */
  get(source, index, reaching) {
    const result = this.#results[keyOf(source, index)];
    if (result === undefined || result.source !== source.hash) return undefined;
    if (result.by === undefined) return result.tests === hashOfAll(reaching) ? result : undefined;
    const file = reaching.find(({ file }) => result.by?.startsWith(`${file}: `));
    return file !== undefined && hashOfTests(file.file) === result.tests ? result : undefined;
  }

  /**
   * @param {SourceFile} source
   * @param {number} index
   * @param {readonly import("./choose-tests.mjs").ReachingFile[]} reaching
   * @param {Pick<Result, "state" | "by">} found
   * @returns {Result}
   */
  set(source, index, reaching, found) {
    const file = reaching.find(({ file }) => found.by?.startsWith(`${file}: `));
    const tests = file === undefined ? hashOfAll(reaching) : hashOfTests(file.file);
    const result = { ...found, source: source.hash, tests };
    this.#results[keyOf(source, index)] = result;
    return result;
  }

  save() {
    writeFileSync(kept, JSON.stringify(this.#results));
  }
}

/**
 * @param {SourceFile} source
 * @param {number} index
 */
function keyOf(source, index) {
  return `${source.path}#${index}`;
}

/** @param {readonly import("./choose-tests.mjs").ReachingFile[]} reaching */
function hashOfAll(reaching) {
  const parts = reaching.map(({ file, ids }) => `${file} ${hashOfTests(file)} ${ids.length}`);
  return hashOf(parts.sort().join("\n"));
}
