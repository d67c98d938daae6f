// What does a process of its own cost a cell? Prints, for threads and for each kind of processes that there
// is here: the time of `text("ok")` where a process is ready and where it must be started, of a tool call
// among many, cells per second, and the time from `terminate()` of an endless loop to its end. The hosts take
// turns, a short while each, so that what else the machine does falls on all of them.
//
//   node bench/processes.mjs [--samples 10] [--json]

import { parseArgs } from "node:util";
import { createCodeMode, support } from "../dist/index.js";
import { expectCompleted, expectStatus } from "./lib/cells.mjs";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { refilled } from "./lib/samples.mjs";
import { formatMs } from "./lib/units.mjs";

/** How many calls a cell makes one after another. */
const calls = 200;
/** How many cells run one after another, or at once, to be counted. */
const cells = 10;
/** Milliseconds that a process of Node has to be ready again: it takes longer than an isolate. */
const readyMs = 400;

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "10" },
    json: { type: "boolean", default: false },
  },
});
const samples = readCount(options, "samples");
const report = openReport({
  name: "processes",
  question: "what does a process of its own cost a cell?",
  settings: { samples },
  json: options.json,
});

const told = support();
const best = told.supported ? told.processes.host : undefined;
const hosts = ["thread", "process", ...(best === "zygote" ? ["zygote"] : [])];

/** @type {Readonly<Record<string, (host: string) => Promise<number>>>} What is timed, in milliseconds. */
const scenarios = {
  "ready exec": (host) => withSession(host, { prewarm: 1 }, execAfterRest),
  "cold exec": (host) =>
    withSession(host, { prewarm: 0 }, async (session) => {
      await execOne(session);
      return timed(() => execOne(session));
    }),
  [`a call, of ${calls}`]: (host) =>
    withSession(host, { prewarm: 0 }, async (session) => {
      const source = `for (let i = 0; i < ${calls}; i += 1) await tools.echo({ i });`;
      let startedAt = 0;
      const outcome = await session.exec(source, {
        onEvent({ type }) {
          if (type === "started") startedAt = performance.now();
        },
      });
      expectCompleted(outcome);
      return (performance.now() - startedAt) / calls;
    }),
  "a cell, one at a time": (host) => perCell(host, 1),
  "a cell, 2 at a time": (host) => perCell(host, 2),
  "a cell, 4 at a time": (host) => perCell(host, 4),
  "terminate a loop": (host) =>
    withSession(host, { prewarm: 0 }, async (session) => {
      const { cellId } = await session.exec("for (;;) {}", { yieldAfterMs: 0 });
      return timed(async () => expectStatus(await session.terminate(cellId), "terminated"));
    }),
};

/** @type {Map<string, number[]>} */
const times = new Map();
for (let i = 0; i < samples; i += 1) {
  for (const [scenario, time] of Object.entries(scenarios)) {
    for (const host of hosts) {
      const key = `${scenario}\n${host}`;
      times.set(key, [...(times.get(key) ?? []), await time(host)]);
    }
  }
}

report.close(
  [...times].map(([key, measured]) => {
    const [scenario = "", host = ""] = key.split("\n");
    const { p50, p95 } = summary(measured);
    const onThread = summary(times.get(`${scenario}\nthread`) ?? []).p50;
    return { scenario, host, samples, p50Ms: p50, p95Ms: p95, ofThread: p50 / onThread };
  }),
  [
    { name: "what", text: (row) => row.scenario },
    { name: "host", text: (row) => row.host },
    { name: "samples", text: (row) => String(row.samples) },
    { name: "p50", text: (row) => formatMs(row.p50Ms) },
    { name: "p95", text: (row) => formatMs(row.p95Ms) },
    { name: "of a thread's", text: (row) => `${row.ofThread.toFixed(2)}×` },
  ],
  [
    'ready, cold: text("ok") where a process, or an isolate, is ready and where it is not (prewarm 1 and 0)',
    "a cell, N at a time: the time of many cells, prewarm 4, for each of them",
  ],
);

/**
 * @param {string} host
 * @param {import("../dist/index.js").CodeModeOptions} given
 * @param {(session: import("../dist/index.js").Session) => Promise<number>} use
 */
async function withSession(host, given, use) {
  const mode = createCodeMode({
    ...given,
    ...(host === "thread"
      ? { isolation: "thread" }
      : { isolation: "process", processHost: /** @type {"process"} */ (host) }),
    tools: { echo: { execute: (input) => input } },
  });
  const ms = await use(mode.openSession());
  await mode.close();
  return ms;
}

/** @param {import("../dist/index.js").Session} session */
async function execOne(session) {
  expectCompleted(await session.exec('text("ok")'));
}

/** @param {import("../dist/index.js").Session} session */
async function execAfterRest(session) {
  await execOne(session);
  await rest();
  return timed(() => execOne(session));
}

async function rest() {
  const until = performance.now() + readyMs;
  while (performance.now() < until) await refilled();
}

/**
 * @param {string} host
 * @param {number} atOnce
 */
function perCell(host, atOnce) {
  return withSession(host, { prewarm: 4 }, async (session) => {
    await rest();
    const one = async () => {
      for (let i = 0; i < cells; i += 1) await execOne(session);
    };
    const ms = await timed(() => Promise.all(Array.from({ length: atOnce }, one)));
    return ms / (cells * atOnce);
  });
}

/** @param {() => Promise<unknown>} run */
async function timed(run) {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}
