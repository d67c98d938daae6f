// How many cells a second? Prints it for 1 to 64 cells at once, with and without a tool call, with the
// processor time each takes, and as a share of the floor: how many bare isolates with a context can be
// created and disposed on two threads, with nothing of codecell around them.
//
//   node bench/throughput.mjs [--samples 5] [--window-ms 500] [--at-once 1,2,4,16,64] [--prewarm auto] [--json]

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { createCodeMode } from "../dist/index.js";
import { expectCompleted } from "./lib/cells.mjs";
import { loadFloor } from "./lib/floor.mjs";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { inTurn } from "./lib/samples.mjs";
import { formatCount, formatMs, formatShare } from "./lib/units.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "5" },
    "window-ms": { type: "string", default: "500" },
    "at-once": { type: "string", default: "1,2,4,16,64" },
    prewarm: { type: "string", default: "auto" },
    json: { type: "boolean", default: false },
  },
});
const samples = readCount(options, "samples");
const windowMs = readCount(options, "window-ms");
const counts = options["at-once"].split(",").map(Number);
const floorThreads = 2;
const floorIsolates = 400;

const report = openReport({
  name: "throughput",
  question: "how many cells a second?",
  settings: {
    samples,
    "window-ms": windowMs,
    prewarm: options.prewarm,
    processors: availableParallelism(),
  },
  json: options.json,
});
const createAndDispose = loadFloor();
const codeMode = createCodeMode({
  tools: { echo: { execute: (input) => input } },
  prewarm: options.prewarm === "auto" ? "auto" : Number(options.prewarm),
});
const session = codeMode.openSession();
const cells = [
  { work: 'text("ok")', source: 'text("ok")' },
  { work: "one tool call", source: "text(await tools.echo(1))" },
];
const scenarios = cells.flatMap((cell) => counts.map((atOnce) => ({ ...cell, atOnce })));

for (const scenario of scenarios.slice(0, 1)) await runWindow({ ...scenario, forMs: 200 });
const measured = await inTurn([undefined, ...scenarios], samples, async (scenario) =>
  scenario === undefined ? runFloor() : runWindow({ ...scenario, forMs: windowMs }),
);
await codeMode.close();

const [floor = [], ...windows] = measured;
const rows = [
  { work: "bare isolates", atOnce: floorThreads, ...summarize(floor) },
  ...scenarios.map(({ work, atOnce }, i) => ({ work, atOnce, ...summarize(windows[i] ?? []) })),
];
report.close(
  createAndDispose === undefined ? rows.slice(1) : rows,
  [
    { name: "cells", text: (row) => row.work },
    { name: "at once", text: (row) => String(row.atOnce) },
    { name: "cells/s p50", text: (row) => formatCount(row.perSecond) },
    { name: "processor/cell", text: (row) => formatMs(row.cpuMs) },
    {
      name: "of the floor",
      text: ({ shareOfFloor }) => (shareOfFloor === null ? "-" : formatShare(shareOfFloor)),
    },
  ],
  [
    "processor/cell: time of all threads of the process, the host's included",
    createAndDispose === undefined
      ? "no floor: this Node's headers are not on this machine"
      : `the floor: created and disposed on ${floorThreads} threads; the share is the median of each round's`,
  ],
);

/** Keeps so many cells going for a while. */
async function runWindow({ source, atOnce, forMs }) {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  let done = 0;
  const keepGoing = async () => {
    while (performance.now() - startedAt < forMs) {
      expectCompleted(await session.exec(source));
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, keepGoing));
  return perCell(done, performance.now() - startedAt, cpuBefore);
}

function runFloor() {
  const cpuBefore = process.cpuUsage();
  const seconds = createAndDispose?.(floorIsolates, floorThreads) ?? Number.NaN;
  return perCell(floorIsolates, seconds * 1000, cpuBefore);
}

function perCell(cellCount, elapsedMs, cpuBefore) {
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    perSecond: (cellCount / elapsedMs) * 1000,
    cpuMs: (user + system) / 1000 / cellCount,
  };
}

/** @param {readonly { perSecond: number, cpuMs: number }[]} rounds - One for each round. */
function summarize(rounds) {
  const middle = (values) => summary(values).p50;
  const shares = rounds.map(({ perSecond }, i) => perSecond / (floor[i]?.perSecond ?? Number.NaN));
  return {
    perSecond: middle(rounds.map((round) => round.perSecond)),
    cpuMs: middle(rounds.map((round) => round.cpuMs)),
    shareOfFloor: createAndDispose === undefined ? null : middle(shares),
  };
}
