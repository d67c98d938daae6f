// Programs that leave in one way or another while cells are in one state or another. The first argument
// names the program, the second the state.

import { fork } from "node:child_process";
import cluster from "node:cluster";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { createCodeMode } from "../../dist/index.js";

const self = fileURLToPath(import.meta.url);
const [program, cells] = isMainThread ? process.argv.slice(2) : workerData;
const exitCode = 7;

/** The engine wants a table of 32 GiB for it, and gives up. */
const parking = "Array.prototype.sort.call({ length: 2 ** 32 - 1 });";
const endless = "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);";

/** What cells are at that run. */
const busy = [
  "for (;;) {}",
  "for (;;) await null;",
  "await tools.hang();",
  "await new Promise((go) => setTimeout(go, 1e9));",
  "let a = []; for (;;) { a.push(new Array(1000).fill(0.5)); if (a.length > 1000) a = []; }",
  'for (;;) { text("x"); await new Promise((go) => setTimeout(go, 1)); }',
  "for (let i = 0; ; i++) { new Function('return ' + i)(); }",
];

function openMode() {
  const hang = { execute: () => new Promise(() => {}) };
  return createCodeMode({ deadlock: "wait", yieldAfterMs: Infinity, tools: { hang } });
}

/** @satisfies {Readonly<Record<import("./attack.mjs").CellsState, (mode: import("../../dist/index.js").CodeMode) => Promise<void>>>} */
const states = {
  async idle(mode) {
    await mode.openSession().exec('text("done")');
  },
  async running(mode) {
    const session = mode.openSession();
    await Promise.all(busy.map((source) => session.exec(source, { yieldAfterMs: 0 })));
  },
  async parked(mode) {
    const session = mode.openSession({ limits: { heapBytes: 32 * 2 ** 20 } });
    const outcome = await session.exec(parking);
    if (outcome.status !== "failed" || outcome.orphaned !== true) {
      throw new Error(`The cell was not parked: ${JSON.stringify(outcome)}`);
    }
  },
  async starting(mode) {
    const session = mode.openSession();
    for (const source of busy) void session.exec(source);
  },
  async ending(mode) {
    await states.running(mode);
    void mode.close();
  },
  async orphaned(mode) {
    const session = mode.openSession();
    const { cellId } = await session.exec(`yield_control(); ${endless}`);
    await session.wait(cellId, { yieldAfterMs: 10 });
    const outcome = await session.terminate(cellId);
    if (outcome.status !== "terminated" || outcome.orphaned !== true) {
      throw new Error(`The cell was not orphaned: ${JSON.stringify(outcome)}`);
    }
  },
};

/** Brings cells into the state. */
const prepare = (mode = openMode()) => states[cells](mode);

/** Runs this file in a worker thread and resolves when its cells are in their state. */
async function startWorker() {
  const worker = new Worker(self, { workerData: ["in-worker", cells] });
  await once(worker, "message");
  return worker;
}

/** @param {string} name */
async function forkProgram(name) {
  const child = fork(self, [name, cells]);
  await once(child, "message");
  return child;
}

/** Long enough for a thread that is still there, by a mistake, to do harm. */
const aMoment = () => new Promise((go) => setTimeout(go, 100));

/** @satisfies {Readonly<Record<string, () => unknown>>} */
const programs = {
  async natural() {
    await prepare();
    process.exitCode = exitCode;
  },
  async exit() {
    await prepare();
    process.exit(exitCode);
  },
  async uncaught() {
    await prepare();
    setImmediate(() => {
      throw new Error("the program's own");
    });
  },
  async "uncaught-in-tick"() {
    const mode = openMode();
    await prepare(mode);
    process.nextTick(() => {
      throw new Error("the program's own");
    });
    await mode.openSession().exec('text("next")');
  },
  async "uncaught-in-event"() {
    const mode = openMode();
    await prepare(mode);
    const onEvent = () =>
      process.nextTick(() => {
        throw new Error("the program's own");
      });
    await mode.openSession().exec('text("next")', { onEvent });
  },
  async "until-signal"() {
    await prepare();
    setInterval(() => {}, 1000);
    console.log("ready");
  },
  async "signal-handler"() {
    process.once("SIGTERM", () => process.exit(exitCode));
    await programs["until-signal"]();
  },
  async "worker-terminated"() {
    const worker = await startWorker();
    await worker.terminate();
    await aMoment();
    process.exitCode = exitCode;
  },
  async "worker-beside-main"() {
    openMode();
    await programs["worker-terminated"]();
  },
  async "worker-exits"() {
    const worker = await startWorker();
    const exited = once(worker, "exit");
    worker.postMessage("exit");
    await exited;
    await aMoment();
    process.exitCode = exitCode;
  },
  async "worker-exits-beside-main"() {
    openMode();
    await programs["worker-exits"]();
  },
  async "main-exits-over-worker"() {
    await startWorker();
    process.exit(exitCode);
  },
  async "in-worker"() {
    parentPort?.once("message", () => process.exit(0));
    await prepare();
    parentPort?.postMessage("ready");
  },
  async forked() {
    const child = await forkProgram("in-fork");
    const exited = once(child, "exit");
    child.send("exit");
    const [code, signal] = await exited;
    if (signal !== null) throw new Error(`The forked process ended with ${signal}.`);
    process.exitCode = code;
  },
  async "forked-disconnected"() {
    const child = await forkProgram("in-fork");
    const exited = once(child, "exit");
    child.disconnect();
    const [code, signal] = await exited;
    if (signal !== null) throw new Error(`The forked process ended with ${signal}.`);
    process.exitCode = code;
  },
  async "in-fork"() {
    await prepare();
    process.exitCode = exitCode;
    process.once("message", () => process.exit(exitCode));
    process.send?.("ready");
  },
  async cluster() {
    cluster.setupPrimary({ exec: self, args: ["in-fork", cells] });
    const worker = cluster.fork();
    await once(worker, "message");
    const exited = once(worker, "exit");
    worker.send("exit");
    const [code, signal] = await exited;
    if (signal !== null) throw new Error(`The cluster's worker ended with ${signal}.`);
    process.exitCode = code;
  },
  async "exit-in-event"() {
    const mode = openMode();
    await prepare(mode);
    const onEvent = () => process.exit(exitCode);
    await mode.openSession().exec('text("a"); for (;;) {}', { onEvent });
  },
  async "exit-in-tool"() {
    const mode = openMode();
    await prepare(mode);
    const leave = { execute: () => process.exit(exitCode) };
    await mode.openSession().exec("await tools.leave()", { tools: { leave } });
  },
  async "exec-in-exit-handler"() {
    const mode = openMode();
    await prepare(mode);
    process.on("exit", () => {
      for (const source of busy) void mode.openSession().exec(source);
    });
    process.exit(exitCode);
  },
  async "exec-before-exit"() {
    const mode = openMode();
    await prepare(mode);
    let times = 0;
    process.on("beforeExit", () => {
      times += 1;
      if (times < 10) void mode.openSession().exec('text("once more")');
    });
    process.exitCode = exitCode;
  },
  async "exit-twice"() {
    await prepare();
    process.on("exit", () => process.exit(exitCode));
    process.exit(1);
  },
  async "never-settles"() {
    await prepare();
    await new Promise(() => {});
  },
};

await programs[program]();
