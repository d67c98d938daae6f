// How does codecell compare with other ways to run code? The same work side by side, in turn, in one run:
// with isolated-vm, worker_threads, node:vm, quickjs-emscripten and the registry's code-mode packages that
// run here. Prints how many times longer each takes than codecell.
//
//   npm run bench:peers -- [--node 20,24] [--samples 5] [--peers codecell,isolated-vm] [--works cell,call] [--json]
//
// isolated-vm wants Node to be started with --no-node-snapshot, which that command does.

import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { guestPrograms, sourceOf } from "./lib/guest-programs.mjs";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { refilledAwake } from "./lib/samples.mjs";
import { formatCount, formatMs, formatRatio } from "./lib/units.mjs";
import { absentPeers, knownPeers } from "./peers/known-peers.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "5" },
    peers: { type: "string" },
    works: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

/** A peer that takes longer for one piece of work is not asked again in the same round. */
const slowMs = 60;
/** After so long it counts as unable to do it. */
const patienceMs = 20_000;

/** @type {number[]} */
const marks = [];
const tools = {
  echo: (input) => input,
  mark: () => {
    marks.push(performance.now());
    return null;
  },
  slow: async () => {
    await sleep(100);
    return null;
  },
};

const { run: compute } = guestPrograms.records;
const sequential = 1000;
const inFlight = 100;
const batches = 10;

/** `measure` gives milliseconds; `repeats` is how often in each round, in turn with the other peers. */
const allWorks = [
  { work: "cell", title: 'text("ok")', repeats: 10, measure: timeCell },
  { work: "call", title: "one nested call", repeats: 10, measure: timeOneCall },
  { work: "calls", title: "each of 1000 calls in a row", repeats: 1, measure: timeCalls },
  { work: "in-flight", title: "each of 100 calls in flight", repeats: 2, measure: timeInFlight },
  { work: "parallel", title: "ten tools of 100 ms at once", repeats: 1, measure: timeParallel },
  { work: "cpu", title: "a cell that computes", repeats: 1, measure: timeCompute },
  { work: "sustained", title: "each of many cells, 2 at once", repeats: 1, measure: timeSustained },
];
const works = allWorks.filter(({ work }) => options.works?.split(",").includes(work) ?? true);
const samples = readCount(options, "samples");
const report = openReport({
  name: "peers",
  question: "how does codecell compare with other ways to run code?",
  settings: { samples },
  json: options.json,
});

/** What could not be measured, by work and peer. */
const failures = /** @type {Map<string, string>} */ (new Map());
const absent = [...absentPeers];
const peers = await openPeers();
for (const { work, measure } of works.slice(0, 2)) {
  for (const peer of peers) await tryOnce(measure, peer, `${work}: ${peer.name}`);
}
const times = await measureAll();
const rows = works.flatMap(rowsOf);
for (const peer of peers) await peer.close();
report.close(
  rows,
  [
    { name: "work, and how", text: (row) => row.label },
    { name: "samples", text: (row) => String(row.samples) },
    { name: "p50", text: (row) => formatTime(row.p50Ms) },
    { name: "p95", text: (row) => formatTime(row.p95Ms) },
    {
      name: "per second",
      text: (row) => (row.p50Ms === null ? "-" : formatCount(1000 / row.p50Ms)),
    },
    { name: "to codecell", text: (row) => (row.ratio === null ? "-" : formatRatio(row.ratio)) },
  ],
  [
    "to codecell: p50 to codecell's p50 of the same work; above 1 takes longer",
    ...[...failures].map(([what, error]) => `not done: ${what}: ${error}`),
    ...absent.map(({ name, reason }) => `not run: ${name}: ${reason}`),
  ],
);
// Some peers keep threads or processes.
process.exit();

async function openPeers() {
  const wanted = options.peers?.split(",");
  const opened = [];
  for (const { name, version, open, cannot = {} } of knownPeers) {
    if (wanted !== undefined && !wanted.includes(name)) continue;
    try {
      opened.push({ name, version: version(), ...(await open(tools)) });
      for (const { work } of works) {
        const reason = cannot[work];
        if (reason !== undefined) failures.set(`${work}: ${name}`, reason);
      }
    } catch (error) {
      absent.push({ name, reason: firstLine(error) });
    }
  }
  return opened;
}

async function measureAll() {
  /** @type {Map<string, number[]>} */
  const measured = new Map();
  for (let round = 0; round < samples; round++) {
    for (const { work, repeats, measure } of works) {
      const slow = new Set();
      for (let repeat = 0; repeat < repeats; repeat++) {
        for (const peer of rotated(peers, round + repeat)) {
          const key = `${work}: ${peer.name}`;
          if (slow.has(peer) || failures.has(key)) continue;
          // What the one before leaves to be cleared away in the background, and the isolate that
          // codecell makes there, are not to count for this one.
          await refilledAwake();
          const startedAt = performance.now();
          const ms = await tryOnce(measure, peer, key);
          if (performance.now() - startedAt > slowMs) slow.add(peer);
          if (ms !== undefined) measured.set(key, [...(measured.get(key) ?? []), ms]);
        }
      }
    }
  }
  return measured;
}

/** A peer that leaves much to clean up slows the next one, so each round begins with another peer. */
function rotated(list, by) {
  const start = by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}

async function tryOnce(measure, peer, key) {
  const giveUp = new AbortController();
  const late = sleep(patienceMs, undefined, { signal: giveUp.signal }).then(() => {
    throw new Error(`took more than ${patienceMs / 1000} s`);
  });
  late.catch(() => {});
  try {
    return await Promise.race([measure(peer), late]);
  } catch (error) {
    failures.set(key, firstLine(error));
    return undefined;
  } finally {
    giveUp.abort();
  }
}

function rowsOf({ work, title }) {
  const ours = times.get(`${work}: codecell`);
  const base = ours === undefined ? undefined : summary(ours).p50;
  return [
    { label: title, work, title, peer: null, samples: "", p50Ms: null, p95Ms: null, ratio: null },
    ...peers.map(({ name, version }) => {
      const ms = times.get(`${work}: ${name}`) ?? [];
      const { p50, p95 } = ms.length === 0 ? { p50: null, p95: null } : summary(ms);
      const ratio = base === undefined || p50 === null ? null : p50 / base;
      const label = `  ${name}`;
      return {
        label,
        work,
        title,
        peer: name,
        version,
        samples: ms.length,
        p50Ms: p50,
        p95Ms: p95,
        ratio,
      };
    }),
  ];
}

async function timeCell(peer) {
  return timeExec(peer, 'text("ok");', "ok");
}

async function timeOneCall(peer) {
  return timeExec(peer, "const { n } = await tools.echo({ n: 7 }); text(String(n));", "7");
}

async function timeCalls(peer) {
  const source = `
    for (let i = 0; i < 100; i++) await tools.echo({ i });
    await tools.mark({});
    for (let i = 0; i < ${sequential}; i++) await tools.echo({ i });
    await tools.mark({});`;
  return (await timeMarks(peer, source)) / sequential;
}

async function timeInFlight(peer) {
  const source = `
    const batch = () => Promise.all(Array.from({ length: ${inFlight} }, (_, i) => tools.echo({ i })));
    await batch();
    await tools.mark({});
    for (let i = 0; i < ${batches}; i++) await batch();
    await tools.mark({});`;
  return (await timeMarks(peer, source)) / (inFlight * batches);
}

async function timeParallel(peer) {
  const source = `await Promise.all(Array.from({ length: 10 }, () => tools.slow({}))); text("ok");`;
  return timeExec(peer, source, "ok");
}

async function timeCompute(peer) {
  return timeExec(peer, `const run = ${sourceOf(compute)}; text(String(run(40)));`);
}

/** Milliseconds of one cell, by how many come to an end in a while. */
async function timeSustained(peer) {
  const startedAt = performance.now();
  let done = 0;
  const keepGoing = async () => {
    while (performance.now() - startedAt < 300) {
      await peer.exec('text("ok");');
      done += 1;
    }
  };
  await Promise.all([keepGoing(), keepGoing()]);
  return (performance.now() - startedAt) / done;
}

async function timeExec(peer, source, expected) {
  const startedAt = performance.now();
  const [text] = await peer.exec(source);
  const ms = performance.now() - startedAt;
  const isRight = expected === undefined ? Number(text) > 0 : text === expected;
  if (!isRight) throw new Error(`expected ${expected ?? "a number"}; got ${text}`);
  return ms;
}

async function timeMarks(peer, source) {
  marks.length = 0;
  await peer.exec(source);
  const [start, end] = marks;
  if (start === undefined || end === undefined) throw new Error("did not call its tools");
  return end - start;
}

function formatTime(ms) {
  return ms === null ? "-" : formatMs(ms);
}

function firstLine(error) {
  const [line = ""] = String(error?.message ?? error).split("\n");
  return line;
}
