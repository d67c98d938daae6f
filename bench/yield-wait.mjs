// What does it cost to hand over what there is, and to wait for more? Prints the time from the moment
// the host lets a cell go on to the outcome of `wait` with what it has yielded, of a `wait` that
// takes what is there, and of the `exec` that a cell's first yield answers.
//
//   node bench/yield-wait.mjs [--samples 500] [--json]

import { parseArgs } from "node:util";
import { createCodeMode } from "../dist/index.js";
import { expectStatus } from "./lib/cells.mjs";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { refilledAwake, timeTasks } from "./lib/samples.mjs";
import { formatMs } from "./lib/units.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "500" },
    json: { type: "boolean", default: false },
  },
});
const samples = readCount(options, "samples");
const report = openReport({
  name: "yield-wait",
  question: "what does it cost to hand over what there is, and to wait for more?",
  settings: { samples },
  json: options.json,
});

/** Lets the cell go on; set while it waits. */
let goOn = () => {};
let hasAsked = () => {};
const codeMode = createCodeMode({
  tools: {
    next: {
      execute: () =>
        new Promise((resolve) => {
          goOn = () => resolve(undefined);
          hasAsked();
        }),
    },
  },
});
const session = codeMode.openSession();
const yielding = 'yield_control(); for (;;) { await tools.next(); text("more"); yield_control(); }';
let asked = nextQuestion();
const started = expectStatus(await session.exec(yielding), "yielded");
const { cellId } = started;

const times = await timeTasks(
  {
    "wait, until the cell has yielded": timeWait,
    "wait, for what is there": timeLateWait,
    "exec, until the cell has yielded": timeExec,
  },
  samples,
);
await codeMode.close();

report.close(
  [...times].map(([name, ms]) => ({ what: name, samples: ms.length, ...summary(ms) })),
  [
    { name: "observed", text: (row) => row.what },
    { name: "samples", text: (row) => String(row.samples) },
    { name: "p50", text: (row) => formatMs(row.p50) },
    { name: "p95", text: (row) => formatMs(row.p95) },
  ],
  [
    "the first has a tool's result on its way to the cell and the yield on its way back",
    "the last finds an isolate that is ready",
  ],
);

async function timeWait() {
  await asked;
  asked = nextQuestion();
  const startedAt = performance.now();
  goOn();
  expectStatus(await session.wait(cellId), "yielded");
  return performance.now() - startedAt;
}

async function timeLateWait() {
  await asked;
  asked = nextQuestion();
  goOn();
  await asked; // The cell has come round, so its output is here.
  const startedAt = performance.now();
  expectStatus(await session.wait(cellId, { yieldAfterMs: 0 }), "yielded");
  return performance.now() - startedAt;
}

async function timeExec() {
  await refilledAwake();
  const startedAt = performance.now();
  const outcome = await session.exec(
    "yield_control(); await new Promise(() => setTimeout(() => {}, 1e6));",
  );
  const ms = performance.now() - startedAt;
  await session.terminate(expectStatus(outcome, "yielded").cellId);
  return ms;
}

/** Resolves when the cell asks to go on. */
function nextQuestion() {
  return new Promise((resolve) => {
    hasAsked = () => resolve(undefined);
  });
}
