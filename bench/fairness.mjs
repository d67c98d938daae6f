// What does one session's flood cost another? Prints how long `text("ok")` takes in one session alone
// and while another session of the same runtime floods, and the ratio of the two. Every sample is a
// process of its own, as floods leave their marks on one.
//
//   node bench/fairness.mjs [--samples 5] [--execs 40] [--flood-ms 300] [--json]

import { parseArgs } from "node:util";
import { expectCompleted } from "./lib/cells.mjs";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { inTurn, sampleProcess } from "./lib/samples.mjs";
import { formatMs, formatRatio } from "./lib/units.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "5" },
    execs: { type: "string", default: "40" },
    "flood-ms": { type: "string", default: "300" },
    json: { type: "boolean", default: false },
    // Set by this program for the processes it starts.
    sample: { type: "string" },
  },
});

const mebibyte = 2 ** 20;

/** Where an exec takes seconds, a few of them tell enough. */
const maxSampleMs = 5000;

/** What the other session runs; a cell that a limit ends is followed by the next. */
const floods = [
  { name: "alone", cells: 0, source: "" },
  { name: "200 endless cells", cells: 200, source: "for (;;) {}" },
  { name: "8 idle cells", cells: 8, source: "await tools.never();" },
  { name: "output flood", cells: 4, source: 'for (;;) text("x".repeat(1000));' },
  { name: "small output flood", cells: 4, source: 'for (;;) text("");' },
  { name: "tool-call flood", cells: 4, source: "for (;;) tools.echo(1);" },
  { name: "awaited tool calls", cells: 4, source: "for (;;) await tools.echo(1);" },
  { name: "heap allocation", cells: 4, source: "const kept = []; for (;;) kept.push({ a: [1] });" },
];

// Ends the samples too; see sampleProcess.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

if (options.sample !== undefined) await runSample(JSON.parse(options.sample));
else await runAll();

/** Starts a flood and times execs beside it; prints the milliseconds of each. */
async function runSample({ flood, execs, floodMs }) {
  const { createCodeMode } = await import("../dist/index.js");
  const runtime = createCodeMode({
    tools: {
      echo: { execute: (input) => input },
      never: { execute: () => new Promise(() => {}) },
    },
    limits: { heapBytes: 64 * mebibyte },
  });
  const quiet = runtime.openSession();
  for (let i = 0; i < 5; i++) await quiet.exec('text("ok")');

  const loud = runtime.openSession({ yieldAfterMs: Number.POSITIVE_INFINITY });
  let isOver = false;
  const keepFlooding = async () => {
    while (!isOver) await loud.exec(flood.source);
  };
  const flooding = Array.from({ length: flood.cells }, keepFlooding);
  await new Promise((resolve) => setTimeout(resolve, floodMs));

  const times = [];
  const giveUpAt = performance.now() + maxSampleMs;
  while (times.length < execs && performance.now() < giveUpAt) {
    const startedAt = performance.now();
    const outcome = await quiet.exec('text("ok")');
    times.push(performance.now() - startedAt);
    expectCompleted(outcome);
  }
  isOver = true;
  await runtime.close();
  await Promise.all(flooding);
  console.log(JSON.stringify(times));
}

async function runAll() {
  const samples = readCount(options, "samples");
  const execs = readCount(options, "execs");
  const floodMs = readCount(options, "flood-ms");

  const report = openReport({
    name: "fairness",
    question: "what does one session's flood cost another?",
    settings: { samples, execs, "flood-ms": floodMs },
    json: options.json,
  });
  const measured = await inTurn(floods, samples, (flood) =>
    sampleProcess(import.meta.url, { flood, execs, floodMs }),
  );
  const summaries = measured.map((times) => summary(times.flat()));
  const [alone] = summaries;
  report.close(
    floods.map(({ name, cells }, i) => ({
      flood: name,
      cells,
      execs: measured[i]?.flat().length,
      p50Ms: summaries[i]?.p50,
      p95Ms: summaries[i]?.p95,
      maxMs: summaries[i]?.max,
      p50Ratio: ratio(summaries[i]?.p50, alone?.p50),
      p95Ratio: ratio(summaries[i]?.p95, alone?.p95),
    })),
    [
      { name: "other session", text: (row) => row.flood },
      { name: "cells", text: (row) => String(row.cells) },
      { name: "execs", text: (row) => String(row.execs) },
      { name: "p50", text: (row) => formatMs(row.p50Ms) },
      { name: "p95", text: (row) => formatMs(row.p95Ms) },
      { name: "max", text: (row) => formatMs(row.maxMs) },
      { name: "p50 ratio", text: (row) => formatRatio(row.p50Ratio) },
      { name: "p95 ratio", text: (row) => formatRatio(row.p95Ratio) },
    ],
    ['times are of one text("ok") in a session of its own, ratios to the time alone'],
  );
}

function ratio(value = Number.NaN, base = Number.NaN) {
  return value / base;
}
