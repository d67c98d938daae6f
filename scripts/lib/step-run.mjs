// One step of check-all: an npm script in a process group of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { root } from "./command.mjs";

/** What is kept of a step's output, from its end. */
const keptCharacters = 8 * 2 ** 20;
const shownLines = 120;
const shownLastLines = 20;
const linesAfterFinding = 25;
const killAfterMs = 10_000;
/** What the failure of a test, a compiler, a sanitizer or a script of ours begins with. */
const finding = /^ *(FAIL|×|not ok)|[Ee]rror( TS\d+)?:|SUMMARY: |FAILED/;

/**
 * @typedef {object} StepCommand
 * @property {string} name
 * @property {readonly string[]} args - What npm is given.
 * @property {number} patienceMs - Then the step and all that it started are stopped.
 */

/** A step that has run: how it ended, and what it said. */
export class StepRun {
  tests = { passed: 0, failed: 0 };
  result = "ok";
  seconds = 0;
  #output = "";
  #isShown;

  /**
   * Runs npm and shows its output.
   * @param {StepCommand} command
   * @param {"as it comes" | "at the end"} shown
   */
  static async of({ name, args, patienceMs }, shown) {
    const run = new StepRun(name, shown === "as it comes");
    const startedAt = performance.now();
    run.#show(`\n=== ${name}: npm ${args.join(" ")}\n`);
    await run.#run(args, patienceMs);
    run.seconds = Math.round((performance.now() - startedAt) / 1000);
    run.tests = countTests(run.#output);
    if (shown === "at the end") process.stdout.write(run.#output);
    console.log(`=== ${name}: ${run.result}`);
    return run;
  }

  /**
   * @param {string} name
   * @param {boolean} isShown - As it comes.
   */
  constructor(name, isShown) {
    this.name = name;
    this.#isShown = isShown;
  }

  get succeeded() {
    return this.result === "ok";
  }

  /** What the output says about the failure, and how it ends. */
  failureText() {
    const lines = this.#output.trimEnd().split("\n");
    const shown = new Set();
    for (const [i, line] of lines.entries()) {
      if (!finding.test(line)) continue;
      for (let j = i; j <= i + linesAfterFinding && j < lines.length; j++) shown.add(j);
    }
    const found = [...shown].slice(-shownLines).map((i) => `${i + 1}: ${lines[i]}`);
    const last = lines.slice(-shownLastLines);
    return [...found, "... and its last lines:", ...last].join("\n");
  }

  /**
   * @param {readonly string[]} args
   * @param {number} patienceMs
   */
  async #run(args, patienceMs) {
    if (patienceMs <= 0) {
      this.result = "FAILED (no time left)";
      return;
    }
    const child = spawn("npm", args, {
      cwd: root,
      // Colours would hide the words that are looked for.
      env: { ...process.env, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const stop = (/** @type {NodeJS.Signals} */ signal) => killGroup(child.pid, signal);
    const left = () => stop("SIGKILL");
    process.on("exit", left);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => this.#show(text));
    }
    const timer = setTimeout(() => {
      this.result = `FAILED (over ${Math.round(patienceMs / 60_000)} min)`;
      stop("SIGTERM");
      setTimeout(() => {
        stop("SIGKILL");
        // A process that left the group may still hold them open.
        child.stdout.destroy();
        child.stderr.destroy();
      }, killAfterMs).unref();
    }, patienceMs);
    try {
      const [code, signal] = await once(child, "close");
      if (code !== 0 && this.succeeded) this.result = `FAILED (${signal ?? code})`;
    } catch (error) {
      this.#output += String(error);
      this.result = "FAILED (not started)";
    } finally {
      clearTimeout(timer);
      process.off("exit", left);
    }
  }

  /** @param {string} text */
  #show(text) {
    if (this.#isShown) process.stdout.write(text);
    this.#output = (this.#output + plain(text)).slice(-keptCharacters);
  }
}

/**
 * @param {number | undefined} pid
 * @param {NodeJS.Signals} signal
 */
function killGroup(pid, signal) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: no process of the group is left.
  }
}

/** @param {string} text */
function plain(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one.
  return text.replace(/\x1b\[[0-9;]*m/g, "");
}

/**
 * What vitest's summaries come to: "Tests  3 failed | 806 passed (809)", one for each run.
 * @param {string} output
 */
function countTests(output) {
  const tests = { passed: 0, failed: 0 };
  for (const [, summary = ""] of output.matchAll(/^ *Tests +(\d.*)$/gm)) {
    for (const [, count, what] of summary.matchAll(/(\d+) (passed|failed)/g)) {
      tests[/** @type {"passed" | "failed"} */ (what)] += Number(count);
    }
  }
  return tests;
}
