// What does one session's flood cost another? Prints how long `text("ok")` takes in one session alone
// and while another session of the same runtime floods, and the ratio of the two. Every sample is a
// process of its own, as floods leave their marks on one.
//
//   node bench/fairness.mjs [--samples 5] [--execs 40] [--flood-ms 300] [--json]

import { execFile } from "node:child_process";
import { parseArgs, promisify } from "node:util";
import { machineLine } from "./lib/machine.mjs";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { formatTable } from "./lib/table.mjs";

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
const mostSampleMs = 5000;

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

// Ends the samples too; see startSample.
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
  const giveUpAt = performance.now() + mostSampleMs;
  while (times.length < execs && performance.now() < giveUpAt) {
    const startedAt = performance.now();
    const outcome = await quiet.exec('text("ok")');
    times.push(performance.now() - startedAt);
    if (outcome.status !== "completed") throw new Error(`The cell ${outcome.status}.`);
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

  // Rounds over all floods, so that a slow minute of the machine touches each of them alike.
  /** @type {number[][]} */
  const measured = floods.map(() => []);
  for (let round = 0; round < samples; round++) {
    for (const [i, flood] of floods.entries()) {
      measured[i]?.push(...(await startSample({ flood, execs, floodMs })));
    }
  }

  const rows = floods.map(({ name, cells }, i) => summarize({ name, cells }, measured[i]));
  if (options.json) {
    console.log(JSON.stringify(rows, null, 2));
    return;
  }
  console.log(`fairness: samples=${samples}, execs=${execs}, flood_ms=${floodMs}`);
  console.log(machineLine());
  printTable(rows);
  console.log('times are of one text("ok") in a session of its own, ratios to the time alone');
}

async function startSample(sample) {
  const program = new URL(import.meta.url).pathname;
  const running = promisify(execFile)(process.execPath, [
    program,
    "--sample",
    JSON.stringify(sample),
  ]);
  // A flood must not outlive this program.
  const kill = () => running.child.kill("SIGKILL");
  process.once("exit", kill);
  const { stdout } = await running;
  process.off("exit", kill);
  return JSON.parse(stdout);
}

function summarize({ name, cells }, times) {
  const { p50, p95, max } = summary(times);
  return { flood: name, cells, execs: times.length, p50Ms: p50, p95Ms: p95, maxMs: max };
}

function printTable(rows) {
  const [alone] = rows;
  const columns = [
    "other session",
    "cells",
    "execs",
    "p50",
    "p95",
    "max",
    "p50 ratio",
    "p95 ratio",
  ];
  const lines = rows.map((row) => [
    row.flood,
    String(row.cells),
    String(row.execs),
    `${row.p50Ms.toFixed(2)}ms`,
    `${row.p95Ms.toFixed(2)}ms`,
    `${row.maxMs.toFixed(2)}ms`,
    `${(row.p50Ms / alone.p50Ms).toFixed(1)}x`,
    `${(row.p95Ms / alone.p95Ms).toFixed(1)}x`,
  ]);
  console.log(formatTable(columns, lines));
}
