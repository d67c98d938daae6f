// What does a process of its own cost a cell, beside a thread? Prints for both, in turn: an exec with an
// isolate kept ready and without one, a tool call of many in a row, cells a second, the end of an endless loop,
// and for processes the memory that each ready one has for itself.
//
//   node bench/isolation.mjs [--samples 60] [--window-ms 400] [--ready 64] [--process-host auto] [--json]

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createCodeMode } from "../dist/index.js";
import { descendantsOf } from "../scripts/lib/descendants.mjs";
import { expectCompleted, expectStatus } from "./lib/cells.mjs";
import { loadFloor } from "./lib/floor.mjs";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { inTurn, refilled } from "./lib/samples.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "60" },
    "window-ms": { type: "string", default: "400" },
    ready: { type: "string", default: "64" },
    "process-host": { type: "string", default: "auto" },
    json: { type: "boolean", default: false },
  },
});
const samples = readCount(options, "samples");
const windowMs = readCount(options, "window-ms");
const readyCount = readCount(options, "ready");
const processHost = options["process-host"];
const calls = 50;
const kinds = /** @type {const} */ (["thread", "process"]);

const report = openReport({
  name: "isolation",
  question: "what does a process of its own cost a cell, beside a thread?",
  settings: { samples, "window-ms": windowMs, ready: readyCount, "process-host": processHost },
  json: options.json,
});

const tools = { echo: { execute: (/** @type {unknown} */ input) => input } };
const ready = forBoth((isolation) => open({ isolation, prewarm: 1 }));
const cold = forBoth((isolation) => open({ isolation, prewarm: 0 }));
const busy = forBoth((isolation) => open({ isolation, prewarm: "auto" }));
const createAndDispose = loadFloor();

const host = (await ready.process.session.exec('text("ok")')).host;
const scenarios = kinds.flatMap((kind) => [
  { what: "ready exec, ms", kind, measure: () => readyExec(ready[kind].session) },
  { what: "cold exec, ms", kind, measure: () => timeOf(cold[kind].session, 'text("ok")') },
  { what: "tool call, µs", kind, measure: () => toolCall(ready[kind].session) },
  { what: "end of a loop, ms", kind, measure: () => endOfLoop(ready[kind].session) },
]);
const rates = kinds.flatMap((kind) =>
  [1, 2, 4].map((atOnce) => ({
    what: `cells/s, ${atOnce} at once`,
    kind,
    measure: () => cellsPerSecond(busy[kind].session, atOnce),
  })),
);
const floor = { what: "bare isolates/s on 2 threads", kind: "thread", measure: bareIsolates };

for (const { measure } of scenarios) await measure();
const times = await inTurn(scenarios, samples, ({ measure }) => measure());
const counts = await inTurn([floor, ...rates], 5, ({ measure }) => measure());
for (const { codeMode } of [...values(ready), ...values(cold), ...values(busy)])
  await codeMode.close();

/** @type {Map<string, { thread?: number, process?: number }>} */
const byWhat = new Map();
for (const [i, { what, kind }] of [...scenarios, floor, ...rates].entries()) {
  const measured = [...times, ...counts][i] ?? [];
  byWhat.set(what, { ...byWhat.get(what), [kind]: summary(measured).p50 });
}
const memory = await memoryOfReady();
report.close(
  [
    ...[...byWhat].map(([what, both]) => ({
      what,
      thread: both.thread ?? null,
      process: both.process ?? null,
      ratio: both.thread && both.process ? both.process / both.thread : null,
    })),
    {
      what: `KiB of its own, one of ${memory.count} ready`,
      thread: null,
      process: memory.each,
      ratio: null,
    },
    { what: "MiB of these and their helper", thread: null, process: memory.all, ratio: null },
  ],
  [
    { name: "what", text: (row) => row.what },
    { name: "thread p50", text: (row) => formatted(row.thread) },
    { name: `${host} p50`, text: (row) => formatted(row.process) },
    { name: "ratio", text: (row) => formatted(row.ratio) },
  ],
  [
    "the scenarios are measured in turn; ratio: process by thread",
    "memory: private pages, as /proc/PID/smaps_rollup counts them; of Linux only",
  ],
);

/** @template T @param {(isolation: "thread" | "process") => T} make */
function forBoth(make) {
  return { thread: make("thread"), process: make("process") };
}

/** @template T @param {{ thread: T, process: T }} both */
function values(both) {
  return [both.thread, both.process];
}

/** @param {object} runtime */
function open(runtime) {
  const codeMode = createCodeMode(/** @type {any} */ ({ tools, processHost, ...runtime }));
  return { codeMode, session: codeMode.openSession() };
}

/** @param {any} session @param {string} source */
async function timeOf(session, source) {
  const startedAt = performance.now();
  expectCompleted(await session.exec(source));
  return performance.now() - startedAt;
}

/** Until another isolate or process is ready. A process of Node takes longer than one that is forked. */
async function rest() {
  const endsAt = performance.now() + (host === "process" ? 400 : 0);
  do await refilled();
  while (performance.now() < endsAt);
}

/** @param {any} session */
async function readyExec(session) {
  await rest();
  return timeOf(session, 'text("ok")');
}

/** Microseconds of each of many calls, one after the other, as the cell sees them. @param {any} session */
async function toolCall(session) {
  const source = `
    const startedAt = performance.now();
    for (let i = 0; i < ${calls}; i++) await tools.echo(i);
    text(performance.now() - startedAt);`;
  const { output } = expectCompleted(await session.exec(source));
  const [first] = output;
  return first?.type === "text" ? (Number(first.text) * 1000) / calls : Number.NaN;
}

/** From the request to stop to the outcome. @param {any} session */
async function endOfLoop(session) {
  const yielded = expectStatus(await session.exec("yield_control(); for (;;) {}"), "yielded");
  await rest();
  const startedAt = performance.now();
  await session.terminate(yielded.cellId);
  return performance.now() - startedAt;
}

/** @param {any} session @param {number} atOnce */
async function cellsPerSecond(session, atOnce) {
  const startedAt = performance.now();
  let done = 0;
  const keepGoing = async () => {
    while (performance.now() - startedAt < windowMs) {
      await timeOf(session, 'text("ok")');
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, keepGoing));
  return (done / (performance.now() - startedAt)) * 1000;
}

async function bareIsolates() {
  const isolates = 400;
  const seconds = createAndDispose?.(isolates, 2) ?? Number.NaN;
  return isolates / seconds;
}

async function memoryOfReady() {
  const { codeMode, session } = open({ isolation: "process", prewarm: readyCount });
  let waiting = descendantsOf();
  for (let i = 0; i < 600 && waiting.length < readyCount; i++) {
    await refilled();
    waiting = descendantsOf();
  }
  expectCompleted(await session.exec('text("ok")'));
  const kib = waiting.map(privateKib).filter((size) => size > 0);
  await codeMode.close();
  return { count: kib.length, each: summary(kib).p50, all: kib.reduce((a, b) => a + b, 0) / 1024 };
}

/** @param {number} pid */
function privateKib(pid) {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    return [...rollup.matchAll(/^Private_\w+: +(\d+)/gm)].reduce(
      (sum, [, kib]) => sum + Number(kib),
      0,
    );
  } catch {
    return 0;
  }
}

/** @param {number | null} number */
function formatted(number) {
  if (number === null || Number.isNaN(number)) return "-";
  return number >= 100 ? number.toFixed(0) : number.toFixed(2);
}
