// What does a durable cell cost? Prints the time of an exec, of calls of tools, and of a resumption, and the
// processor time of all threads meanwhile, without a store, with one in a file, as it is and sealed, and with PostgreSQL where that is
// installed (on this machine, on a socket). The kinds take turns.
//
//   node bench/durable.mjs [--samples 20] [--json]

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { createCodeMode } from "../dist/index.js";
import { postgresStore } from "../dist/postgres.js";
import { sealedStore, sqliteStore } from "../dist/sqlite.js";
import { startPostgres } from "../scripts/lib/postgres.mjs";
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
  name: "durable",
  question: "what does a durable cell cost?",
  settings: { samples },
  json: options.json,
});

const folder = mkdtempSync(path.join(tmpdir(), "codecell-bench-"));
const store = sqliteStore(path.join(folder, "cells.db"));
const sealed = sealedStore(sqliteStore(path.join(folder, "sealed.db")), {
  current: "a",
  keys: { a: randomBytes(32) },
});
const commits = { count: 0 };
const tools = {
  look: { effect: /** @type {const} */ ("read"), execute: (input) => input },
  send: { execute: (input) => input },
};
/** @type {Record<string, import("../dist/index.js").CodeMode>} */
const modes = {
  "no store": createCodeMode({ tools }),
  SQLite: createCodeMode({ tools, durability: { store: counted(store) } }),
  "SQLite, sealed": createCodeMode({ tools, durability: { store: counted(sealed) } }),
};
const server = await startPostgres().catch((error) => {
  console.error(`Without PostgreSQL: ${error.message}`);
});
const shared = server && postgresStore(server.url);
if (shared) modes.PostgreSQL = createCodeMode({ tools, durability: { store: counted(shared) } });

const resumed = 1000;
const inRow = (tool, count) => `for (let i = 0; i < ${count}; i++) await tools.${tool}(i);`;
const programs = [
  { name: "exec", source: 'text("ok")', per: 1 },
  { name: "read call in a row", source: inRow("look", 100), per: 100 },
  { name: "write call in a row", source: inRow("send", 20), per: 20 },
  {
    name: "100 write calls at once",
    source: "await Promise.all(Array.from({ length: 100 }, (_, i) => tools.send(i)));",
    per: 1,
  },
];
const scenarios = [
  ...programs.flatMap((program) => Object.keys(modes).map((how) => ({ ...program, how }))),
  ...Object.keys(modes)
    .filter((how) => how !== "no store")
    .map((how) => ({ name: `resume after ${resumed} read calls`, how, source: "", per: 1 })),
];

for (const scenario of scenarios) await measure(scenario);
/** @type {Map<object, number[]>} Milliseconds of processor time, by the scenario. */
const cpuTimes = new Map(scenarios.map((scenario) => [scenario, []]));
const measured = await inTurn(scenarios, samples, async (scenario) => {
  const before = process.cpuUsage();
  const ms = await measure(scenario);
  const { user, system } = process.cpuUsage(before);
  cpuTimes.get(scenario)?.push((user + system) / 1000 / scenario.per);
  return ms;
});
const counts = [];
for (const scenario of scenarios) {
  commits.count = 0;
  await measure(scenario);
  counts.push(commits.count);
}
await Promise.all(Object.values(modes).map((codeMode) => codeMode.close()));
await Promise.all([store.close(), sealed.close()]);
await shared?.close();
await server?.end();
rmSync(folder, { recursive: true });

report.close(
  scenarios.map((scenario, i) => {
    const { name, how } = scenario;
    const { p50, p95, min } = summary(measured[i] ?? []);
    const times = { p50Ms: p50, p95Ms: p95, minMs: min };
    const cpuMs = summary(cpuTimes.get(scenario) ?? []).p50;
    return { scenario: name, how, commits: counts[i], ...times, cpuMs };
  }),
  [
    { name: "what", text: (row) => row.scenario },
    { name: "with", text: (row) => row.how },
    { name: "commits", text: (row) => String(row.commits) },
    { name: "p50", text: (row) => formatMicroseconds(row.p50Ms) },
    { name: "p95", text: (row) => formatMicroseconds(row.p95Ms) },
    { name: "min", text: (row) => formatMicroseconds(row.minMs) },
    { name: "cpu", text: (row) => formatMicroseconds(row.cpuMs) },
  ],
  [
    "cpu is processor time of all threads, p50",
    "commits are those of the whole program; a commit waits for the disk (fsync)",
  ],
);

/** Milliseconds of one exec, of each call in it, or of a resumption. */
async function measure({ how, source, per }) {
  const codeMode = modes[how];
  if (codeMode === undefined) throw new Error(`There is no mode ${how}.`);
  if (source === "") return measureResumption(codeMode);
  const session = codeMode.openSession();
  const startedAt = performance.now();
  expectCompleted(await session.exec(source));
  const ms = performance.now() - startedAt;
  await session.close();
  return ms / per;
}

/** Milliseconds from a `wait` to the end of a cell whose session was closed when it had made its calls. */
async function measureResumption(codeMode) {
  const first = codeMode.openSession();
  const source = `${inRow("look", resumed)} yield_control(); await new Promise((done) => setTimeout(done, 1));`;
  const { cellId } = await first.exec(source);
  const { id } = first;
  await first.close();
  const later = codeMode.openSession({ id });
  const startedAt = performance.now();
  expectCompleted(await later.wait(cellId));
  const ms = performance.now() - startedAt;
  await later.close();
  return ms;
}

/** The same store, which counts what is written to it. */
function counted(inner) {
  const names = [
    "create",
    "append",
    "read",
    "claim",
    "release",
    "find",
    "cells",
    "decide",
    "approvals",
    "values",
    "forget",
    "close",
  ];
  const methods = names.map((name) => [
    name,
    (...args) => {
      if (name === "create" || name === "append") commits.count += 1;
      return inner[name](...args);
    },
  ]);
  return Object.fromEntries(methods);
}
