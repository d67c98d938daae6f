// How soon is there a first outcome in a fresh process? Prints the milliseconds from before
// `import "codecell"` to it, and what each part of the way takes. Every sample is a process of its own.
//
//   node bench/startup.mjs [--samples 40] [--json]

import { parseArgs } from "node:util";
import { expectCompleted } from "./lib/cells.mjs";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { inTurn, refilled, sampleProcess } from "./lib/samples.mjs";
import { formatMs } from "./lib/units.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "40" },
    json: { type: "boolean", default: false },
    // Set by this program for the processes it starts.
    sample: { type: "string" },
  },
});

if (options.sample !== undefined) await runSample(JSON.parse(options.sample));
else await runAll();

async function runSample({ prewarm, isSpaced }) {
  const startedAt = performance.now();
  const { createCodeMode } = await import("../dist/index.js");
  const importedAt = performance.now();
  const codeMode = createCodeMode({ prewarm });
  const session = codeMode.openSession();
  const openedAt = performance.now();
  if (isSpaced) await refilled();
  const calledAt = performance.now();
  const outcome = await session.exec('text("ok")');
  const answeredAt = performance.now();
  expectCompleted(outcome);
  await codeMode.close();
  const importMs = importedAt - startedAt;
  const openMs = openedAt - importedAt;
  const execMs = answeredAt - calledAt;
  console.log(JSON.stringify({ importMs, openMs, execMs, totalMs: importMs + openMs + execMs }));
}

async function runAll() {
  const samples = readCount(options, "samples");
  const report = openReport({
    name: "startup",
    question: "how soon is there a first outcome in a fresh process?",
    settings: { samples },
    json: options.json,
  });
  const scenarios = [
    { name: "prewarm 0", prewarm: 0, isSpaced: false },
    { name: "prewarm auto, exec at once", prewarm: "auto", isSpaced: false },
    { name: "prewarm auto, exec a moment later", prewarm: "auto", isSpaced: true },
  ];
  const measured = await inTurn(scenarios, samples, (scenario) =>
    sampleProcess(import.meta.url, scenario),
  );
  report.close(
    scenarios.map(({ name }, i) => ({ scenario: name, ...summarize(measured[i]) })),
    [
      { name: "first exec", text: (row) => row.scenario },
      { name: "import p50", text: (row) => formatMs(row.importMs.p50) },
      { name: "open p50", text: (row) => formatMs(row.openMs.p50) },
      { name: "exec p50", text: (row) => formatMs(row.execMs.p50) },
      { name: "exec p95", text: (row) => formatMs(row.execMs.p95) },
      { name: "total p50", text: (row) => formatMs(row.totalMs.p50) },
      { name: "total p95", text: (row) => formatMs(row.totalMs.p95) },
    ],
    [
      "import: reading the package's modules and loading the addon; open: createCodeMode and openSession;",
      "the moment is not part of the total",
    ],
  );
}

function summarize(samples) {
  const parts = ["importMs", "openMs", "execMs", "totalMs"];
  return Object.fromEntries(
    parts.map((part) => [part, summary(samples.map((sample) => sample[part]))]),
  );
}
