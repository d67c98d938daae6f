// Kills the process of a durable cell, with SIGKILL, after each record of its journal, between each effect and
// its record, before and after each decision about a call, and at random moments; half of the processes that go on
// with it are killed too. The decisions are made here, in another process than the cell's. The last one must end it
// as if it had run once: each effect once by its key, what is told told once, each question asked once, no value
// lost, and the journal the same when it is replayed. On threads and in processes, in each sync mode of SQLite; with
// `--store postgres` in a PostgreSQL, where one process takes the cell from another.
//
//   node scripts/check-durable-kills.mjs [VERSION...] [--every N] [--first N] [--moments N] [--at-once N] [--seed N]
//     [--store postgres]
//     VERSION: of Node; "24" is the newest of a major. Default: the one that runs this
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createCodeMode } from "codecell";
import { postgresStore } from "codecell/postgres";
import { sqliteStore } from "codecell/sqlite";
import { decisionAbout, faultOf } from "../test/fixtures/surviving-program.mjs";
import { main, root, ScriptFailure } from "./lib/command.mjs";
import { onEachNode } from "./lib/each-node.mjs";
import { startPostgres } from "./lib/postgres.mjs";

const { values: options, positionals: versions } = parseArgs({
  allowPositionals: true,
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
const places = ["record", "effect", "answer", "told", "notification", "asked", "decided"];
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
  if (versions.length > 0) return runOnEach(versions);
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

/** @param {readonly string[]} asked */
function runOnEach(asked) {
  const own = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  onEachNode(asked, "durable cells whose process is killed", ({ path, env }) => {
    const args = [fileURLToPath(import.meta.url), ...own];
    return spawnSync(path, args, { cwd: root, env, stdio: "inherit" }).status === 0;
  });
}

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
  const fault = faultOf(readLines(log), own, true);
  if (fault !== undefined) {
    throw new ScriptFailure(
      `${isolation}, ${sync}, killed at ${JSON.stringify(deaths)}: ${fault}\n${readFileSync(log, "utf8")}`,
    );
  }
}

/**
 * @param {{ file: string, session: string, log: string, sync: string, isolation: string, die?: Death | undefined }} setup
 * @returns {Promise<"killed" | "ended">}
 */
async function runHost(setup) {
  const child = spawn(process.execPath, [host, JSON.stringify({ ...setup, asks: true })], {
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  let errors = "";
  /** @type {Promise<void>[]} */
  const decisions = [];
  child.on("message", (approvalId) => {
    const decided = decide(setup, String(approvalId)).catch((thrown) => {
      errors += `${thrown}\n`;
      child.kill();
    });
    decisions.push(decided);
  });
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    errors += text;
  });
  const isDisconnected = new Promise((resolve) => child.once("disconnect", resolve));
  const [code, signal] = await new Promise((resolve) =>
    child.once("exit", (...end) => resolve(end)),
  );
  // Who has asked may have been killed meanwhile; a store that is opened later would leave its file.
  await isDisconnected;
  await Promise.all(decisions);
  if (signal === "SIGKILL") return "killed";
  if (code === 0) return "ended";
  throw new ScriptFailure(`${JSON.stringify(setup)}: code ${code}, signal ${signal}\n${errors}`);
}

/**
 * Decides about a call of a cell that runs in another process, or did.
 * @param {{ file: string, session: string }} files
 * @param {string} approvalId
 */
async function decide({ file, session: sessionId }, approvalId) {
  const store = server === undefined ? sqliteStore(file) : postgresStore(file);
  const codeMode = createCodeMode({ durability: { store } });
  const asked = await codeMode.approvals({ state: "all", sessionId });
  const question = asked.find((known) => known.approvalId === approvalId);
  if (question === undefined) throw new Error(`There is no question ${approvalId}.`);
  await codeMode.decide(approvalId, decisionAbout(/** @type {{ n: number }} */ (question.input)));
  await codeMode.close();
  await store.close();
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
