// What does one exec cost? Prints, for cold and warm execs and several sizes of the tool table, the
// time of `text("ok")` from the call to its outcome and what it adds to the process's peak memory.
// Every sample is a process of its own.

import { execFile } from "node:child_process";
import { parseArgs, promisify } from "node:util";
import { machineLine } from "./lib/machine.mjs";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { formatTable } from "./lib/table.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "30" },
    "warm-iterations": { type: "string", default: "25" },
    "tool-counts": { type: "string", default: "0,32,128" },
    json: { type: "boolean", default: false },
    // Set by this program for the processes it starts.
    sample: { type: "string" },
  },
});

if (options.sample !== undefined) await runSample(JSON.parse(options.sample));
else await runAll();

/** Starts a session and times its execs; prints milliseconds per exec and bytes of memory. */
async function runSample({ toolCount, warmups, iterations }) {
  const { createCodeMode } = await import("../dist/index.js");
  const tools = Object.fromEntries(
    Array.from({ length: toolCount }, (_, i) => [
      `tool_${i}`,
      { description: `Tool number ${i}`, execute: (input) => input },
    ]),
  );
  const codeMode = createCodeMode({ tools });
  const session = codeMode.openSession();
  const peakBefore = process.resourceUsage().maxRSS;
  for (let i = 0; i < warmups; i++) await session.exec('text("ok")');
  const startedAt = performance.now();
  for (let i = 0; i < iterations; i++) {
    const outcome = await session.exec('text("ok")');
    if (outcome.status !== "completed") throw new Error(`The cell ${outcome.status}.`);
  }
  const msPerExec = (performance.now() - startedAt) / iterations;
  const memoryBytes = (process.resourceUsage().maxRSS - peakBefore) * 1024;
  await codeMode.close();
  console.log(JSON.stringify({ msPerExec, memoryBytes }));
}

async function runAll() {
  const samples = readCount(options, "samples");
  const warmIterations = readCount(options, "warm-iterations");
  const toolCounts = options["tool-counts"].split(",").map(Number);
  const scenarios = toolCounts.flatMap((toolCount) => [
    { name: "cold_exec", toolCount, warmups: 0, iterations: 1 },
    { name: "warm_exec", toolCount, warmups: 1, iterations: warmIterations },
  ]);

  // Rounds over all scenarios, so that a slow minute of the machine touches each of them alike.
  /** @type {Awaited<ReturnType<typeof startSample>>[][]} */
  const measured = scenarios.map(() => []);
  for (let round = 0; round < samples; round++) {
    for (const [i, scenario] of scenarios.entries()) measured[i]?.push(await startSample(scenario));
  }

  const rows = scenarios.map((scenario, i) => summarize(scenario, measured[i]));
  if (options.json) {
    console.log(JSON.stringify(rows, null, 2));
    return;
  }
  console.log(
    `exec_overhead: samples=${samples}, warm_iterations=${warmIterations}, ` +
      `tool_counts=[${toolCounts.join(", ")}]`,
  );
  console.log(machineLine());
  printTable(rows);
  console.log("memory is the growth of the fresh process's peak resident set during the scenario");
}

async function startSample(scenario) {
  const program = new URL(import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [
    program,
    "--sample",
    JSON.stringify(scenario),
  ]);
  return JSON.parse(stdout);
}

function summarize({ name, toolCount, warmups, iterations }, samples) {
  const times = summary(samples.map((sample) => sample.msPerExec));
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

function printTable(rows) {
  const columns = [
    "scenario",
    "tools",
    "samples",
    "warmups",
    "iters",
    "mean/exec",
    "p50/exec",
    "p95/exec",
    "rssΔ p50",
    "rssΔ max",
  ];
  const lines = rows.map((row) => [
    row.scenario,
    String(row.tools),
    String(row.samples),
    String(row.warmups),
    String(row.iterations),
    formatMs(row.meanMs),
    formatMs(row.p50Ms),
    formatMs(row.p95Ms),
    formatBytes(row.memoryP50Bytes),
    formatBytes(row.memoryMaxBytes),
  ]);
  console.log(formatTable(columns, lines));
}

function formatMs(ms) {
  return ms < 1 ? `${(ms * 1000).toFixed(2)}us` : `${ms.toFixed(2)}ms`;
}

function formatBytes(bytes) {
  const mebibytes = bytes / (1024 * 1024);
  return mebibytes < 1 ? `${(bytes / 1024).toFixed(2)}KiB` : `${mebibytes.toFixed(2)}MiB`;
}
