// One attack in a process of its own, beside a healthy neighbour: runs the cells of the attack it is
// told by name and writes what it saw as one line of JSON.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { getBinding } from "../../dist/backend/addon/binding.js";
import { createCodeMode } from "../../dist/index.js";
import { countCellThreads, readResidentKiB } from "../../scripts/lib/at-rest.mjs";
import { descendantsOf } from "../../scripts/lib/descendants.mjs";
import { isExitAttack, timeFor } from "./attack.mjs";
import { attackNamed } from "./attacks/index.mjs";
import { refusal, toReport } from "./cell-report.mjs";
import { startHeartbeat } from "./heartbeat.mjs";
import { maxGrowthMiB } from "./judge.mjs";
import { startNeighbour } from "./neighbour.mjs";
import { makeTools } from "./prepared-tools.mjs";

/** Memory that the allocator gives back late has this long. */
/** Milliseconds in which memory is to come back, and in which it must: V8 13 and 14 keep it for 8 s. */
const settleMs = 1000;
const longSettleMs = 12_000;
const settledGrowthMiB = 8;

/**
 * @typedef {import("./cell-report.mjs").CellReport} CellReport
 *
 * @typedef {object} ChildReport
 * @property {boolean} ended - Whether every cell has ended in time.
 * @property {readonly CellReport[]} cells
 * @property {CellReport | undefined} follower
 * @property {Readonly<Record<string, unknown>>} stored
 * @property {number} endMs - From the attack's first exec to the last end.
 * @property {{ answers: number, wrong: string | undefined, worstMs: number }} neighbour
 * @property {number} worstBeatMs - The longest time for which the host's event loop stood still.
 * @property {{ beforeMiB: number, afterMiB: number, peakMiB: number }} memory
 * @property {{ cellThreads: number, threadCount: number, orphanCount: number, processes: number }} left -
 *   `processes`: once the runtimes have been closed.
 * @property {readonly string[]} changedPrototypes - Of the host.
 */

const attack = namedAttack(process.argv[2] ?? "");

/** @type {Readonly<Record<import("./attack.mjs").Stop["by"], (id: string, abort: AbortController) => Promise<any>>>} */
const stopBy = {
  terminate: (id) => session.terminate(id),
  async storm(id) {
    const ends = await Promise.all(Array.from({ length: 100 }, () => session.terminate(id)));
    const odd = ends.find((end) => end.status !== ends[0]?.status);
    if (odd !== undefined) throw new Error(`Two ends of one cell: ${JSON.stringify(ends)}`);
    return ends[0];
  },
  closeSession: () => session.close(),
  async abortSignal(_id, abort) {
    abort.abort();
  },
};

const collectGarbage = takeGarbageCollector();
/** Where all cells live here: as `test/hostile/run.mjs` was told. */
const where = /** @type {import("../../dist/index.js").CodeModeOptions} */ ({
  isolation: process.env.CODECELL_TEST_ISOLATION ?? "thread",
  processHost: process.env.CODECELL_TEST_PROCESS_HOST ?? "auto",
});
const mode = createCodeMode({
  ...where,
  yieldAfterMs: Infinity,
  limits: attack.runtimeLimits ?? {},
});
const apart = createCodeMode({ ...where, yieldAfterMs: Infinity });
const session = openAttacked();
const neighbour = (attack.neighbour === "apart" ? apart : mode).openSession({
  tools: makeTools(["add"], () => neighbour),
});
const prototypesBefore = prototypeKeys();

const heart = startHeartbeat();
const neighbours = startNeighbour(neighbour);
await neighbours.answered;
collectGarbage();
const beforeMiB = residentMiB();

const startedAt = performance.now();
const attacked = Array.from({ length: attack.cells ?? 1 }, (_, i) => attackOnce(i + 1));
/** @type {readonly CellReport[] | undefined} */
const cells = await Promise.race([
  Promise.all(attacked),
  new Promise((late) => setTimeout(late, timeFor(attack)).unref()),
]);
const endMs = performance.now() - startedAt;

const follower =
  cells === undefined || attack.next === undefined ? undefined : await follow(attack.next.source);
const stored = await session.storedValues();
await neighbours.stop();
const worstBeatMs = heart.stop();
await neighbour.close();
if (cells !== undefined) await session.close();
const afterMiB = await settledMiB();

/** @type {ChildReport} */
const report = {
  ended: cells !== undefined,
  cells: cells ?? [],
  follower,
  stored,
  endMs,
  neighbour: neighbours.report(),
  worstBeatMs,
  memory: { beforeMiB, afterMiB, peakMiB: process.resourceUsage().maxRSS / 1024 },
  left: {
    cellThreads: countCellThreads(),
    threadCount: getBinding().threadCount(),
    orphanCount: getBinding().orphanCount(),
    processes: 0,
  },
  changedPrototypes: prototypeKeys().filter((key) => !prototypesBefore.includes(key)),
};
if (cells === undefined) {
  process.stdout.write(`${JSON.stringify(report)}\n`);
  process.exit(3);
}
await Promise.all([mode.close(), apart.close()]);
report.left.processes = descendantsOf().length;
process.stdout.write(`${JSON.stringify(report)}\n`);

/** @param {string} name */
function namedAttack(name) {
  const found = attackNamed(name);
  if (isExitAttack(found)) throw new Error(`${name} is no attack from within a cell.`);
  return found;
}

/** @returns {import("../../dist/index.js").Session} */
function openAttacked() {
  const handlers = {
    onEvent() {
      throw new Error("a handler of the host's");
    },
    onNotify: () => Promise.reject(new Error("a handler of the host's")),
  };
  return mode.openSession({
    tools: makeTools(attack.tools ?? [], () => session),
    modules: attack.modules ?? {},
    limits: attack.limits ?? {},
    ...attack.options,
    ...(attack.handlers === "throwing" ? handlers : {}),
  });
}

/**
 * Runs the attack's source in one cell to its end, and stops it as the attack says.
 * @param {number} id - The session counts its cells from one.
 * @returns {Promise<CellReport>}
 */
async function attackOnce(id) {
  const abort = new AbortController();
  /** @type {Promise<import("../../dist/index.js").CellOutcome> | undefined} */
  let stopped;
  const stop = () => {
    stopped ??= stopBy[attack.stop?.by ?? "terminate"](String(id), abort);
  };
  /** @type {import("../../dist/index.js").CellOutcome[]} */
  const seen = [];
  try {
    const exec = session.exec(attack.source, {
      signal: abort.signal,
      onEvent(event) {
        if (event.type === attack.stop?.when) stop();
      },
    });
    if (attack.stop?.when === "atOnce") {
      // All cells are to be asked for before the first is stopped.
      await undefined;
      stop();
    }
    /** @type {import("../../dist/index.js").CellOutcome} */
    let outcome = await exec;
    for (; ; outcome = await session.wait(String(id))) {
      if (outcome.status !== "missing") seen.push(outcome);
      if (outcome.status !== "yielded") break;
    }
    if (stopped !== undefined) {
      const end = await stopped;
      if (end?.status === "terminated" && seen.at(-1)?.status === "yielded") seen.push(end);
    }
  } catch (thrown) {
    return refusal(thrown);
  }
  return toReport(seen);
}

/** @param {string} source */
async function follow(source) {
  try {
    return toReport([await session.exec(source)]);
  } catch (thrown) {
    return refusal(thrown);
  }
}

/** Resident memory when it has stopped falling, or after a bounded time. */
async function settledMiB() {
  const startedAt = performance.now();
  for (;;) {
    collectGarbage();
    const now = residentMiB();
    const isGone = countCellThreads() <= getBinding().orphanCount();
    const growthMiB = now - beforeMiB;
    const settledMs = performance.now() - startedAt;
    if (isGone && growthMiB < settledGrowthMiB) return now;
    if (settledMs > (growthMiB < maxGrowthMiB ? settleMs : longSettleMs)) return now;
    await new Promise((go) => setTimeout(go, 20));
  }
}

/** The flag --expose-gc of the whole process would give cells a `gc` too. */
function takeGarbageCollector() {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc");
  setFlagsFromString("--no-expose-gc");
  return gc;
}

function residentMiB() {
  return readResidentKiB() / 1024;
}

/** The host's prototypes with the keys and functions they have. */
function prototypeKeys() {
  return [Object, Array, Function, String, Number, Promise, Map, Error].flatMap((type) =>
    Reflect.ownKeys(type.prototype).map((key) => `${type.name}.prototype.${String(key)}`),
  );
}
