// What does it cost to know what a runtime does? Prints the time of an exec with ten tool calls, without questions and
// with `stats()` asked before each, in turn; and that of `stats()` and of `openMetrics` alone.
//
//   node bench/stats.mjs [--samples 200] [--json]

import { parseArgs } from "node:util";
import { createCodeMode, openMetrics } from "../dist/index.js";
import { expectCompleted } from "./lib/cells.mjs";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { refilledAwake, timeTasks } from "./lib/samples.mjs";
import { formatMs } from "./lib/units.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "200" },
    json: { type: "boolean", default: false },
  },
});
const samples = readCount(options, "samples");
const report = openReport({
  name: "stats",
  question: "what does it cost to know what a runtime does?",
  settings: { samples },
  json: options.json,
});

const codeMode = createCodeMode({ tools: { echo: { execute: (input) => input } } });
const session = codeMode.openSession();
const source = "for (let i = 0; i < 10; i += 1) await tools.echo(i);";
/** Calls of what is too short to be measured once. */
const times = 100;

const measured = await timeTasks(
  {
    "exec with ten tool calls": () => timeExec(() => {}),
    "the same, after stats()": () => timeExec(() => codeMode.stats()),
    "stats()": () => timeMany(() => codeMode.stats()),
    "openMetrics(stats())": () => timeMany(() => openMetrics(codeMode.stats())),
  },
  samples,
);
await codeMode.close();

report.close(
  [...measured].map(([what, ms]) => ({ what, samples: ms.length, ...summary(ms) })),
  [
    { name: "what", text: (row) => row.what },
    { name: "samples", text: (row) => String(row.samples) },
    { name: "p50", text: (row) => formatMs(row.p50) },
    { name: "p95", text: (row) => formatMs(row.p95) },
  ],
);

/** @param {() => void} ask */
async function timeExec(ask) {
  await refilledAwake();
  const startedAt = performance.now();
  ask();
  expectCompleted(await session.exec(source));
  return performance.now() - startedAt;
}

/** @param {() => unknown} call */
async function timeMany(call) {
  const startedAt = performance.now();
  for (let i = 0; i < times; i += 1) call();
  return (performance.now() - startedAt) / times;
}
