// What do a cell's timers cost? Prints the microseconds of each step of a chain of `setTimeout(…, 0)`
// and of each of 10 000 timers that are pending at once.
//
//   node bench/timer.mjs [--samples 60] [--json]

import { parseArgs } from "node:util";
import { createCodeMode } from "../dist/index.js";
import { expectCompleted } from "./lib/cells.mjs";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { timeTasks } from "./lib/samples.mjs";
import { formatMicroseconds } from "./lib/units.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "60" },
    json: { type: "boolean", default: false },
  },
});
const samples = readCount(options, "samples");
const report = openReport({
  name: "timer",
  question: "what do a cell's timers cost?",
  settings: { samples },
  json: options.json,
});

const timers = 10_000;
const sources = {
  "chain of setTimeout(0)": `
    let left = ${timers};
    await new Promise((resolve) => {
      const step = () => (left-- > 0 ? setTimeout(step, 0) : resolve());
      step();
    });`,
  "awaited setTimeout(0)": `
    for (let i = 0; i < ${timers}; i++) await new Promise((resolve) => setTimeout(resolve, 0));`,
  "10 000 at once, due at once": `
    await Promise.all(
      Array.from({ length: ${timers} }, () => new Promise((resolve) => setTimeout(resolve, 0))));`,
  "10 000 at once, over 10 ms": `
    await Promise.all(
      Array.from({ length: ${timers} }, (_, i) => new Promise((resolve) => setTimeout(resolve, i % 10))));`,
  "10 000 set and cleared": `
    const ids = Array.from({ length: ${timers} }, () => setTimeout(() => {}, 1000));
    for (const id of ids) clearTimeout(id);`,
};

/** @type {number[]} */
const marks = [];
const codeMode = createCodeMode({
  tools: {
    mark: {
      execute: () => {
        marks.push(performance.now());
      },
    },
  },
});
const session = codeMode.openSession();
const times = await timeTasks(
  Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, () => timeOf(source)])),
  samples,
);
await codeMode.close();

report.close(
  [...times].map(([name, ms]) => ({ timers: name, samples: ms.length, ...summary(ms) })),
  [
    { name: "timers", text: (row) => row.timers },
    { name: "samples", text: (row) => String(row.samples) },
    { name: "p50/timer", text: (row) => formatMicroseconds(row.p50) },
    { name: "p95/timer", text: (row) => formatMicroseconds(row.p95) },
  ],
  ["each sample is the mean of one cell's 10 000 timers, counted from mark to mark inside it"],
);

/** Milliseconds of one timer. */
async function timeOf(source) {
  marks.length = 0;
  expectCompleted(await session.exec(`await tools.mark(); ${source}; await tools.mark();`));
  const [start = 0, end = 0] = marks;
  return (end - start) / timers;
}
