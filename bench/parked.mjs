// What does a cell take that waits for a person? Prints the memory and the threads of each cell that waits for an
// approval with its isolate, and of each that is parked; the size of its journal; and the processor time until a
// parked cell that is approved has ended.
//
//   node bench/parked.mjs [--samples 3] [--cells 100] [--json]

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createCodeMode } from "../dist/index.js";
import { sqliteStore } from "../dist/sqlite.js";
import { collectGarbage, countThreads } from "../scripts/lib/at-rest.mjs";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { formatBytes, formatMs } from "./lib/units.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "3" },
    cells: { type: "string", default: "100" },
    json: { type: "boolean", default: false },
  },
});
const samples = readCount(options, "samples");
const cells = readCount(options, "cells");
const report = openReport({
  name: "parked",
  question: "what does a cell take that waits for a person?",
  settings: { samples, cells },
  json: options.json,
});
const source = 'text("begin"); text(await tools.pay({ to: "a" }));';

/** Taken in turn. @type {{ how: string, parkAfterMs: number, taken: Awaited<ReturnType<typeof measure>>[] }[]} */
const kinds = [
  { how: "with its isolate", parkAfterMs: Number.POSITIVE_INFINITY, taken: [] },
  { how: "parked", parkAfterMs: 0, taken: [] },
];
for (let i = 0; i < samples; i += 1) {
  for (const { parkAfterMs, taken } of kinds) taken.push(await measure(parkAfterMs));
}

report.close(
  kinds.map(({ how, taken }) => ({ how, ...medians(taken) })),
  [
    { name: "each cell", text: (row) => row.how },
    { name: "heap", text: (row) => formatBytes(row.heapBytes) },
    { name: "threads", text: (row) => row.threads.toFixed(2) },
    { name: "journal", text: (row) => formatBytes(row.journalBytes) },
    { name: "cpu to its end", text: (row) => formatMs(row.cpuMs) },
  ],
  [
    "heap is that of JavaScript in this process; the memory of isolates is not in it: bench/memory.mjs",
  ],
);

/** Of each number by itself. */
function medians(taken) {
  const [first] = taken;
  return Object.fromEntries(
    Object.keys(first).map((name) => [name, summary(taken.map((one) => one[name])).p50]),
  );
}

async function measure(parkAfterMs) {
  const folder = mkdtempSync(path.join(tmpdir(), "codecell-bench-"));
  const store = sqliteStore(path.join(folder, "cells.db"));
  const seen = { parked: 0, ended: 0 };
  const codeMode = createCodeMode({
    tools: { pay: { approval: "ask", execute: ({ to }) => `paid ${to}` } },
    limits: { cells: 2 * cells },
    durability: { store, parkAfterMs },
    onEvent: ({ type }) => {
      if (type in seen) seen[type] += 1;
    },
  });
  const session = codeMode.openSession();
  await session.exec("1");
  collectGarbage();
  const before = { heap: process.memoryUsage().heapUsed, threads: countThreads() };
  for (let i = 0; i < cells; i += 1) await session.exec(source, { yieldAfterMs: 0 });
  let open = await codeMode.approvals();
  while (open.length < cells || (parkAfterMs === 0 && seen.parked < cells)) {
    await sleep(20);
    open = await codeMode.approvals();
  }
  // The threads of isolates that are gone end by themselves.
  await sleep(1_000);
  collectGarbage();
  const heapBytes = (process.memoryUsage().heapUsed - before.heap) / cells;
  const threads = (countThreads() - before.threads) / cells;
  const records = await store.read(open[0]?.cellId ?? "", 0, 100);
  const journalBytes = records.reduce((bytes, { body }) => bytes + body.length, 0);
  const cpu = process.cpuUsage();
  seen.ended = 0;
  const approve = ({ approvalId }) => codeMode.decide(approvalId, { verdict: "approve" });
  await Promise.all(open.map(approve));
  while (seen.ended < cells) await sleep(5);
  const { user, system } = process.cpuUsage(cpu);
  await codeMode.close();
  await store.close();
  rmSync(folder, { recursive: true });
  return { heapBytes, threads, journalBytes, cpuMs: (user + system) / 1000 / cells };
}
