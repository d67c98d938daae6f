// Where does the time of one exec go? Follows `text("ok")` with an isolate that is ready, from the call of
// `exec` through the addon and the cell's thread to the line after the `await`, and prints what each step
// takes: where the host's event loop turns between two execs, and where its thread sleeps.
//
//   node bench/exec-path.mjs [--samples 300] [--json] [--draw docs/exec.svg]
//     --draw FILE: the steps on the two threads, as a picture

import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createCodeMode } from "../dist/index.js";
import { nextUndisturbed, watchExecs } from "./lib/exec-moments.mjs";
import { drawExec } from "./lib/exec-picture.mjs";
import { machineLine } from "./lib/machine.mjs";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { refilled, refilledAwake, refillMs } from "./lib/samples.mjs";
import { formatMicroseconds } from "./lib/units.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "300" },
    draw: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const samples = readCount(options, "samples");
const report = openReport({
  name: "exec-path",
  question: "where does the time of one exec go?",
  settings: { samples },
  json: options.json,
});

/**
 * Each lasts from one moment to another. Those "beside" take no time of the exec: the cell's thread wakes
 * meanwhile.
 * @type {readonly { name: string, from: string, to: string, on: "host" | "cell" | "way", isToCell?: true, isBeside?: true }[]}
 */
const steps = [
  { name: "exec's JavaScript", from: "start", to: "called", on: "host" },
  { name: "the addon reads the cell's options", from: "called", to: "hands", on: "host" },
  { name: "until the cell's thread runs", from: "hands", to: "runs", on: "way", isToCell: true },
  { name: "begin: globals, clock, watchdog", from: "runs", to: "compiles", on: "cell" },
  { name: "compile", from: "compiles", to: "links", on: "cell" },
  { name: "link", from: "links", to: "evaluates", on: "cell" },
  { name: "evaluate", from: "evaluates", to: "evaluated", on: "cell" },
  { name: "end: microtasks, result, usage", from: "evaluated", to: "sends", on: "cell" },
  { name: "until the host's thread runs", from: "sends", to: "wakes", on: "way" },
  { name: "events become values", from: "wakes", to: "delivers", on: "host" },
  { name: "the events' JavaScript", from: "delivers", to: "delivered", on: "host" },
  { name: "the promise", from: "delivered", to: "answered", on: "host" },
  { name: "the addon wakes the thread", from: "hands", to: "returned", on: "host", isBeside: true },
  {
    name: "the rest of exec's JavaScript",
    from: "returned",
    to: "left",
    on: "host",
    isBeside: true,
  },
];

const codeMode = createCodeMode({ prewarm: 1 });
const session = codeMode.openSession();
const watch = watchExecs();
const execAfter = async (pause) => {
  await pause();
  return watch.follow(session, 'text("ok")');
};
for (let i = 0; i < 25; i++) await execAfter(refilledAwake);
const pauses = { turns: refilledAwake, sleeps: refilled };
const execs = { turns: [], sleeps: [] };
let disturbed = 0;
for (let i = 0; i < samples; i++) {
  for (const [name, pause] of Object.entries(pauses)) {
    const next = await nextUndisturbed(() => execAfter(pause));
    execs[name].push(next.moments);
    disturbed += next.disturbed;
  }
}
watch.stop();
await codeMode.close();

const rows = [
  ...steps.map((step) => ({ ...step, ...summarize(step) })),
  { name: "in all", ...summarize({ from: "start", to: "answered" }) },
];
report.close(
  rows,
  [
    { name: "step", text: (row) => (row.isBeside ? `(${row.name})` : row.name) },
    { name: "p50", text: (row) => formatMicroseconds(row.turns.p50) },
    { name: "p95", text: (row) => formatMicroseconds(row.turns.p95) },
    { name: "after sleep p50", text: (row) => formatMicroseconds(row.sleeps.p50) },
    { name: "p95", text: (row) => formatMicroseconds(row.sleeps.p95) },
  ],
  [
    `${refillMs} ms between two execs, in which the host's event loop turns, or in which its thread sleeps;`,
    "in parentheses: what the host does while the cell's thread wakes;",
    `${disturbed} execs are not counted, since other events of the addon came in between`,
  ],
);
if (options.draw !== undefined) {
  writeFileSync(options.draw, drawExec({ rows, machine: machineLine() }));
}

function summarize({ from, to }) {
  const lengths = (list) => summary(list.map((moments) => moments[to] - moments[from]));
  return { turns: lengths(execs.turns), sleeps: lengths(execs.sleeps) };
}
