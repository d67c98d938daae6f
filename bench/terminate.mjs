// How long does it take to stop a cell? Prints the milliseconds from `session.terminate()` to its
// outcome, which says that the isolate is disposed and its thread has been joined.
//
//   node bench/terminate.mjs [--samples 100] [--json]

import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createCodeMode } from "../dist/index.js";
import { expectStatus } from "./lib/cells.mjs";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { timeTasks } from "./lib/samples.mjs";
import { formatMs } from "./lib/units.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "100" },
    json: { type: "boolean", default: false },
  },
});
const samples = readCount(options, "samples");
const report = openReport({
  name: "terminate",
  question: "how long does it take to stop a cell?",
  settings: { samples },
  json: options.json,
});

/** Milliseconds a cell has to get going, and the pool to be done with replacing its isolate. */
const runningMs = 15;

const sources = {
  "busy loop": "for (;;) {}",
  "microtasks without end": "for (;;) await null;",
  "allocation without end": "for (;;) globalThis.last = { before: [1, 2, 3] };",
  "regular expression": 'for (;;) /^(a+)+$/.test("a".repeat(30) + "b");',
  "waiting for a tool": "await tools.never();",
};

const codeMode = createCodeMode({
  tools: { never: { execute: () => new Promise(() => {}) } },
});
const session = codeMode.openSession();
const times = await timeTasks(
  Object.fromEntries(
    Object.entries(sources).map(([name, source]) => [name, () => timeTermination(source)]),
  ),
  samples,
);
await codeMode.close();

report.close(
  [...times].map(([name, ms]) => ({ cell: name, samples: ms.length, ...summary(ms) })),
  [
    { name: "cell", text: (row) => row.cell },
    { name: "samples", text: (row) => String(row.samples) },
    { name: "p50", text: (row) => formatMs(row.p50) },
    { name: "p95", text: (row) => formatMs(row.p95) },
    { name: "max", text: (row) => formatMs(row.max) },
  ],
);

async function timeTermination(source) {
  const { cellId } = expectStatus(await session.exec(`yield_control(); ${source}`), "yielded");
  await sleep(runningMs);
  const startedAt = performance.now();
  const outcome = await session.terminate(cellId);
  const ms = performance.now() - startedAt;
  expectStatus(outcome, "terminated");
  return ms;
}
