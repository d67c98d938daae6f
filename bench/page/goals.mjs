// The goals that were set for speed: what was reached, and of what was not, why.

import { mebibytes, percent, range, table, time } from "./format.mjs";
import { nodes } from "./runs.mjs";

/** @typedef {import("./measured.mjs").Measured} Measured */

/**
 * @typedef {object} Goal
 * @property {string} name
 * @property {(measured: Measured) => readonly (number | undefined)[]} values
 * @property {(value: number) => boolean} isReached - Whether a value is as the goal wants it.
 * @property {(value: number) => string} text
 * @property {string} [rest] - Where the rest is spent, and why it stays.
 */

/** @param {number} ratio */
const part = (ratio) => `1/${ratio.toFixed(ratio < 10 ? 1 : 0)}`;
/** @param {number} ratio */
const timesAsLong = (ratio) => `${ratio.toFixed(2)}`;

/** @type {readonly Goal[]} */
const all = [
  {
    name: "a ready exec: 1/18 of the peer",
    values: (measured) => [peer(measured, 'text("ok")')?.ratio],
    isReached: (ratio) => ratio >= 18,
    text: part,
    rest:
      "V8 compiles, links and evaluates a module; two changes of thread; codecell's JavaScript, which is cold after a pause, in " +
      "some forty functions of 2 to 15 µs. A plain script would be quicker, and something else: see below.",
  },
  {
    name: "a ready exec: 1/30 of Codex's own host",
    values: (measured) => [
      exec(measured, "warm, Codex's own host") / exec(measured, "ready, asleep"),
    ],
    isReached: (ratio) => ratio >= 30,
    text: part,
    rest: "The same.",
  },
  {
    name: "p95 at most twice p50",
    values: (measured) => {
      const { p50Ms, p95Ms } = measured.row("peers", { title: 'text("ok")', peer: "codecell" });
      return [p95Ms / p50Ms];
    },
    isReached: (ratio) => ratio <= 2,
    text: timesAsLong,
    rest: "It varies from run to run.",
  },
  {
    name: "a cold exec: 1/2 of the peer",
    values: (measured) => {
      const of = (name) => measured.row("peers-cold", { work: "cell", peer: name }).p50Ms;
      return [of("isolated-vm") / of("codecell (prewarm 0)")];
    },
    isReached: (ratio) => ratio >= 2,
    text: part,
    rest: "V8 deserializes an isolate and a context, which both do. A snapshot of our own saves a twentieth of it: see below.",
  },
  {
    name: "the first exec of a process: under 2 ms",
    values: (measured) => [
      measured.row("startup", { scenario: "prewarm auto, exec a moment later" }).execMs?.p50,
      measured.row("startup", { scenario: "prewarm auto, exec at once" }).execMs?.p50,
    ],
    isReached: (ms) => ms < 2,
    text: time,
    rest: "The greater is where the exec comes at once: then there is no time to run its JavaScript before.",
  },
  {
    name: "the first outcome of a process: under 15 ms",
    values: (measured) => [
      measured.row("startup", { scenario: "prewarm auto, exec at once" }).totalMs?.p50,
    ],
    isReached: (ms) => ms < 15,
    text: time,
    rest:
      "Most is `import`, in which V8 compiles 290 kB of JavaScript, and Node 20 needs a third for its own loader. What most programs never use is " +
      "loaded later; Node 22 and later read compiled code where `NODE_COMPILE_CACHE` names a folder.",
  },
  {
    name: "one tool call: at most 1.25 times a text",
    values: (measured) => {
      const of = (title) => measured.row("peers", { title, peer: "codecell" }).p50Ms;
      return [of("one nested call") / of('text("ok")')];
    },
    isReached: (ratio) => ratio <= 1.25,
    text: timesAsLong,
    rest: "A second way to the host and back, whose JavaScript runs for the first time in a while.",
  },
  {
    name: "100 calls in flight: 1/5 of the peer",
    values: (measured) => [peer(measured, "each of 100 calls in flight")?.ratio],
    isReached: (ratio) => ratio >= 5,
    text: part,
    rest: "The cell's thread: JSON, promises, the stack for errors. The host's thread is idle meanwhile for two fifths of the time.",
  },
  {
    name: "cells per second: 80 % of the floor at 1, 2 and 4",
    values: (measured) =>
      [1, 2, 4].map(
        (atOnce) => measured.row("throughput", { work: 'text("ok")', atOnce }).shareOfFloor,
      ),
    isReached: (share) => share >= 0.8,
    text: percent,
    rest:
      "Processor time: the module, threads, and the host's. The addon alone, without ready isolates and sessions, reaches 84 %: ready " +
      "isolates cost wake-ups, and make the ready exec short.",
  },
  {
    name: "terminate: under 0.4 ms",
    values: (measured) => [measured.row("terminate", { cell: "busy loop" }).p50],
    isReached: (ms) => ms < 0.4,
    text: time,
    rest: "Half is disposing the isolate. `terminated` means that the isolate is gone, so `terminate` waits for that.",
  },
  {
    name: "a ready isolate: under 1 MiB",
    values: (measured) => [measured.row("memory", { of: "a parked isolate" }).bytes?.p50],
    isReached: (bytes) => bytes < 2 ** 20,
    text: mebibytes,
    rest: "V8's heap with one context.",
  },
  {
    name: "10 000 execs: under 10 MiB",
    values: (measured) =>
      measured
        .rows("memory")
        .filter(({ keptBytes }) => keptBytes !== undefined)
        .map(({ bytes }) => bytes.p50),
    isReached: (bytes) => bytes < 10 * 2 ** 20,
    text: mebibytes,
    rest: "The heap of the host's own engine.",
  },
  {
    name: "computing: at most 1.03 times plain Node",
    values: (measured) => measured.rows("cpu").map(({ ratio }) => ratio),
    isReached: (ratio) => ratio <= 1.03,
    text: timesAsLong,
    rest: "It varies from run to run, to both sides.",
  },
];

/**
 * @param {readonly Measured[]} of - By Node, in their order.
 * @returns {string}
 */
export function goals(of) {
  const rows = all.map(({ name, values, isReached, text, rest = "" }) => {
    const found = of.map((measured) => values(measured).filter((value) => Number.isFinite(value)));
    const isDone = found.every(
      (list) => list.length > 0 && list.every((value) => isReached(value ?? Number.NaN)),
    );
    return [name, ...found.map((list) => range(list, text)), isDone ? "reached" : rest];
  });
  return table(["goal", ...nodes, "where the rest is spent, and why it stays"], rows);
}

/**
 * @param {Measured} measured
 * @param {string} title
 */
function peer(measured, title) {
  return measured.row("peers", { title, peer: "isolated-vm" });
}

/**
 * @param {Measured} measured
 * @param {string} scenario
 */
function exec(measured, scenario) {
  return measured.row("exec-overhead", { scenario, tools: 0 }).p50Ms;
}
