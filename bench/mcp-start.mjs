// How soon does `codecell mcp` answer its client? Prints the milliseconds from the start of its process to the answers
// to `initialize`, to `tools/list` and to a first program that calls a tool, and the processor time of its process until
// the first of them: where nothing is known of the server, so that it is started and asked first, and where its tools
// are known from the last start.
//
//   node bench/mcp-start.mjs [--samples 20] [--json]
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { inTurn } from "./lib/samples.mjs";
import { formatMs } from "./lib/units.mjs";

const root = path.join(import.meta.dirname, "..");
const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "20" },
    json: { type: "boolean", default: false },
  },
});
const samples = readCount(options, "samples");
const report = openReport({
  name: "mcp-start",
  question: "how soon does codecell mcp answer its client?",
  settings: { samples },
  json: options.json,
});

const scenarios = [
  { name: "--no-tool-cache", args: ["--no-tool-cache"] },
  { name: "tools known from the last start", args: [] },
];
const caches = mkdtempSync(path.join(tmpdir(), "codecell-bench-"));
try {
  await measure({ args: [] });
  const measured = await inTurn(scenarios, samples, measure);
  report.close(
    scenarios.map(({ name }, index) => ({ scenario: name, ...summarize(measured[index] ?? []) })),
    [
      { name: "codecell mcp", text: (row) => row.scenario },
      { name: "initialize p50", text: (row) => formatMs(row.initializeMs.p50) },
      { name: "p95", text: (row) => formatMs(row.initializeMs.p95) },
      { name: "processor p50", text: (row) => formatMs(row.cpuMs.p50) },
      { name: "tools/list p50", text: (row) => formatMs(row.listMs.p50) },
      { name: "first program p50", text: (row) => formatMs(row.execMs.p50) },
    ],
    [
      "all from the start of the process; processor: of that process until it answers initialize, in steps of 10 ms;",
      "the server is the official test server",
    ],
  );
} finally {
  rmSync(caches, { recursive: true });
}

/** @param {{ args: readonly string[] }} scenario */
async function measure({ args }) {
  const startedAt = performance.now();
  const command = ["dist/cli/main.js", "mcp", "--config", "bench/gateway.json", ...args];
  const child = spawn(process.execPath, command, {
    cwd: root,
    env: { ...process.env, XDG_CACHE_HOME: caches },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  /** @type {Map<number, (message: any) => void>} */
  const waiting = new Map();
  createInterface({ input: child.stdout }).on("line", (line) => {
    const message = JSON.parse(line);
    waiting.get(message.id)?.(message);
  });
  const send = (/** @type {object} */ message) =>
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  const ask = async (/** @type {number} */ id, /** @type {string} */ method, params = {}) => {
    const answer = new Promise((resolve) => {
      waiting.set(id, resolve);
    });
    send({ id, method, params });
    const { error, result } = await answer;
    if (error !== undefined || result.isError) throw new Error(JSON.stringify(error ?? result));
    return performance.now() - startedAt;
  };
  const initializeMs = await ask(1, "initialize", {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "bench", version: "1.0.0" },
  });
  const cpuMs = processorMs(child.pid);
  send({ method: "notifications/initialized" });
  const listMs = await ask(2, "tools/list");
  const code = "text(await tools.mcp__everything__get_sum({ a: 1, b: 2 }))";
  const execMs = await ask(3, "tools/call", { name: "exec", arguments: { code } });
  child.stdin.end();
  await ended;
  return { initializeMs, cpuMs, listMs, execMs };
}

/** Of all threads of a process, as Linux counts it. */
function processorMs(/** @type {number | undefined} */ pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function summarize(all) {
  const names = Object.keys(all[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, summary(all.map((one) => one[name]))]));
}
