// What does a service cost? Prints the time of an exec in this process, without a store and with one in a file, and
// over HTTP at codecell serve, with cells in processes and on threads of the server; and how many cells a second are
// done when several are asked for at once. serve-load.mjs says where the time goes, and what many servers do.
//
//   node bench/serve.mjs [--samples 50] [--at-once 16] [--json]

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { createCodeMode } from "../dist/index.js";
import { sqliteStore } from "../dist/sqlite.js";
import { expectCompleted } from "./lib/cells.mjs";
import { readCount } from "./lib/options.mjs";
import { quantile } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { inTurn } from "./lib/samples.mjs";
import { formatMs } from "./lib/units.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "50" },
    "at-once": { type: "string", default: "16" },
    json: { type: "boolean", default: false },
  },
});
const samples = readCount(options, "samples");
const atOnce = readCount(options, "at-once");
const report = openReport({
  name: "serve",
  question: "what does an exec over HTTP cost beside one in process?",
  settings: { samples, atOnce },
  json: options.json,
});

const source = 'text("ok")';
const folder = mkdtempSync(path.join(tmpdir(), "codecell-bench-"));
const store = sqliteStore(path.join(folder, "own.db"));
const plain = createCodeMode();
const durable = createCodeMode({ durability: { store } });
const sessions = { plain: plain.openSession(), durable: durable.openSession() };
const servers = {
  process: await startServer("process"),
  thread: await startServer("thread"),
};

/** @type {readonly { readonly name: string, readonly exec: () => Promise<unknown> }[]} */
const ways = [
  { name: "in process, no store", exec: () => sessions.plain.exec(source).then(expectCompleted) },
  { name: "in process, SQLite", exec: () => sessions.durable.exec(source).then(expectCompleted) },
  { name: "HTTP, cells on threads", exec: () => request(servers.thread.url) },
  { name: "HTTP, cells in processes", exec: () => request(servers.process.url) },
];

try {
  // A server that has done little runs code that V8 has not compiled for good.
  for (const { exec } of ways) {
    for (let i = 0; i < 20; i++) await Promise.all(Array.from({ length: atOnce }, exec));
  }
  const alone = await inTurn(ways, samples, ({ exec }) => timed(exec));
  const rounds = Math.ceil(samples / 10);
  const together = await inTurn(ways, rounds, ({ exec }) =>
    timed(() => Promise.all(Array.from({ length: atOnce }, exec))),
  );
  const rows = ways.map(({ name }, index) => ({
    name,
    p50Ms: quantile(alone[index] ?? [], 0.5),
    p99Ms: quantile(alone[index] ?? [], 0.99),
    perSecond: (atOnce * 1000) / quantile(together[index] ?? [], 0.5),
  }));
  report.close(
    rows,
    [
      { name: "exec", text: ({ name }) => name },
      { name: "p50", text: ({ p50Ms }) => formatMs(p50Ms) },
      { name: "p99", text: ({ p99Ms }) => formatMs(p99Ms) },
      { name: "cells/s", text: ({ perSecond }) => perSecond.toFixed(0) },
    ],
    [`cells/s: ${atOnce} asked for at once, of one session.`],
  );
} finally {
  for (const { child } of Object.values(servers)) {
    child.kill("SIGTERM");
    await once(child, "exit");
  }
  await Promise.all([plain.close(), durable.close()]);
  await store.close();
  rmSync(folder, { recursive: true });
}

/** @param {() => Promise<unknown>} run */
async function timed(run) {
  const from = performance.now();
  await run();
  return performance.now() - from;
}

/** @param {"process" | "thread"} isolation */
async function startServer(isolation) {
  const main = path.join(import.meta.dirname, "..", "dist", "cli", "main.js");
  const file = path.join(folder, `${isolation}.db`);
  const args = ["serve", "--store", file, "--listen", "127.0.0.1:0", "--isolation", isolation];
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  process.once("exit", () => child.kill("SIGKILL"));
  for await (const line of createInterface({ input: child.stderr })) {
    const [, url] = /^serving (\S+)$/.exec(line) ?? [];
    if (url === undefined) continue;
    child.stderr.resume();
    return { child, url };
  }
  throw new Error("codecell serve has ended before it served.");
}

/** @param {string} url */
async function request(url) {
  const response = await fetch(`${url}/v1/sessions/bench/cells`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ source }),
  });
  const outcome = /** @type {{ status?: string }} */ (await response.json());
  if (outcome.status !== "completed") throw new Error(JSON.stringify(outcome));
}
