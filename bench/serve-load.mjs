// What does a service of cells take under a load, and where does the time go? For cells in this process and at servers,
// with each store: how many cells a second are done when 16 clients ask again as soon as they are answered; how long
// one takes at half of that; and the processor time of each part for one cell. Then, from profiles of V8, what the
// JavaScript thread of a server does for a cell. Every way is measured in turn. PostgreSQL is started where it is
// installed. Linux only.
//
//   node bench/serve-load.mjs [--samples 2] [--seconds 3] [--at-once 16] [--only TEXT] [--json]

import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startPostgres } from "../scripts/lib/postgres.mjs";
import { readCount } from "./lib/options.mjs";
import { quantile } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { inTurn } from "./lib/samples.mjs";
import { formatMs } from "./lib/units.mjs";
import { readTimes, timesBetween } from "./load/processor-time.mjs";
import { steps, timeOfSteps } from "./load/steps.mjs";
import { kinds, OpenWay } from "./load/ways.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "2" },
    seconds: { type: "string", default: "3" },
    "at-once": { type: "string", default: "16" },
    only: { type: "string", default: "" },
    json: { type: "boolean", default: false },
  },
});
const samples = readCount(options, "samples");
const seconds = readCount(options, "seconds");
const atOnce = readCount(options, "at-once");
if (process.platform !== "linux") {
  console.error("serve-load reads /proc, which only Linux has.");
  process.exit(2);
}
const report = openReport({
  name: "serve-load",
  question: "what does a service take under a load, and where does the time go?",
  settings: { samples, seconds, atOnce },
  json: options.json,
});
const ms = seconds * 1000;
const processors = availableParallelism();
/** The parts that take processor time; the machine is no part. @type {readonly (readonly [keyof import("./load/processor-time.mjs").Times, string])[]} */
const parts = [
  ["thread", "JS thread"],
  ["threads", "other threads"],
  ["processes", "cells' processes"],
  ["database", "database"],
  ["client", "client"],
];

/** @typedef {import("./load/ways.mjs").Kind} Kind */

const folder = mkdtempSync(path.join(tmpdir(), "codecell-load-"));
const postgres = await startPostgres().catch((error) => {
  console.error(`Without PostgreSQL: ${error.message}`);
});
const place = { folder, postgres: postgres?.url };
const measuredKinds = kinds.filter(
  ({ store, name }) =>
    name.includes(options.only) && (store !== "postgres" || postgres !== undefined),
);

try {
  const measured = await inTurn(measuredKinds, samples, measure);
  const rows = [];
  for (const [index, kind] of measuredKinds.entries()) {
    const found = measured[index] ?? [];
    rows.push({ way: kind.name, ...summed(found), steps: await stepsOf(kind) });
  }
  report.close(
    rows,
    [
      { name: "", text: ({ way }) => way },
      { name: "cells/s", text: ({ perSecond }) => perSecond.toFixed(0) },
      { name: "p50 at half", text: ({ p50Ms }) => formatMs(p50Ms) },
      { name: "p99", text: ({ p99Ms }) => formatMs(p99Ms) },
      ...parts.map(([part, name]) => ({
        name,
        text: ({ cpuMs }) => (cpuMs[part] < 0.005 ? "" : formatMs(cpuMs[part])),
      })),
      { name: "machine", text: ({ busy }) => `${(busy * 100).toFixed(0)}%` },
      { name: "limit", text: ({ limit }) => limit },
    ],
    [
      `cells/s: ${atOnce} clients that ask again when they are answered. p50 and p99: at half as many cells, which come evenly.`,
      "JS thread to client: processor time for one cell. machine: how busy it was, other programs included.",
    ],
  );
  if (!options.json) printSteps(rows);
} finally {
  await postgres?.end();
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Each of its servers is warm: it has done as much as one alone.
 * @param {Kind} kind
 * @param {{ readonly withProfiles?: boolean }} [how]
 */
async function startWarm(kind, how) {
  const way = await OpenWay.start(kind, place, how);
  await way.run({ ms: ms * Math.max(1, kind.servers), atOnce });
  return way;
}

/** @param {Kind} kind */
async function measure(kind) {
  const way = await startWarm(kind);
  const before = readTimes(way.pids);
  const full = await way.run({ ms, atOnce });
  const times = timesBetween(before, readTimes(way.pids));
  const half = await way.run({ ms, perSecond: full.perSecond / 2 });
  await way.close();
  if (kind.store !== "postgres") times.database = 0;
  return { full, half, times };
}

/** @param {readonly Awaited<ReturnType<typeof measure>>[]} found */
function summed(found) {
  const cells = found.reduce((sum, { full }) => sum + full.cells, 0);
  const wallMs = found.reduce((sum, { full }) => sum + (full.toUs - full.fromUs) / 1000, 0);
  const totalOf = (part) => found.reduce((sum, { times }) => sum + times[part], 0);
  const cpuMs = Object.fromEntries(parts.map(([part]) => [part, totalOf(part) / cells]));
  const busy = Math.min(1, totalOf("machine") / wallMs / processors);
  return {
    perSecond: quantile(
      found.map(({ full }) => full.perSecond),
      0.5,
    ),
    p50Ms: quantile(
      found.map(({ half }) => half.p50Ms),
      0.5,
    ),
    p99Ms: quantile(
      found.map(({ half }) => half.p99Ms),
      0.5,
    ),
    cpuMs,
    busy,
    limit: limitOf(cpuMs, busy, totalOf("thread") / wallMs),
  };
}

/**
 * @param {Record<string, number>} cpuMs
 * @param {number} busy
 * @param {number} threadShare - Of the wall time, that the JavaScript threads of the servers have run.
 */
function limitOf(cpuMs, busy, threadShare) {
  if (busy > 0.9) {
    const [, name] = [...parts].sort(([a], [b]) => (cpuMs[b] ?? 0) - (cpuMs[a] ?? 0))[0] ?? [];
    return `processors, first ${name}`;
  }
  return threadShare > 0.85 ? "JS thread" : "waits, such as for the disk";
}

/**
 * A run of its own: a profile slows down.
 * @param {Kind} kind
 */
async function stepsOf(kind) {
  const way = await startWarm(kind, { withProfiles: true });
  const full = await way.run({ ms, atOnce });
  const times = timeOfSteps(await way.close(), full);
  return Object.fromEntries(steps.map((step) => [step, (times[step] ?? 0) / full.cells / 1000]));
}

/** @param {readonly { way: string, steps: Record<string, number> }[]} rows */
function printSteps(rows) {
  openReport({
    name: "steps",
    question: "what does the JavaScript thread of a server do for a cell?",
    settings: {},
    json: false,
  }).close(
    rows,
    [
      { name: "", text: ({ way }) => way },
      ...steps.map((step) => ({
        name: step,
        text: (row) => (row.steps[step] < 0.0005 ? "" : formatMs(row.steps[step])),
      })),
    ],
    [
      "By the folder of src/ of the innermost function, while 16 clients ask; of all servers together.",
    ],
  );
}
