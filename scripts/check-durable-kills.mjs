// Kills the process of a durable cell, with SIGKILL, after each record of its journal, between each effect and
// its record, and at random moments; half of the processes that go on with it are killed too. The last one must
// end it as if it had run once: each effect once by its key, what is told told once, no value lost, and the
// journal the same when it is replayed. On threads and in processes, in each sync mode of SQLite; with
// `--store postgres` in a PostgreSQL, where one process takes the cell from another.
//
//   node scripts/check-durable-kills.mjs [--every N] [--first N] [--moments N] [--at-once N] [--seed N] [--store postgres]
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { faultOf } from "../test/fixtures/surviving-program.mjs";
import { main, root, ScriptFailure } from "./lib/command.mjs";
import { startPostgres } from "./lib/postgres.mjs";

const { values: options } = parseArgs({
  options: {
    every: { type: "string", default: "1" },
    first: { type: "string", default: "0" },
    moments: { type: "string", default: "40" },
    "at-once": { type: "string", default: "2" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    store: { type: "string", default: "sqlite" },
  },
});

/**
 * @typedef {{ at: string, count: number }} Death
 * @typedef {{ sync: string, isolation: string, deaths: readonly Death[] }} Case
 */

const host = join(root, "test/fixtures/dying-host.mjs");
const folder = mkdtempSync(join(tmpdir(), "codecell-durable-kills-"));
const places = ["record", "effect", "answer", "told", "notification"];
/** After so many records of their own, processes that go on with a cell are killed too. */
const maxLaterRecords = 6;

let seed = Number(options.seed);
let lastFile = 0;
/** @type {Map<string, number>} */
const kills = new Map();
let hosts = 0;

if (!["sqlite", "postgres"].includes(options.store)) {
  throw new Error(`--store must be sqlite or postgres, not ${options.store}`);
}
/** @type {Awaited<ReturnType<typeof startPostgres>> | undefined} */
let server;

await main(async () => {
  try {
    if (options.store === "postgres") server = await startPostgres();
    const cases = sample(await allCases());
    console.log(`seed ${options.seed}, ${cases.length} cells`);
    const left = [...cases];
    await Promise.all(
      Array.from({ length: Number(options["at-once"]) }, async () => {
        for (let next = left.shift(); next !== undefined; next = left.shift()) await check(next);
      }),
    );
    console.table(Object.fromEntries(kills));
    const total = [...kills.values()].reduce((sum, count) => sum + count, 0);
    // Of those that are to be killed at moments some end before.
    if (total < cases.length / 2) throw new ScriptFailure(`only ${total} processes were killed`);
    console.log(
      `Each of ${cases.length} cells ran as one, in ${hosts} processes, of which ${total} were killed.`,
    );
  } finally {
    await server?.end();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** @returns {Promise<Case[]>} */
async function allCases() {
  /** @type {Case[]} */
  const cases = [];
  for (const isolation of ["thread", "process"]) {
    const { counts, ms } = await trial(isolation);
    for (const sync of server === undefined ? ["full", "normal"] : ["PostgreSQL"]) {
      const add = (/** @type {Death[]} */ ...deaths) => cases.push({ sync, isolation, deaths });
      for (const at of places) {
        for (let count = 1; count <= (counts[at] ?? 0); count += 1) {
          add({ at, count });
          add({ at, count }, { at: "record", count: 1 + below(maxLaterRecords) });
        }
      }
      add({ at: "record", count: 0 });
      for (let i = 0; i < Number(options.moments); i += 1) {
        add({ at: "moment", count: below(ms) }, { at: "moment", count: below(ms) });
      }
    }
  }
  return cases;
}

/** @param {Case[]} cases */
function sample(cases) {
  return cases.filter((_, index) => index % Number(options.every) === Number(options.first));
}

/** How often the program comes to each place where it can be killed, and how long it takes. */
async function trial(/** @type {string} */ isolation) {
  const files = newFiles();
  const startedAt = performance.now();
  await runHost({ ...files, sync: "full", isolation });
  const ms = Math.round(performance.now() - startedAt);
  const { counts } = /** @type {any} */ (readLines(files.log).at(-1));
  return { counts, ms };
}

/** @param {Case} checked */
async function check({ sync, isolation, deaths }) {
  const files = newFiles();
  const { log } = files;
  let own = 0;
  let isOver = false;
  for (const die of [...deaths, undefined]) {
    if (isOver) break;
    own += 1;
    const end = await runHost({ ...files, sync, isolation, die });
    if (end === "killed") {
      const name = `${isolation}, ${sync}, ${die?.at}`;
      kills.set(name, (kills.get(name) ?? 0) + 1);
    }
    isOver = end === "ended";
  }
  hosts += own;
  const fault = faultOf(readLines(log), own);
  if (fault !== undefined) {
    throw new ScriptFailure(
      `${isolation}, ${sync}, killed at ${JSON.stringify(deaths)}: ${fault}\n${readFileSync(log, "utf8")}`,
    );
  }
}

/**
 * @param {object} setup
 * @returns {Promise<"killed" | "ended">}
 */
async function runHost(setup) {
  const child = spawn(process.execPath, [host, JSON.stringify(setup)], {
    stdio: ["ignore", "inherit", "pipe"],
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    errors += text;
  });
  const [code, signal] = await new Promise((resolve) =>
    child.once("exit", (...end) => resolve(end)),
  );
  if (signal === "SIGKILL") return "killed";
  if (code === 0) return "ended";
  throw new ScriptFailure(`${JSON.stringify(setup)}: code ${code}, signal ${signal}\n${errors}`);
}

function newFiles() {
  lastFile += 1;
  return {
    file: server?.url ?? join(folder, `${lastFile}.db`),
    session: `session ${lastFile}`,
    log: join(folder, `${lastFile}.log`),
  };
}

/** @param {string} log */
function readLines(log) {
  if (!existsSync(log)) return [];
  const lines = readFileSync(log, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
}

/** @param {number} bound */
function below(bound) {
  seed = (seed * 1664525 + 1013904223) % 2 ** 32;
  return Math.floor((seed / 2 ** 32) * bound);
}
