// Kills processes of cells at random moments: while they wait for a cell, run one, or end. Every exec must
// have an outcome, what a completed cell has stored must be there, and nothing may be left: no process, no
// descriptor, no memory. Exit code 1 where something is wrong.
//
//   node scripts/check-kills.mjs [--count N] [--at-once N] [--seed N] [--host auto|process|zygote]
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { createCodeMode } from "../dist/index.js";
import { collectGarbage, countDescriptors, countHandles, readResidentKiB } from "./lib/at-rest.mjs";
import { main, ScriptFailure } from "./lib/command.mjs";
import { descendantsOf } from "./lib/descendants.mjs";

const { values: options } = parseArgs({
  options: {
    count: { type: "string", default: "10000" },
    "at-once": { type: "string", default: "4" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    host: { type: "string", default: "auto" },
  },
});

/** More than this over so many cells is a leak. */
const allowedGrowthMiB = 32;
/** The engine of Node 24 keeps up to 50 MB of pages for young objects: with this it needs few. */
const engineFlag = "--max-semi-space-size=1";
/** Kills before memory is looked at first: until then allocators, caches and compiled code grow. */
const warmUpKills = Math.min(300, Number(options.count));
const signals = /** @type {const} */ ([
  "SIGKILL",
  "SIGKILL",
  "SIGSEGV",
  "SIGTERM",
  "SIGABRT",
  "SIGTRAP",
]);

/** What cells do when they are killed. Each stores a value first, and says so. */
const programs = [
  "",
  "for (;;) {}",
  "await tools.slow({});",
  "for (let i = 0; i < 20; i += 1) text('x'.repeat(10_000));",
  "await new Promise((go) => setTimeout(go, 5));",
  "for (let i = 0; i < 5; i += 1) await tools.echo({ i });",
  "yield_control(); await tools.slow({});",
  "throw new Error('its own');",
];

let seed = Number(options.seed);
const counts = new Map();
let kills = 0;

if (process.execArgv.includes(engineFlag)) await main(checkKills);
else process.exitCode = runWithFlag();

function runWithFlag() {
  const args = [...process.execArgv, engineFlag, ...process.argv.slice(1)];
  return spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1;
}

async function checkKills() {
  console.log(`seed ${options.seed}, ${options.count} kills, ${options.host}`);
  const mode = createCodeMode({
    isolation: "process",
    processHost: /** @type {"auto"} */ (options.host),
    limits: { cpuMs: 2_000 },
    yieldAfterMs: 50,
    tools: {
      echo: { execute: (input) => input },
      slow: { execute: () => new Promise((go) => setTimeout(go, 10)) },
    },
  });
  // A helper that is killed again and again before one has worked is not tried any more.
  const first = await mode.openSession().exec("text('first')");
  if (first.status !== "completed") throw new ScriptFailure(`the first cell ${first.status}`);
  await lap(mode, warmUpKills);
  const before = await atRest();
  await lap(mode, Number(options.count));
  const after = await atRest();
  console.table({ before, after });
  console.table(Object.fromEntries(counts));
  for (const what of /** @type {const} */ (["descriptors", "handles"])) {
    // As many processes are kept ready as the last moments asked for; each has a few.
    const slack = 3 * Math.max(0, after.processes - before.processes);
    if (after[what] > before[what] + slack) {
      throw new ScriptFailure(`${what} grew from ${before[what]} to ${after[what]}`);
    }
  }
  if (after.memoryMiB > before.memoryMiB + allowedGrowthMiB) {
    throw new ScriptFailure(`memory grew from ${before.memoryMiB} to ${after.memoryMiB} MiB`);
  }
  await mode.close();
  const left = descendantsOf();
  if (left.length > 0) throw new ScriptFailure(`${left.length} processes are left after close()`);
  console.log("No outcome is lost, and nothing is left.");
}

/**
 * Runs cells until so many processes have been killed.
 * @param {import("../dist/index.js").CodeMode} mode
 * @param {number} count
 */
async function lap(mode, count) {
  const until = kills + count;
  await Promise.all(
    Array.from({ length: Number(options["at-once"]) }, async () => {
      const session = mode.openSession();
      /** @type {Record<string, number>} */
      const stored = {};
      for (let i = 0; kills < until; i += 1) await runOne(session, i, stored);
      const values = await session.storedValues();
      if (JSON.stringify(values) !== JSON.stringify(stored)) {
        throw new ScriptFailure(`stored values are ${JSON.stringify(values)}`);
      }
      await session.close();
    }),
  );
}

/**
 * @param {import("../dist/index.js").Session} session
 * @param {number} number
 * @param {Record<string, number>} stored - What completed cells have stored.
 */
async function runOne(session, number, stored) {
  const key = `k${number % 10}`;
  const source = `store(${JSON.stringify(key)}, ${number}); text("said"); ${programs[below(programs.length)]}`;
  // Now, or when the cell has started: most processes would be killed before, otherwise.
  /** @type {NodeJS.Timeout | undefined} */
  let killer;
  const isEarly = below(8) === 0;
  if (isEarly) killer = setTimeout(killOne, below(30));
  /** @type {import("../dist/index.js").CellOutcome} */
  let outcome;
  try {
    outcome = await session.exec(source, {
      onEvent({ type }) {
        if (type === "started" && !isEarly) killer = setTimeout(killOne, below(30));
      },
    });
  } catch (thrown) {
    // One process after another was killed before the cell could start. Its caller knows.
    if (/** @type {any} */ (thrown).code !== "ERR_PROCESS_START") throw thrown;
    clearTimeout(killer);
    counts.set("ERR_PROCESS_START", (counts.get("ERR_PROCESS_START") ?? 0) + 1);
    return;
  }
  while (outcome.status === "yielded") {
    outcome =
      below(4) === 0 ? await session.terminate(outcome.cellId) : await session.wait(outcome.cellId);
  }
  clearTimeout(killer);
  if (outcome.status === "missing") throw new ScriptFailure(`an outcome is lost: ${source}`);
  const isOwn = outcome.status === "failed" && outcome.error.code === "ERR_CELL_SCRIPT";
  if (outcome.status === "completed" || isOwn) stored[key] = number;
  const code = outcome.status === "failed" ? outcome.error.code : outcome.status;
  const what = `${code} (${outcome.host ?? "not started"})`;
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

function killOne() {
  const pids = descendantsOf();
  const pid = pids[below(pids.length)];
  if (pid === undefined) return;
  try {
    process.kill(pid, signals[below(signals.length)]);
    kills += 1;
  } catch {
    // It has just ended.
  }
}

/** What this process holds when no cell runs. */
async function atRest() {
  // Those that are kept ready are made by then.
  for (let i = 0; i < 20; i += 1) await new Promise((go) => setTimeout(go, 20));
  collectGarbage();
  return {
    processes: descendantsOf().length,
    descriptors: countDescriptors(),
    handles: countHandles(),
    memoryMiB: Math.round(readResidentKiB() / 1024),
  };
}

/** @param {number} bound */
function below(bound) {
  seed = (seed * 1664525 + 1013904223) % 2 ** 32;
  return Math.floor((seed / 2 ** 32) * bound);
}
