// Tries many mutants in the processes that run tests, quick tests first (try-mutants.mjs).
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { reachingOneByOne } from "./choose-tests.mjs";
import { workFolder } from "./tree.mjs";

const planFile = path.join(workFolder, "plan.json");
const lines = path.join(workFolder, "plan.lines");

/** How long the tests of a mutant may take together in each pass, by their time without one. */
const passesMs = [200, 2000, Number.POSITIVE_INFINITY];
/** What a mutant's own room gets at most, and what the others get. So a score is never too high. */
const maxOwnMs = 10_000;
const maxOthersMs = 4000;
/** For vitest itself, when the process of a file does not end. */
const patienceMs = 60_000;
const patience = 10;

/**
 * A mutant to be tried.
 *
 * @typedef {object} Candidate
 * @property {import("./tree.mjs").SourceFile} source
 * @property {number} index - Of the mutant, in its file.
 *
 * @typedef {object} Found
 * @property {"noticed" | "unsure" | "passed"} state - `unsure`: the tests of `by` did not end clean.
 * @property {string} [by]
 */

export class Batches {
  #coverage;
  #process;
  #onNoticed;
  #hasLimits;
  /** @type {Map<number, Candidate & { steps: Step[], next: number }>} */
  #open = new Map();
  /** @type {Map<number, Found>} */
  #found = new Map();

  /**
   * @param {import("./coverage.mjs").Coverage} coverage
   * @param {import("./test-process.mjs").TestProcess} process
   * @param {(candidate: Candidate, found: Found) => void} onNoticed - Called at once, so that what was found
   *   is not lost when the command is stopped.
   * @param {{ hasLimits: boolean }} options - Whether tests that take long are left out. Those that were chosen
   *   for their mutants are not: a slow machine must not let a mutant through.
   */
  constructor(coverage, process, onNoticed, { hasLimits }) {
    this.#coverage = coverage;
    this.#process = process;
    this.#onNoticed = onNoticed;
    this.#hasLimits = hasLimits;
  }

  /**
   * @param {readonly Candidate[]} candidates
   * @param {number} endsAt - By `performance.now()`; then no more tests are begun.
   * @returns {Promise<Map<number, Found>>} By the mutant's number; those not among them were not tried in full.
   */
  async try(candidates, endsAt) {
    for (const { source, index } of candidates) {
      const steps = stepsOf(source, index, this.#coverage, this.#hasLimits);
      this.#open.set(source.first + index, { source, index, steps, next: 0 });
    }
    for (const [pass, maxMs] of passesMs.entries()) {
      if (this.#open.size === 0) break;
      console.log(`  pass ${pass + 1}: ${this.#open.size} mutants`);
      await this.#runPass(maxMs, endsAt);
      if (performance.now() > endsAt) return this.#found;
    }
    for (const number of this.#open.keys()) this.#found.set(number, { state: "passed" });
    return this.#found;
  }

  /**
   * @param {number} maxMs
   * @param {number} endsAt
   */
  async #runPass(maxMs, endsAt) {
    /** @type {Pair[]} */
    let pairs = [];
    for (const [number, mutant] of this.#open) {
      const first = mutant.next;
      const later = mutant.steps.findIndex(({ startMs, ms }) => startMs + ms > maxMs);
      mutant.next = later === -1 ? mutant.steps.length : later;
      for (const step of mutant.steps.slice(first, mutant.next)) pairs.push({ number, step });
    }
    while (pairs.length > 0 && performance.now() < endsAt) {
      const { done } = await this.#run(pairs);
      const left = pairs.filter(
        ({ number, step }) => this.#open.has(number) && !done.has(`${number} ${step.id}`),
      );
      // They do not run.
      if (left.length === pairs.length) break;
      pairs = left;
    }
  }

  /**
   * @param {readonly Pair[]} pairs
   */
  async #run(pairs) {
    /** @type {Record<string, { ms: number, mutants: number[] }>} */
    const tests = {};
    /** @type {Map<string, string[]>} */
    const files = new Map();
    let ms = 0;
    for (const { number, step } of pairs) {
      const test = tests[step.id] ?? { ms: step.ms, mutants: [] };
      tests[step.id] = test;
      if (test.mutants.length === 0)
        files.set(step.file, [...(files.get(step.file) ?? []), step.id]);
      test.mutants.push(number);
      ms += step.ms;
    }
    const msOf = (/** @type {readonly string[]} */ ids) =>
      ids.reduce((sum, id) => sum + (tests[id]?.ms ?? 0), 0);
    const quickFirst = [...files].sort(([, a], [, b]) => msOf(a) - msOf(b));
    rmSync(lines, { force: true });
    writeFileSync(planFile, JSON.stringify({ lines, tests }));
    await this.#process.run(
      {
        environment: { CODECELL_MUTANT: "-1", CODECELL_MUTANT_PLAN: planFile },
        tests: quickFirst.map(([file, ids]) => ({ file, ids })),
        testMs: 120_000,
        workers: 1,
        stopsAtFailure: false,
      },
      patienceMs + patience * ms,
    );
    return this.#read(new Map(pairs.map(({ step }) => [step.id, step.file])));
  }

  /**
   * What the lines say. A mutant that was begun last in a process that ended is unsure.
   * @param {ReadonlyMap<string, string>} files - Of the tests, by id.
   */
  #read(files) {
    const text = existsSync(lines) ? readFileSync(lines, "utf8") : "";
    const done = new Set();
    /** @type {Map<string, string>} */
    const begun = new Map();
    for (const line of text.split("\n")) {
      const [, word, number, id, name] = /^(\w+) (\d+) (\S+) (.*)$/.exec(line) ?? [];
      if (word === undefined || number === undefined || id === undefined) continue;
      const key = `${number} ${id}`;
      const by = `${files.get(id)}: ${name}`;
      if (word === "begin") {
        begun.set(key, by);
        continue;
      }
      begun.delete(key);
      done.add(key);
      if (word === "passed") continue;
      this.#decide(Number(number), { state: word === "noticed" ? "noticed" : "unsure", by });
    }
    for (const [key, by] of begun) {
      const [number = ""] = key.split(" ");
      this.#decide(Number(number), { state: "unsure", by });
    }
    return { done };
  }

  /**
   * @param {number} number
   * @param {Found} found
   */
  #decide(number, found) {
    const candidate = this.#open.get(number);
    if (candidate === undefined) return;
    this.#open.delete(number);
    this.#found.set(number, found);
    if (found.state === "noticed") this.#onNoticed(candidate, found);
  }
}

/**
 * @typedef {object} Step - A test for a mutant.
 * @property {string} file
 * @property {string} id
 * @property {number} ms
 * @property {number} startMs - What those before it take together.
 *
 * @typedef {object} Pair
 * @property {number} number - Of the mutant.
 * @property {Step} step
 */

/**
 * The tests for a mutant, in their order.
 * @param {import("./tree.mjs").SourceFile} source
 * @param {number} index
 * @param {import("./coverage.mjs").Coverage} coverage
 * @param {boolean} hasLimits
 * @returns {Step[]}
 */
function stepsOf(source, index, coverage, hasLimits) {
  const found = reachingOneByOne(source, index, coverage).sort((a, b) => weightOf(a) - weightOf(b));
  const used = { own: 0, others: 0 };
  return found.flatMap(({ file, id, ms, isOwn }) => {
    const kind = isOwn ? "own" : "others";
    if (hasLimits && used[kind] > (isOwn ? maxOwnMs : maxOthersMs)) return [];
    const startMs = used.own + used.others;
    used[kind] += ms;
    return [{ file, id, ms, startMs }];
  });
}

/** @param {{ ms: number, isOwn: boolean }} test */
function weightOf({ ms, isOwn }) {
  return (ms + 5) / (isOwn ? 3 : 1);
}
