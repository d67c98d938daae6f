// How much memory do isolates and cells take? Prints the bytes each parked isolate, idle cell and cell
// that has made garbage adds to the resident set of the process, what is left of them after the runtime
// has been closed, and how the process grows over many execs. Every sample is a process of its own.
//
//   node bench/memory.mjs [--samples 5] [--isolates 32] [--execs 10000] [--json]

import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { collectGarbage, readResidentKiB, threadsSettled } from "../scripts/lib/at-rest.mjs";
import { expectCompleted, expectStatus } from "./lib/cells.mjs";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { inTurn, sampleProcess } from "./lib/samples.mjs";
import { formatBytes } from "./lib/units.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "5" },
    isolates: { type: "string", default: "32" },
    execs: { type: "string", default: "10000" },
    json: { type: "boolean", default: false },
    // Set by this program for the processes it starts.
    sample: { type: "string" },
  },
});

const waiting = "await tools.never();";
/** Leaves 16 MiB of garbage, some at a time. */
const littering = `
  for (let i = 0; i < 256; i++) globalThis.last = Array.from({ length: 1024 }, (_, n) => [n, n]);
  globalThis.last = undefined;`;

const kinds = {
  parked: measureParked,
  idle: ({ isolates }) => measureCells(isolates, `yield_control(); ${waiting}`),
  garbage: ({ isolates }) => measureCells(isolates, `${littering} yield_control(); ${waiting}`),
  execs: measureExecs,
};

if (options.sample !== undefined) await runSample(JSON.parse(options.sample));
else await runAll();

async function runSample({ kind, ...counts }) {
  console.log(JSON.stringify(await kinds[kind](counts)));
}

/** Isolates kept ready, before any exec has taken one. */
async function measureParked({ isolates }) {
  const { before, createCodeMode } = await start();
  const codeMode = createCodeMode({ prewarm: isolates });
  await residentStands();
  const perOne = ((await readRest()) - before) / isolates;
  await codeMode.close();
  return { bytes: perOne, leftBytes: ((await readClosed()) - before) / isolates };
}

/** Cells that have yielded and wait. */
async function measureCells(cells, source) {
  const { before, createCodeMode } = await start();
  const codeMode = createCodeMode({
    tools: { never: { execute: () => new Promise(() => {}) } },
    prewarm: 0,
  });
  const session = codeMode.openSession();
  for (let i = 0; i < cells; i++) expectStatus(await session.exec(source), "yielded");
  await residentStands();
  const perOne = ((await readRest()) - before) / cells;
  await codeMode.close();
  return { bytes: perOne, leftBytes: ((await readClosed()) - before) / cells };
}

/** One exec after another, in a process that has made some before. */
async function measureExecs({ execs }) {
  const { createCodeMode } = await start();
  const codeMode = createCodeMode();
  const session = codeMode.openSession();
  const run = async (count) => {
    for (let i = 0; i < count; i++) expectCompleted(await session.exec('text("ok")'));
    await residentStands();
    return readRest();
  };
  const before = await run(Math.ceil(execs / 10));
  const heapBefore = process.memoryUsage();
  const bytes = (await run(execs)) - before;
  const heapAfter = process.memoryUsage();
  const hostHeapBytes = heapAfter.heapTotal - heapBefore.heapTotal;
  const keptBytes = heapAfter.heapUsed - heapBefore.heapUsed;
  await codeMode.close();
  return { bytes, hostHeapBytes, keptBytes, leftBytes: (await readClosed()) - before };
}

/** Loads everything that is needed once, runs a cell, and reads what the process has then. */
async function start() {
  const { createCodeMode } = await import("../dist/index.js");
  const codeMode = createCodeMode({ prewarm: 0 });
  const session = codeMode.openSession();
  for (let i = 0; i < 5; i++) expectCompleted(await session.exec('text("ok")'));
  await codeMode.close();
  return { createCodeMode, before: await readClosed() };
}

/** Waits until the resident set has stopped changing. */
async function residentStands() {
  let last = 0;
  for (let same = 0; same < 5; ) {
    await sleep(50);
    const now = readResidentKiB();
    same = Math.abs(now - last) < 64 ? same + 1 : 0;
    last = now;
  }
}

async function readClosed() {
  await threadsSettled();
  return readRest();
}

async function readRest() {
  collectGarbage();
  await sleep(20);
  return readResidentKiB() * 1024;
}

async function runAll() {
  const samples = readCount(options, "samples");
  const isolates = readCount(options, "isolates");
  const execs = readCount(options, "execs");
  const report = openReport({
    name: "memory",
    question: "how much memory do isolates and cells take?",
    settings: { samples, isolates, execs },
    json: options.json,
  });
  const measure = ({ kind }) => sampleProcess(import.meta.url, { kind, isolates, execs });
  const each = [
    { kind: "parked", name: "a parked isolate" },
    { kind: "idle", name: "an idle cell" },
    { kind: "garbage", name: "a cell that has made garbage" },
  ];
  const many = { kind: "execs", name: `${execs} execs` };
  const manyResult = await measure(many);
  const measured = [...(await inTurn(each, samples, measure)), [manyResult]];
  report.close(
    [...each, many].map(({ name }, i) => ({
      of: name,
      samples: measured[i]?.length,
      bytes: summary(measured[i]?.map((sample) => sample.bytes) ?? []),
      leftBytes: summary(measured[i]?.map((sample) => sample.leftBytes) ?? []),
      hostHeapBytes: measured[i]?.[0]?.hostHeapBytes,
      keptBytes: measured[i]?.[0]?.keptBytes,
    })),
    [
      { name: "memory of", text: (row) => row.of },
      { name: "samples", text: (row) => String(row.samples) },
      { name: "p50", text: (row) => formatBytes(row.bytes.p50) },
      { name: "p95", text: (row) => formatBytes(row.bytes.p95) },
      { name: "left after close p50", text: (row) => formatBytes(row.leftBytes.p50) },
    ],
    [
      `resident set of the process; of an isolate or cell: a share of what ${isolates} together add`,
      "of the execs: what the process has grown by, after a tenth as many to warm up;",
      `the heap of the host's own engine has become larger by ${formatBytes(manyResult.hostHeapBytes)} meanwhile;`,
      `of the objects in it, ${formatBytes(manyResult.keptBytes)} more than before are in use after all execs`,
    ],
  );
}
