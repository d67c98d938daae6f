// Does code that computes run as fast in a cell as in plain Node? Runs the same functions in both, each
// time in a fresh process, the two in turn, and prints the milliseconds and their ratio. Both compile
// the function from its source, warm it up and time it themselves.
//
//   node bench/cpu.mjs [--samples 20] [--json]

import { parseArgs } from "node:util";
import { expectCompleted } from "./lib/cells.mjs";
import { guestPrograms, sourceOf } from "./lib/guest-programs.mjs";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { inTurn, sampleProcess } from "./lib/samples.mjs";
import { formatMs, formatRatio } from "./lib/units.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "20" },
    json: { type: "boolean", default: false },
    // Set by this program for the processes it starts.
    sample: { type: "string" },
  },
});

const places = { cell: timeInCell, node: timeInNode };
const names = Object.keys(guestPrograms);

if (options.sample !== undefined) await runSample(JSON.parse(options.sample));
else await runAll();

/** Prints the milliseconds of one program. */
async function runSample({ name, place }) {
  console.log(JSON.stringify(await places[place](guestPrograms[name])));
}

/** A module in both; `hand` is what it tells its time with. */
function timingSource({ run, times }, hand) {
  return `
    const run = ${sourceOf(run)};
    await run(${Math.ceil(times / 10)});
    const startedAt = Date.now();
    await run(${times});
    ${hand}(Date.now() - startedAt);
  `;
}

async function timeInCell(program) {
  const { createCodeMode } = await import("../dist/index.js");
  // One at a time is made: nothing else is to run beside it.
  const codeMode = createCodeMode({ prewarm: 0 });
  const outcome = await codeMode.openSession().exec(timingSource(program, "text"));
  await codeMode.close();
  const [item] = expectCompleted(outcome).output;
  return Number(item?.type === "text" ? item.text : Number.NaN);
}

async function timeInNode(program) {
  const source = timingSource(program, "export const ms = Number");
  const { ms } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
  return ms;
}

async function runAll() {
  const samples = readCount(options, "samples");
  const report = openReport({
    name: "cpu",
    question: "does code that computes run as fast in a cell as in plain Node?",
    settings: { samples },
    json: options.json,
  });
  const scenarios = names.flatMap((name) => Object.keys(places).map((place) => ({ name, place })));
  const measured = await inTurn(scenarios, samples, (scenario) =>
    sampleProcess(import.meta.url, scenario),
  );
  const timesOf = (name, place) =>
    summary(measured[scenarios.findIndex((one) => one.name === name && one.place === place)] ?? []);
  const rows = names.map((name) => {
    const cell = timesOf(name, "cell");
    const node = timesOf(name, "node");
    return { program: name, cell, node, ratio: cell.p50 / node.p50, minRatio: cell.min / node.min };
  });
  const ratios = rows.map((row) => row.ratio);
  const together = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / rows.length);
  report.close(
    rows,
    [
      { name: "program", text: (row) => row.program },
      { name: "cell p50", text: (row) => formatMs(row.cell.p50) },
      { name: "cell p95", text: (row) => formatMs(row.cell.p95) },
      { name: "Node p50", text: (row) => formatMs(row.node.p50) },
      { name: "Node p95", text: (row) => formatMs(row.node.p95) },
      { name: "ratio of p50", text: (row) => formatRatio(row.ratio) },
      { name: "of min", text: (row) => formatRatio(row.minRatio) },
    ],
    [
      `ratio: cell to Node, below 1 is faster in the cell; of all together ${formatRatio(together)}`,
    ],
  );
}
