// Why does the first tool call of a cell take longer than one of many? Follows a cell without a call, with one
// and with two from the call of `exec` to the line after the `await`, each with an isolate that is ready, and
// prints what each step takes. `tool-call` has the calls of a cell that makes many.
//
//   node bench/first-call.mjs [--samples 200] [--json]

import { parseArgs } from "node:util";
import { createCodeMode } from "../dist/index.js";
import { nextUndisturbed, now, watchExecs } from "./lib/exec-moments.mjs";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { refilledAwake, refillMs } from "./lib/samples.mjs";
import { formatMicroseconds } from "./lib/units.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "200" },
    json: { type: "boolean", default: false },
  },
});
const samples = readCount(options, "samples");
const report = openReport({
  name: "first-call",
  question: "why does the first tool call of a cell take longer than one of many?",
  settings: { samples },
  json: options.json,
});

const sources = {
  none: 'text("ok")',
  one: "text(await tools.echo(1))",
  two: "await tools.echo(1); text(await tools.echo(1))",
};

/** What is measured from one moment to another. `tool` is when the first call reaches its tool. */
const steps = [
  { name: "until the cell's code runs", from: "start", to: "evaluates" },
  { name: "the code, to its end or its first await", from: "evaluates", to: "evaluated" },
  { name: "until the host's thread runs", from: "evaluated", to: "wakes" },
  { name: "events become values", from: "wakes", to: "delivers" },
  { name: "JavaScript until the tool is called", from: "delivers", to: "tool" },
  { name: "the rest of the events' JavaScript", from: "tool", to: "delivered" },
  { name: "results to the cell, its end, the promise", from: "delivered", to: "answered" },
  { name: "in all", from: "start", to: "answered" },
];

let calledAt = 0;
const codeMode = createCodeMode({
  prewarm: 1,
  tools: {
    echo: {
      execute: (input) => {
        if (calledAt === 0) calledAt = now();
        return input;
      },
    },
  },
});
const session = codeMode.openSession();
const watch = watchExecs();
for (let i = 0; i < 10; i++) {
  for (const source of Object.values(sources)) await follow(source);
}
const execs = { none: [], one: [], two: [] };
let disturbed = 0;
for (let i = 0; i < samples; i++) {
  for (const [kind, source] of Object.entries(sources)) {
    const next = await nextUndisturbed(() => follow(source));
    execs[kind].push(next.moments);
    disturbed += next.disturbed;
  }
}
watch.stop();
await codeMode.close();

const text = (time) => (time === null ? "-" : formatMicroseconds(time.p50));
report.close(
  steps.map((step) => ({
    step: step.name,
    none: step.to === "tool" ? null : lengths(execs.none, step),
    one: lengths(execs.one, step),
    two: lengths(execs.two, step),
  })),
  [
    { name: "step, p50", text: (row) => row.step },
    { name: "no call", text: (row) => text(row.none) },
    { name: "one call", text: (row) => text(row.one) },
    { name: "two calls", text: (row) => text(row.two) },
  ],
  [
    `each cell ${refillMs} ms after the one before, in which the host's event loop turns;`,
    `${disturbed} are not counted, since other events of the addon came in between`,
  ],
);

async function follow(source) {
  await refilledAwake();
  calledAt = 0;
  const moments = await watch.follow(session, source);
  // Without a call, all of the events' JavaScript is the rest of it.
  return moments && { ...moments, tool: calledAt === 0 ? (moments.delivers ?? 0) : calledAt };
}

function lengths(list, { from, to }) {
  return summary(list.map((moments) => moments[to] - moments[from]));
}
