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

/** A step that has run: how it ended, and what it said. */
export class StepRun {
  tests = { passed: 0, failed: 0 };
  result = "ok";
  seconds = 0;
  #output = "";

  /**
   * Runs npm and shows its output as it comes.
   * @param {string} name
   * @param {readonly string[]} args
   * @param {number} patienceMs - Then the step and all that it started are stopped.
   */
  static async of(name, args, patienceMs) {
    const run = new StepRun(name);
    const startedAt = performance.now();
    await run.#run(args, patienceMs);
    run.seconds = Math.round((performance.now() - startedAt) / 1000);
    run.tests = countTests(run.#output);
    return run;
  }

  /** @param {string} name */
  constructor(name) {
    this.name = name;
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
    const interrupted = () => {
      stop("SIGKILL");
      process.exit(1);
    };
    process.on("SIGINT", interrupted).on("SIGTERM", interrupted);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        process.stdout.write(text);
        this.#output = (this.#output + plain(text)).slice(-keptCharacters);
      });
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
      process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
    }
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
