// Vitest's runner in the processes that run tests. With a plan it runs each test once for each of its mutants, in
// one process, so that what the tests import is loaded once. A mutant is noticed if the test fails with it and
// passes again without it; where the failure took long, which may be the machine's doing, it must fail once more.
// What does not come out so clean is left to a process of its own (judge.mjs).
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { TestRunner } from "vitest";
import { isLate } from "./late.mjs";
import { mutants } from "./switch.mjs";

/**
 * @typedef {object} Plan
 * @property {string} lines - The file to which each try adds lines: `begin`, then `passed`, `noticed` or `unsure`.
 * @property {Record<string, { ms: number, mutants: number[] }>} tests - By id.
 */

const planFile = process.env["CODECELL_MUTANT_PLAN"];
/** @type {Plan | undefined} */
const plan = planFile === undefined ? undefined : JSON.parse(readFileSync(planFile, "utf8"));

/** A try that takes so many times as long as without a mutant, and this much more, ends the process. */
const slowness = 4;
const slackMs = 4000;

/** Ends a process that does not get on, whatever its thread does. */
const watchdog = `
  let timer;
  require("node:worker_threads").parentPort.on("message", (ms) => {
    clearTimeout(timer);
    if (ms > 0) timer = setTimeout(() => process.kill(process.pid, "SIGKILL"), ms);
  });`;

export default class MutantRunner extends TestRunner {
  /** @type {number[]} - The mutants that the test at work is still to be tried with. */
  #queue = [];
  /** @type {number | undefined} - The one that is tried, or was, while the test is run once more without it. */
  #tried;
  /** With the mutant, without it after a failure, and with it again after a late one. @type {"first" | "control" | "again"} */
  #phase = "first";
  #beganAt = 0;
  #failedAfterMs = 0;
  #hasStrayError = false;
  #decided = plan === undefined ? new Set() : decidedIn(plan.lines);
  /** @type {Worker | undefined} */
  #watchdog;

  constructor(config) {
    super(config);
    if (plan === undefined) return;
    this.#watchdog = new Worker(watchdog, { eval: true });
    this.#watchdog.unref();
    const noteStray = () => {
      this.#hasStrayError = true;
    };
    process.on("unhandledRejection", noteStray).on("uncaughtException", noteStray);
  }

  /** @override */
  async onBeforeRunTask(test) {
    await super.onBeforeRunTask(test);
    if (plan === undefined || test.mode === "skip") return;
    this.#queue = (plan.tests[test.id]?.mutants ?? []).filter((n) => !this.#decided.has(n));
    this.#tried = undefined;
    if (this.#queue.length === 0) test.mode = "skip";
    // With each mutant, once more without it, and with it again.
    else test.repeats = 3 * this.#queue.length;
  }

  /** @override */
  onBeforeTryTask(test) {
    if (plan !== undefined) this.#begin(test, plan);
    return super.onBeforeTryTask(test);
  }

  onAfterRetryTask(test) {
    if (plan === undefined || this.#tried === undefined) return;
    this.#watchdog?.postMessage(0);
    turnOn(-1);
    const isFailure = test.result.state === "fail" || this.#hasStrayError;
    const ms = performance.now() - this.#beganAt;
    if (this.#phase === "first") {
      if (!isFailure) return this.#write("passed", test);
      this.#phase = "control";
      this.#failedAfterMs = ms;
    } else if (this.#phase === "again") {
      this.#decide(isFailure ? "noticed" : "unsure", test);
    } else if (isFailure) {
      this.#decide("unsure", test);
      // Something is left of the mutant.
      process.kill(process.pid, "SIGKILL");
    } else if (isLate(this.#failedAfterMs, ms)) {
      this.#phase = "again";
    } else {
      this.#decide("noticed", test);
    }
  }

  #decide(word, test) {
    this.#phase = "first";
    this.#decided.add(this.#tried);
    this.#write(word, test);
  }

  /** The next try: with a mutant, or without the one with which the test has failed. */
  #begin(test, { tests }) {
    if (this.#phase === "first") {
      const next = this.#queue.shift();
      this.#tried = next;
      // Ends the repetitions.
      if (next === undefined) return test.context.skip();
      this.#write("begin", test);
      turnOn(next);
    }
    if (this.#phase === "again" && this.#tried !== undefined) turnOn(this.#tried);
    this.#hasStrayError = false;
    test.result.state = "run";
    test.result.errors = undefined;
    this.#watchdog?.postMessage(slackMs + slowness * tests[test.id].ms);
    this.#beganAt = performance.now();
  }

  #write(word, test) {
    appendFileSync(
      /** @type {Plan} */ (plan).lines,
      `${word} ${this.#tried} ${test.id} ${nameOf(test)}\n`,
    );
  }
}

/** Also in the processes that the test starts. @param {number} mutant */
function turnOn(mutant) {
  mutants.on = mutant;
  process.env["CODECELL_MUTANT"] = String(mutant);
}

/** Those that other processes have decided. @param {string} lines */
function decidedIn(lines) {
  const text = existsSync(lines) ? readFileSync(lines, "utf8") : "";
  return new Set([...text.matchAll(/^(?:noticed|unsure) (\d+)/gm)].map(([, n]) => Number(n)));
}

function nameOf(task) {
  const { suite, name } = task;
  return suite === undefined || suite === task.file ? name : `${nameOf(suite)} > ${name}`;
}
