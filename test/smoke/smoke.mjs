// What must work on each Node, without a test runner: one line a check, exit code 1 if one fails.
//
//   node test/smoke/smoke.mjs [SPECIFIER]     default: ../../dist/index.js
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { isMainThread, Worker, workerData } from "node:worker_threads";

const specifier = isMainThread ? (process.argv[2] ?? "../../dist/index.js") : workerData.specifier;
/** @type {typeof import("../../src/index.js")} */
const { createCodeMode } = await import(specifier);

const self = fileURLToPath(import.meta.url);
const endless = "for (;;) {}";
/** A check that takes longer has failed. Emulated processors are many times slower. */
const patienceMs = Number(process.env.CODECELL_SMOKE_PATIENCE_MS ?? 60_000);

/** @typedef {import("../../src/index.js").CellOutcome} CellOutcome */
/** @typedef {import("../../src/index.js").CodeModeOptions} CodeModeOptions */

/**
 * Runs cells one after the other in one session and returns the outcomes.
 * @param {readonly string[]} sources
 * @param {CodeModeOptions} [options]
 */
async function execAll(sources, options) {
  const mode = createCodeMode(options);
  const session = mode.openSession();
  /** @type {CellOutcome[]} */
  const outcomes = [];
  for (const source of sources) {
    outcomes.push(await session.exec(source, { yieldAfterMs: patienceMs }));
  }
  await mode.close();
  return outcomes;
}

/**
 * The texts of a completed cell.
 * @param {CellOutcome | undefined} outcome
 */
function textsOf(outcome) {
  assert.equal(outcome?.status, "completed", JSON.stringify(outcome));
  return outcome.output.map((item) => (item.type === "text" ? item.text : item.type));
}

/**
 * The error of a failed cell.
 * @param {CellOutcome | undefined} outcome
 */
function errorOf(outcome) {
  assert.equal(outcome?.status, "failed", JSON.stringify(outcome));
  return outcome.error;
}

/**
 * Runs this file in a child process, as one of `programs`, and returns how it ended.
 * @param {keyof typeof programs} program
 */
async function runProgram(program) {
  const child = spawn(process.execPath, [self, specifier, program], { stdio: "pipe" });
  let stderr = "";
  child.stderr.on("data", (data) => {
    stderr += String(data);
  });
  child.stdout.resume();
  const [code, signal] = await once(child, "close");
  return { code, signal, stderr };
}

/** Programs of their own, for what ends a process. */
const programs = {
  async exitWhileRunning() {
    const session = createCodeMode().openSession();
    for (let i = 0; i < 4; i += 1) await session.exec(endless, { yieldAfterMs: 5 });
    await session.exec("await new Promise(() => setTimeout(() => {}, 60_000))", {
      yieldAfterMs: 5,
    });
    process.exit(7);
  },
  async throwWhileRunning() {
    const session = createCodeMode().openSession();
    await session.exec(endless, { yieldAfterMs: 5 });
    setImmediate(() => {
      throw new Error("the program's own");
    });
  },
  async endAfterClose() {
    const mode = createCodeMode();
    const session = mode.openSession();
    await session.exec(endless, { yieldAfterMs: 5 });
    await mode.close();
  },
};

/** @type {Readonly<Record<string, () => Promise<void>>>} */
const checks = {
  "a cell's text is its output": async () => {
    const [outcome] = await execAll(['text("ok"); text({ a: 1 });']);
    assert.deepEqual(textsOf(outcome), ["ok", '{"a":1}']);
  },

  "a tool is an async function in the cell": async () => {
    const add = {
      description: "Adds a and b.",
      execute: async (/** @type {any} */ input) => ({ sum: input.a + input.b }),
    };
    const source = "text((await Promise.all([1, 2].map((a) => tools.add({ a, b: 1 })))))";
    const [outcome] = await execAll([source], { tools: { add } });
    assert.deepEqual(textsOf(outcome), ['[{"sum":2},{"sum":3}]']);
  },

  "timers fire in order, and one that is cleared never does": async () => {
    const source = `
      const fired = [];
      const late = setTimeout(() => fired.push("late"), 3_600_000);
      await Promise.all(["one", "two", "three"].map((name) => new Promise((done) => {
        setTimeout(() => { fired.push(name); done(); }, 1);
      })));
      clearTimeout(late);
      text(fired);`;
    const [outcome] = await execAll([source]);
    assert.deepEqual(textsOf(outcome), ['["one","two","three"]']);
  },

  "modules are imported, statically and dynamically": async () => {
    const source = `
      import { twice } from "arithmetic";
      const { answer } = await import("facts");
      text(twice(answer));`;
    const modules = { arithmetic: "export const twice = (n) => 2 * n;", facts: { answer: 21 } };
    const [outcome] = await execAll([source], { modules });
    assert.deepEqual(textsOf(outcome), ["42"]);
  },

  "stored values reach the next cell": async () => {
    const [, outcome] = await execAll(['store("k", [1])', 'text(load("k"))']);
    assert.deepEqual(textsOf(outcome), ["[1]"]);
  },

  "an error has a code and a position": async () => {
    const [thrown, broken] = await execAll(['\nthrow new TypeError("no")', "let let = 1"]);
    const error = errorOf(thrown);
    assert.deepEqual(
      [error.code, error.name, error.message],
      ["ERR_CELL_SCRIPT", "TypeError", "no"],
    );
    assert.equal(error.position?.line, 2);
    assert.equal(errorOf(broken).position?.line, 1);
  },

  "an endless loop is terminated": async () => {
    const mode = createCodeMode();
    const session = mode.openSession();
    const running = await session.exec(endless, { yieldAfterMs: 5 });
    assert.equal(running.status, "yielded");
    const ended = await session.terminate(running.cellId);
    assert.equal(ended.status, "terminated");
    await mode.close();
  },

  "a heap that grows fails its cell alone": async () => {
    const grow = "const all = []; for (;;) all.push(new Array(1e4).fill(0.5));";
    const limits = { heapBytes: 64 * 1024 * 1024 };
    const [failed, next] = await execAll([grow, 'text("alive")'], { limits });
    assert.equal(errorOf(failed).code, "ERR_CELL_HEAP_LIMIT");
    assert.deepEqual(textsOf(next), ["alive"]);
  },

  "fifty cells run at once": async () => {
    const mode = createCodeMode();
    const session = mode.openSession();
    const cells = Array.from({ length: 50 }, (_, i) => session.exec(`text(${i} * 2)`));
    const outcomes = await Promise.all(cells);
    assert.deepEqual(
      outcomes.flatMap(textsOf),
      outcomes.map((_, i) => String(i * 2)),
    );
    await mode.close();
  },

  "cells run in worker threads, and a worker may end under them": async () => {
    const modes = ["complete", "complete", "endWhileRunning"];
    const workers = modes.map((mode) => new Worker(self, { workerData: { specifier, mode } }));
    const messages = workers.map((worker) => once(worker, "message"));
    for (const [text] of await Promise.all(messages)) assert.equal(text, "ok");
    await Promise.all(workers.map((worker) => worker.terminate()));
    const [outcome] = await execAll(['text("still here")']);
    assert.deepEqual(textsOf(outcome), ["still here"]);
  },

  "workers end at any moment of their cells": async () => {
    for (let round = 0; round < 10; round += 1) {
      const workers = [0, 1, 2].map(
        () => new Worker(self, { workerData: { specifier, mode: "busy" } }),
      );
      await Promise.all(workers.map((worker) => once(worker, "message")));
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
  },

  "process.exit with running cells keeps its code": async () => {
    const end = await runProgram("exitWhileRunning");
    assert.deepEqual(end, { code: 7, signal: null, stderr: "" });
  },

  "an uncaught error with a running cell ends the process as ever": async () => {
    const { code, signal, stderr } = await runProgram("throwWhileRunning");
    assert.deepEqual([code, signal], [1, null]);
    assert.match(stderr, /the program's own/);
  },

  "a process whose cells are closed ends by itself": async () => {
    const end = await runProgram("endAfterClose");
    assert.deepEqual(end, { code: 0, signal: null, stderr: "" });
  },
};

/** @param {{ mode: string }} data */
async function runAsWorker({ mode }) {
  const { parentPort } = await import("node:worker_threads");
  const tools = { echo: { execute: (/** @type {unknown} */ input) => input } };
  const session = createCodeMode({ tools }).openSession();
  const outcome = await session.exec('text("ok")');
  if (mode === "endWhileRunning") await session.exec(endless, { yieldAfterMs: 5 });
  if (mode === "busy") {
    const busy = 'for (;;) { notify("n"); await tools.echo({}); }';
    await Promise.all([1, 2, 3].map(() => session.exec(busy, { yieldAfterMs: 5 })));
  }
  parentPort?.postMessage(textsOf(outcome)[0]);
}

async function runChecks() {
  let failures = 0;
  for (const [name, check] of Object.entries(checks)) {
    const startedAt = performance.now();
    const late = setTimeout(() => {
      console.log(`not ok  ${name}: no end after ${patienceMs} ms`);
      process.exit(1);
    }, patienceMs);
    try {
      await check();
      console.log(`ok      ${name} (${Math.round(performance.now() - startedAt)} ms)`);
    } catch (error) {
      failures += 1;
      console.log(`not ok  ${name}`);
      console.log(error);
    } finally {
      clearTimeout(late);
    }
  }
  process.exitCode = failures === 0 ? 0 : 1;
}

/** @param {string | undefined} name @returns {name is keyof typeof programs} */
function isProgram(name) {
  return name !== undefined && Object.hasOwn(programs, name);
}

const program = process.argv[3];
if (!isMainThread) await runAsWorker(workerData);
else if (isProgram(program)) await programs[program]();
else await runChecks();
