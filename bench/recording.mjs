// What does it cost to record a cell, and to replay it? Prints the time of an exec, of a tool call and of
// a replay: not recorded, recorded into memory, and replayed. The kinds take turns.
//
//   node bench/recording.mjs [--samples 20] [--json]

import { parseArgs } from "node:util";
import { createCodeMode } from "../dist/index.js";
import { expectCompleted } from "./lib/cells.mjs";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { inTurn } from "./lib/samples.mjs";
import { formatMicroseconds } from "./lib/units.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "20" },
    json: { type: "boolean", default: false },
  },
});
const samples = readCount(options, "samples");
const report = openReport({
  name: "recording",
  question: "what does it cost to record a cell, and to replay it?",
  settings: { samples },
  json: options.json,
});

const calls = 1000;
const oneExec = 'text("ok")';
const manyCalls = `for (let i = 0; i < ${calls}; i++) await tools.echo(i);`;
const codeMode = createCodeMode({ tools: { echo: { execute: (input) => input } } });
const toolless = createCodeMode();
const journals = new Map();
for (const source of [oneExec, manyCalls]) {
  const session = codeMode.openSession({ record: true });
  const outcome = await session.exec(source);
  expectCompleted(outcome);
  journals.set(source, session.journal(outcome.cellId));
}

const scenarios = [
  { name: "exec", how: "not recorded", source: oneExec, per: 1 },
  { name: "exec", how: "recorded", source: oneExec, per: 1 },
  { name: "exec", how: "replayed", source: oneExec, per: 1 },
  { name: "tool call", how: "not recorded", source: manyCalls, per: calls },
  { name: "tool call", how: "recorded", source: manyCalls, per: calls },
  { name: "tool call", how: "replayed", source: manyCalls, per: calls },
];

for (const scenario of scenarios) await measure(scenario);
const measured = await inTurn(scenarios, samples, measure);
await Promise.all([codeMode.close(), toolless.close()]);

report.close(
  scenarios.map(({ name, how }, i) => {
    const { p50, p95, min } = summary(measured[i] ?? []);
    return { scenario: name, how, p50Ms: p50, p95Ms: p95, minMs: min };
  }),
  [
    { name: "what", text: (row) => row.scenario },
    { name: "how", text: (row) => row.how },
    { name: "p50", text: (row) => formatMicroseconds(row.p50Ms) },
    { name: "p95", text: (row) => formatMicroseconds(row.p95Ms) },
    { name: "min", text: (row) => formatMicroseconds(row.minMs) },
  ],
  [`a tool call is the mean of ${calls}, one after another, in one cell`],
);

/** Milliseconds of one exec, or of each call in it. */
async function measure({ how, source, per }) {
  const session = codeMode.openSession({ record: how === "recorded" });
  const startedAt = performance.now();
  if (how === "replayed") await toolless.replay(journals.get(source));
  else expectCompleted(await session.exec(source));
  const ms = performance.now() - startedAt;
  await session.close();
  return ms / per;
}
