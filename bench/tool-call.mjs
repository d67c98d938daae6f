// What does a nested tool call cost? Prints the microseconds of each call, from a cell to a tool of the
// host that returns its input, and back: one after another and many in flight, small and large. Counted
// from mark to mark, both tool calls themselves, so that the start of the cell does not count.
//
//   node bench/tool-call.mjs [--samples 20] [--json]

import { parseArgs } from "node:util";
import { createCodeMode } from "../dist/index.js";
import { expectCompleted } from "./lib/cells.mjs";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { inTurn } from "./lib/samples.mjs";
import { formatBytes, formatCount, formatMicroseconds } from "./lib/units.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "20" },
    json: { type: "boolean", default: false },
  },
});
const samples = readCount(options, "samples");
const report = openReport({
  name: "tool-call",
  question: "what does a nested tool call cost?",
  settings: { samples },
  json: options.json,
});

const scenarios = [
  { name: "one after another", bytes: 1, inFlight: 1, batches: 2000 },
  { name: "100 in flight", bytes: 1, inFlight: 100, batches: 50 },
  { name: "10 000 in flight", bytes: 1, inFlight: 10_000, batches: 1 },
  { name: "one after another", bytes: 2 ** 10, inFlight: 1, batches: 1000 },
  { name: "100 in flight", bytes: 2 ** 10, inFlight: 100, batches: 10 },
  { name: "one after another", bytes: 2 ** 20, inFlight: 1, batches: 20 },
  { name: "10 in flight", bytes: 2 ** 20, inFlight: 10, batches: 2 },
];

/** @type {number[]} */
const marks = [];
const codeMode = createCodeMode({
  tools: {
    echo: { execute: (input) => input },
    mark: {
      execute: () => {
        marks.push(performance.now());
      },
    },
  },
});
const session = codeMode.openSession();
for (const scenario of scenarios) await measure(scenario);
const measured = await inTurn(scenarios, samples, measure);
await codeMode.close();

report.close(
  scenarios.map(({ name, bytes, inFlight }, i) => {
    const { p50, p95, min } = summary(measured[i] ?? []);
    return { scenario: name, bytes, inFlight, p50Ms: p50, p95Ms: p95, minMs: min };
  }),
  [
    { name: "calls", text: (row) => row.scenario },
    { name: "each way", text: (row) => (row.bytes === 1 ? "1 B" : formatBytes(row.bytes)) },
    { name: "p50/call", text: (row) => formatMicroseconds(row.p50Ms) },
    { name: "p95/call", text: (row) => formatMicroseconds(row.p95Ms) },
    { name: "min/call", text: (row) => formatMicroseconds(row.minMs) },
    { name: "calls/s", text: (row) => formatCount(1000 / row.p50Ms) },
  ],
  ["each sample is the mean of all calls of one cell, which made some before that do not count"],
);

/** Milliseconds of one call. */
async function measure({ bytes, inFlight, batches }) {
  marks.length = 0;
  const outcome = await session.exec(`
    const payload = "x".repeat(${bytes});
    const call = () => tools.echo(payload);
    const batch = ${inFlight === 1 ? "call" : `() => Promise.all(Array.from({ length: ${inFlight} }, call))`};
    for (let i = 0; i < ${warmBatches(inFlight, bytes)}; i++) await batch();
    await tools.mark();
    for (let i = 0; i < ${batches}; i++) await batch();
    await tools.mark();
  `);
  expectCompleted(outcome);
  const [start = 0, end = 0] = marks;
  return (end - start) / (inFlight * batches);
}

/** How often before the first mark: a hundred small calls or so, two large ones. */
function warmBatches(inFlight, bytes) {
  if (bytes > 2 ** 16) return 2;
  return Math.max(1, Math.round(200 / inFlight));
}
