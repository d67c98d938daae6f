// What does one exec cost? Prints, for several sizes of the tool table, the time of `text("ok")` from
// the call to its outcome and what it adds to the process's peak memory: in a fresh process, in one that
// has run cells before, and where an isolate stands ready. Beside it, Codex's own host and codecell's, asked
// over the same wire from another process. Every sample is a process of its own.
//
//   node bench/exec-overhead.mjs [--samples 10] [--warm-iterations 25] [--tool-counts 0,32,128,1024]
//                                [--reference FILE] [--json]
//     --reference FILE: codex-code-mode-host of an installation of Codex (default: that of test/codex, which
//       `npm run check:codex` installs; without one, the rows of Codex's own host are missing)

import { parseArgs } from "node:util";
import { expectCompleted, manyTools } from "./lib/cells.mjs";
import { codexHostFile, codexHosts } from "./lib/codex-hosts.mjs";
import { startFramedHost } from "./lib/framed-host.mjs";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { inTurn, refilled, refilledAwake, refillMs, sampleProcess } from "./lib/samples.mjs";
import { formatBytes, formatMs } from "./lib/units.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "10" },
    "warm-iterations": { type: "string", default: "25" },
    "tool-counts": { type: "string", default: "0,32,128,1024" },
    reference: { type: "string", default: codexHostFile },
    json: { type: "boolean", default: false },
    // Set by this program for the processes it starts.
    sample: { type: "string" },
  },
});

/** What passes between two execs. */
const pauses = { none: async () => {}, awake: refilledAwake, asleep: refilled };

if (options.sample !== undefined) await runSample(JSON.parse(options.sample));
else await runAll();

/** Starts a session and times its execs; prints the milliseconds of each and bytes of memory. */
async function runSample({ toolCount, prewarm, spacing, warmups, iterations }) {
  const { createCodeMode } = await import("../dist/index.js");
  const codeMode = createCodeMode({ tools: manyTools(toolCount), prewarm });
  const session = codeMode.openSession();
  const peakBefore = process.resourceUsage().maxRSS;
  const pause = pauses[spacing];
  const times = [];
  for (let i = -warmups; i < iterations; i++) {
    await pause();
    const startedAt = performance.now();
    const outcome = await session.exec('text("ok")');
    if (i >= 0) times.push(performance.now() - startedAt);
    expectCompleted(outcome);
  }
  const memoryBytes = (process.resourceUsage().maxRSS - peakBefore) * 1024;
  await codeMode.close();
  console.log(JSON.stringify({ times, memoryBytes }));
}

/** The same of a host in a process of its own, as its client sees it; the memory is the host's. */
async function sampleHost({ host, toolCount, warmups, iterations }) {
  const { command, args } = host;
  const running = startFramedHost(command, args, { tools: Object.keys(manyTools(toolCount)) });
  await running.ready;
  await running.open();
  const peakBefore = running.peakResidentBytes();
  const times = [];
  for (let i = -warmups; i < iterations; i++) {
    const startedAt = performance.now();
    await running.run('text("ok")');
    if (i >= 0) times.push(performance.now() - startedAt);
  }
  const memoryBytes = running.peakResidentBytes() - peakBefore;
  await running.close();
  return { times, memoryBytes };
}

async function runAll() {
  const samples = readCount(options, "samples");
  const iterations = readCount(options, "warm-iterations");
  const toolCounts = options["tool-counts"].split(",").map(Number);
  const report = openReport({
    name: "exec-overhead",
    question: "what does one exec cost?",
    settings: { samples, "warm-iterations": iterations, "tool-counts": toolCounts },
    json: options.json,
  });
  const hosts = codexHosts(options.reference);
  const scenarios = toolCounts.flatMap((toolCount) => [
    { name: "cold", toolCount, prewarm: 0, spacing: "none", warmups: 0, iterations: 1 },
    { name: "warm", toolCount, prewarm: 0, spacing: "none", warmups: 1, iterations },
    { name: "ready", toolCount, prewarm: 1, spacing: "awake", warmups: 2, iterations },
    { name: "ready, asleep", toolCount, prewarm: 1, spacing: "asleep", warmups: 2, iterations },
    ...hosts.flatMap((host) => [
      { name: `cold, ${host.name}`, host, toolCount, warmups: 0, iterations: 1 },
      { name: `warm, ${host.name}`, host, toolCount, warmups: 1, iterations },
    ]),
  ]);
  const measured = await inTurn(scenarios, samples, (scenario) =>
    "host" in scenario ? sampleHost(scenario) : sampleProcess(import.meta.url, scenario),
  );
  report.close(
    scenarios.map((scenario, i) => summarize(scenario, measured[i])),
    [
      { name: "exec", text: (row) => row.scenario },
      { name: "tools", text: (row) => String(row.tools) },
      { name: "samples", text: (row) => String(row.samples) },
      { name: "warmups", text: (row) => String(row.warmups) },
      { name: "iters", text: (row) => String(row.iterations) },
      { name: "mean/exec", text: (row) => formatMs(row.meanMs) },
      { name: "p50/exec", text: (row) => formatMs(row.p50Ms) },
      { name: "p95/exec", text: (row) => formatMs(row.p95Ms) },
      { name: "rssΔ p50", text: (row) => formatBytes(row.memoryP50Bytes) },
      { name: "rssΔ max", text: (row) => formatBytes(row.memoryMaxBytes) },
    ],
    [
      "cold: the first exec of a process, prewarm 0; warm: one after another, prewarm 0;",
      `ready: prewarm 1, each exec ${refillMs} ms after the one before, in which the host's event loop`,
      "turns, which makes garbage of its own; asleep: in which the host's thread sleeps",
      "of a host: over its standard streams, after the handshake; it keeps an isolate ready by its own default;",
      "rssΔ is the growth of the fresh process's peak resident set during the scenario",
    ],
  );
}

function summarize({ name, toolCount, warmups, iterations }, samples) {
  const times = summary(samples.flatMap((sample) => sample.times));
  const memory = summary(samples.map((sample) => sample.memoryBytes));
  return {
    scenario: name,
    tools: toolCount,
    samples: samples.length,
    warmups,
    iterations,
    meanMs: times.mean,
    p50Ms: times.p50,
    p95Ms: times.p95,
    memoryP50Bytes: memory.p50,
    memoryMaxBytes: memory.max,
  };
}
