// Does a cell leave anything behind? Runs 10 000 cells one after another and 200 at once, and compares
// the process's threads, file descriptors, active resources and memory with what they were before.
// Exit code 1 where something was left.

import { parseArgs } from "node:util";
import { getBinding } from "../dist/backend/addon/binding.js";
import { createCodeMode } from "../dist/index.js";
import {
  collectGarbage,
  countDescriptors,
  countHandles,
  countIdleThreads,
  countThreads,
  readResidentKiB,
  threadsSettled,
} from "./lib/at-rest.mjs";

const { values: options } = parseArgs({
  options: {
    cells: { type: "string", default: "10000" },
    "at-once": { type: "string", default: "200" },
  },
});
const cellCount = Number(options.cells);
const atOnce = Number(options["at-once"]);

// The allocator keeps freed memory of short-lived threads in arenas and reuses it; more than this
// over so many cells is a leak.
const allowedGrowthMiB = 24;

const source = `
  const echoed = await tools.echo({ n: 1, list: ["a", "b"] });
  store("last", echoed);
  setTimeout(() => {}, 1_000_000);
  tools.never({});
  text(echoed);
`;

const codeMode = createCodeMode({
  // Those that are terminated at once must all be alive before.
  limits: { cells: atOnce },
  tools: {
    echo: { execute: (input) => input },
    never: { execute: () => new Promise(() => {}) },
  },
});
const session = codeMode.openSession({ limits: { cells: atOnce } });
const measurements = [];

await runInSequence(Math.min(1000, cellCount));
await runAtOnce(atOnce);
await measure("after warming up");
await runInSequence(cellCount);
await measure(`after ${cellCount} cells in sequence`);
await runAtOnce(atOnce);
await measure(`after ${atOnce} cells at once`);
await terminateAtOnce(atOnce);
await measure(`after ${atOnce} cells terminated at once`);
await codeMode.close();
await measure("after close()");

console.table(Object.fromEntries(measurements.map(({ when, ...numbers }) => [when, numbers])));
const problems = findProblems();
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? "Nothing is left behind." : "Something is left behind.");
process.exitCode = problems.length === 0 ? 0 : 1;

async function runInSequence(count) {
  for (let i = 0; i < count; i++) expectStatus(await session.exec(source), "completed");
}

async function runAtOnce(count) {
  const outcomes = await Promise.all(Array.from({ length: count }, () => session.exec(source)));
  for (const outcome of outcomes) expectStatus(outcome, "completed");
}

async function terminateAtOnce(count) {
  const looping = "for (;;) { try { await null; } catch {} }";
  const started = await Promise.all(
    Array.from({ length: count }, () => session.exec(looping, { yieldAfterMs: 0 })),
  );
  for (const outcome of started) expectStatus(outcome, "yielded");
  const ended = await Promise.all(started.map(({ cellId }) => session.terminate(cellId)));
  for (const outcome of ended) expectStatus(outcome, "terminated");
}

function expectStatus(outcome, status) {
  if (outcome.status === status) return;
  throw new Error(`A cell ${outcome.status} instead of ${status}: ${outcome.error?.text ?? ""}`);
}

async function measure(when) {
  await threadsSettled();
  collectGarbage();
  // As many isolates and threads are kept for the next cells as the last moments asked for, within
  // bounds; they are nothing left behind.
  const ready = getBinding().spareCount();
  const idle = countIdleThreads();
  measurements.push({
    when,
    threads: countThreads() - ready - idle,
    ready,
    idle,
    descriptors: countDescriptors(),
    resources: countHandles(),
    memoryMiB: Math.round(readResidentKiB() / 102.4) / 10,
  });
}

function findProblems() {
  const [before, ...later] = measurements;
  const found = [];
  for (const now of later) {
    for (const what of ["threads", "descriptors", "resources"]) {
      if (now[what] > before[what]) {
        found.push(`${now.when}: ${what} grew from ${before[what]} to ${now[what]}.`);
      }
    }
  }
  const sequence = later[0];
  const growth = sequence.memoryMiB - before.memoryMiB;
  if (growth > allowedGrowthMiB) {
    found.push(`${sequence.when}: memory grew by ${growth.toFixed(1)} MiB.`);
  }
  return found;
}
