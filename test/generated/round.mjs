// Runs one round in this process and says what did not hold.
import { isDeepStrictEqual } from "node:util";
import { createCodeMode } from "../../dist/index.js";
import { countCellThreads } from "../../scripts/lib/at-rest.mjs";
import { plainDataProblems } from "./checks.mjs";
import { ProgramRun } from "./program-run.mjs";
import { hostileTools } from "./tools.mjs";

/**
 * What a program's run may use of its round.
 * @typedef {object} RoundHost
 * @property {import("../../dist/index.js").Session} session
 * @property {(run: ProgramRun) => string} nextCellId - The id the program's `exec` will give its cell.
 * @property {(name: string, promise: Promise<unknown>) => Promise<unknown>} track - Every promise
 *   given here must settle.
 * @property {boolean} mayQueueFill - Whether the programs are more than may run and wait.
 * @property {() => void} closeSession
 * @property {() => void} closeRuntime
 */

/**
 * @typedef {object} Verdict
 * @property {readonly string[]} problems - Empty where all holds.
 * @property {readonly string[]} ends - How each program ended.
 * @property {number} orphans - Threads that are still at work or parked by design.
 * @property {number} lagMs - The longest time for which the event loop stood still.
 * @property {boolean} isStuck - Promises or threads are left, and the process is no good any more.
 */

/** Sanitized calls are several times slower. */
const patienceMs = process.env["CODECELL_SANITIZED"] === undefined ? 20_000 : 80_000;

const modules = { host: { answer: 42, list: [1, 2] } };

const neighbourSource = `
  const got = await tools.echo({ a: [1, "漢"] });
  store("kept", got);
  text(JSON.stringify([got, load("kept"), [3, 1, 2].sort(), 6 * 7]));`;
const neighbourText = '[{"a":[1,"漢"]},{"a":[1,"漢"]},[1,2,3],42]';

/**
 * @param {import("./rounds.mjs").Round} round
 * @param {{ orphansBefore: number }} process - Orphans that earlier rounds left.
 * @returns {Promise<Verdict>}
 */
export async function runRound({ programs, deadlock, limits }, { orphansBefore }) {
  const problems = [];
  const open = new Map();
  const track = (name, promise) => {
    const key = Symbol(name);
    const settled = promise.then(
      () => open.delete(key),
      (error) => {
        open.delete(key);
        problems.push(`${name} rejected: ${error?.stack ?? error}`);
      },
    );
    open.set(key, settled);
    return settled;
  };

  const runOf = new Map();
  // A neighbour's cells have ids of their own session.
  const runOfCall = ({ sessionId, cellId }) =>
    sessionId === session.id ? runOf.get(cellId) : undefined;
  const tools = hostileTools({
    begin: (context) => runOfCall(context)?.beginCall(context),
    end: (context, call) => runOfCall(context)?.endCall(call),
    stop: (context) => runOfCall(context)?.stopInTool(),
  });
  const runtime = createCodeMode({ tools, modules, deadlock, console: true });
  const session = runtime.openSession({
    limits,
    onEvent: (event) => runOf.get(event.cellId)?.takeEvent(event),
  });
  const mayClose = programs.some(({ stops }) => stops.some(({ does }) => does === "closeRuntime"));
  const neighbours = mayClose ? createCodeMode({ tools }) : runtime;

  let lastId = 0;
  const close = (name, closable) => {
    for (const run of runs) run.noteClosing();
    const closed = closable.close().then(() => {
      for (const run of runs) run.noteClosed();
    });
    track(name, closed);
  };
  /** @type {RoundHost} */
  const host = {
    session,
    track,
    mayQueueFill: limits.cells + limits.queuedCells < programs.length,
    nextCellId: (run) => {
      lastId += 1;
      runOf.set(String(lastId), run);
      return String(lastId);
    },
    closeSession: () => close("close() of the session", session),
    closeRuntime: () => close("close() of the runtime", runtime),
  };
  const runs = programs.map((program) => new ProgramRun(program, host));

  const lag = watchLag();
  const rest = async () => {
    const running = runs.map((run) => track("a program", run.run()));
    await track("a neighbour", askNeighbour(neighbours, problems));
    await Promise.all(running);
    while (open.size > 0) await Promise.all(open.values());
    for (const run of runs) run.finish();
    problems.push(...plainDataProblems(await session.storedValues(), "stored"));
    await track("a neighbour", askNeighbour(neighbours, problems));
    await Promise.all([track("close()", runtime.close()), track("close()", neighbours.close())]);
  };
  const isAtRest = await within(patienceMs, rest());
  const lagMs = lag.stop();
  if (!isAtRest) {
    const names = [...open.keys()].map(({ description }) => description);
    problems.push(`after ${patienceMs} ms these had not settled: ${names.join(", ")}`);
  }
  problems.push(...runs.flatMap((run) => run.problems));
  const orphans = runs.reduce((sum, run) => sum + run.orphans, 0);
  const threadsLeft = isAtRest ? await threadsAbove(orphansBefore + orphans) : 0;
  if (threadsLeft > 0) problems.push(`${threadsLeft} threads are left that are no orphans`);
  if (Object.keys(Object.prototype).length > 0) problems.push("Object.prototype has new keys");
  return {
    problems,
    ends: runs.map(({ end }) => end),
    orphans,
    lagMs,
    isStuck: !isAtRest || threadsLeft > 0,
  };
}

async function askNeighbour(runtime, problems) {
  const session = runtime.openSession();
  const outcome = await session.exec(neighbourSource, { yieldAfterMs: Infinity });
  await session.close();
  if (!isDeepStrictEqual(outcome.output, [{ type: "text", text: neighbourText }])) {
    problems.push(`a neighbour's outcome is ${JSON.stringify(outcome)}`);
  }
}

/** Waits for the threads of cells to leave; how many are left beyond those that never do. */
async function threadsAbove(orphans) {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const left = countCellThreads() - orphans;
    if (left <= 0 || performance.now() > giveUpAt) return Math.max(left, 0);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function watchLag() {
  let longestMs = 0;
  let beatAt = performance.now();
  const heart = setInterval(() => {
    longestMs = Math.max(longestMs, performance.now() - beatAt);
    beatAt = performance.now();
  }, 1);
  return {
    stop: () => {
      clearInterval(heart);
      return longestMs;
    },
  };
}

/** Whether the promise settles in time. */
async function within(ms, promise) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
