// Three servers (`codecell serve`) on one PostgreSQL run cells for clients that ask any of them, while servers are
// killed, stand still, lose the database or each other, are drained and start again. At the end no cell may be lost, no
// effect made twice, no output told twice or left out, no stored value wrong, and no cell be open that nobody waits for.
//
//   node scripts/check-cluster.mjs [--cells N] [--seconds N] [--every SECONDS] [--faults LIST] [--at-once N] [--seed N]
//     --faults: of kill, drain, stop, database, peers, crash; each in turn. Default: all
//     --seconds: cells are begun for at least so long, and faults done
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { postgresStore } from "codecell/postgres";
import { ClusterServer } from "./lib/cluster-server.mjs";
import { main, root, ScriptFailure } from "./lib/command.mjs";
import { startPostgres } from "./lib/postgres.mjs";

const { values: options } = parseArgs({
  options: {
    cells: { type: "string", default: "10000" },
    seconds: { type: "string", default: "600" },
    every: { type: "string", default: "5" },
    faults: { type: "string", default: "kill,drain,stop,database,peers,crash" },
    "at-once": { type: "string", default: "24" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});

/** The lease of a host, and some time. */
const beyondLeaseMs = 12_000;
/** Milliseconds in which a server must answer a client, which else asks another. */
const patienceMs = 15_000;
/** And some server must answer in so many. */
const answerMs = 300_000;
const sessions = 20;
const servers = 3;
/** Every so many cells is left alone by its client at once. */
const leftAlone = 4;

const folder = mkdtempSync(join(tmpdir(), "codecell-cluster-"));
const ledger = join(folder, "ledger");
const config = join(folder, "serve.json");
let seed = Number(options.seed);
/** @type {Map<string, number>} */
const counts = new Map();

await main(async () => {
  writeFileSync(ledger, "");
  const args = [join(root, "test/fixtures/ledger-server.mjs"), ledger];
  const mcpServers = { ledger: { command: process.execPath, args } };
  writeFileSync(config, JSON.stringify({ mcpServers }));
  const database = await startPostgres();
  /** @type {ClusterServer[]} */
  const cluster = [];
  try {
    const starting = Array.from({ length: servers }, async () => {
      cluster.push(await ClusterServer.start(database.url, config));
    });
    const failed = (await Promise.allSettled(starting)).find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
    console.log(`seed ${options.seed}; ${servers} servers serve`);
    await check(cluster, database);
  } finally {
    await Promise.all(cluster.map((server) => server.close()));
    await database.end();
    rmSync(folder, { recursive: true, force: true });
  }
});

/**
 * @param {readonly ClusterServer[]} cluster
 * @param {Awaited<ReturnType<typeof startPostgres>>} database
 */
async function check(cluster, database) {
  const until = performance.now() + Number(options.seconds) * 1000;
  const isOver = () => performance.now() > until;
  /** @type {Told[]} */
  const told = [];
  let begun = 0;
  const clients = Array.from({ length: Number(options["at-once"]) }, async () => {
    // As many as asked for, and for as long.
    while (begun < Number(options.cells) || !isOver()) {
      const number = begun;
      begun += 1;
      told.push(await runCell(cluster, number));
      // Of a long check the cells are spread over its time.
      const share = (begun / Number(options.cells)) * Number(options.seconds) * 1000;
      const aheadMs = until - Number(options.seconds) * 1000 + share - performance.now();
      if (aheadMs > 0) await pause(Math.min(aheadMs, 1000));
    }
  });
  const faults = harm(cluster, database, isOver);
  await Promise.all([...clients, faults]);
  await Promise.all(cluster.map((server) => server.heal()));
  console.table(Object.fromEntries(counts));
  const store = postgresStore(database.url);
  try {
    await untilAllEnded(store);
    for (const cell of told) await checkEnd(cluster, store, cell);
    await checkLedgerAndValues(cluster, told);
    const all = await store.cells({ limit: 1_000_000 });
    if (all.length !== told.length)
      fault(`${told.length} cells were begun, ${all.length} are there`);
  } finally {
    await store.close();
  }
  const said = Object.entries(Object.fromEntries(counts)).map(
    ([name, count]) => `${count} ${name}`,
  );
  console.log(`Each of ${told.length} cells ran as one. ${said.join(", ")}.`);
}

/**
 * Does harm to one server after the other.
 * @param {readonly ClusterServer[]} cluster
 * @param {Awaited<ReturnType<typeof startPostgres>>} database
 * @param {() => boolean} isOver
 */
async function harm(cluster, database, isOver) {
  /** @type {Record<string, (server: ClusterServer) => Promise<void>>} */
  const kinds = {
    kill: (server) => server.restart("SIGKILL"),
    drain: (server) => server.restart("SIGTERM"),
    stop: async ({ process }) => {
      process?.child.kill("SIGSTOP");
      await pause(beyondLeaseMs);
      process?.child.kill("SIGCONT");
    },
    database: async ({ toDatabase }) => {
      toDatabase.lose();
      await pause(beyondLeaseMs);
      toDatabase.find();
    },
    peers: async ({ toServer }) => {
      toServer.lose();
      await pause(beyondLeaseMs);
      toServer.find();
    },
    crash: async () => {
      await database.tell("kill");
      await pause(3000);
      await database.tell("start");
    },
  };
  const names = options.faults.split(",");
  for (let next = 0; !isOver(); next += 1) {
    await pause(Number(options.every) * 1000);
    const name = names[next % names.length] ?? "";
    const kind = kinds[name];
    const server = cluster[below(cluster.length)];
    if (kind === undefined || server === undefined) throw new Error(`There is no fault ${name}.`);
    await kind(server);
    count(`faults: ${name}`);
  }
}

/**
 * @typedef {object} Told
 * @property {string} key
 * @property {string} session
 * @property {string} cellId
 * @property {string[]} output - What its client has been told.
 * @property {boolean} isLeft - It was left alone.
 */

/** A cell with two effects, which says of each whether it was made, or may have been made. */
function sourceOf(/** @type {string} */ key) {
  return `
    const record = async (n) => {
      try {
        await tools.mcp__ledger__record({ key: "${key}/" + n });
        return "made " + n;
      } catch (error) {
        if (/It is not known whether/.test(error.message)) return "unknown " + n;
        return "refused " + n + ": " + error.message;
      }
    };
    text("begin");
    text(await record(1));
    await new Promise((done) => setTimeout(done, ${below(400)}));
    text(await record(2));
    store("${key}", load("${key}") === undefined ? "once" : "again");
    text("end");`;
}

/**
 * @param {readonly ClusterServer[]} cluster
 * @param {number} number
 * @returns {Promise<Told>}
 */
async function runCell(cluster, number) {
  const key = `k${number}`;
  const session = `s${number % sessions}`;
  const isLeft = number % leftAlone === 0;
  const way = `/v1/sessions/${session}/cells`;
  const yieldAfterMs = isLeft ? 0 : 2000;
  const body = { source: sourceOf(key), requestId: key, yieldAfterMs };
  let outcome = await ask(cluster, way, body);
  const { cellId } = outcome;
  /** @type {string[]} */
  const output = [];
  for (;;) {
    take(key, output, outcome);
    if (isLeft || outcome.status !== "yielded") return { key, session, cellId, output, isLeft };
    outcome = await ask(cluster, `${way}/${cellId}/wait`, { after: output.length, yieldAfterMs });
  }
}

/** Adds what is new, which must go on where the client is. */
function take(
  /** @type {string} */ key,
  /** @type {string[]} */ output,
  /** @type {any} */ outcome,
) {
  if (outcome.status !== "yielded" && outcome.status !== "completed") {
    fault(`${key} was lost: ${JSON.stringify(outcome)}`);
  }
  const from = outcome.cursor - outcome.output.length;
  if (from !== output.length)
    fault(`${key}: its client has ${output.length}, and is told from ${from}`);
  output.push(...outcome.output.map((/** @type {any} */ item) => item.text));
}

/**
 * Asks a server, and another where that does not answer, until one does.
 * @param {readonly ClusterServer[]} cluster
 * @param {string} way
 * @param {object} body
 * @returns {Promise<any>}
 */
async function ask(cluster, way, body) {
  const until = performance.now() + answerMs;
  for (;;) {
    if (performance.now() > until) fault(`nobody answers ${way} ${JSON.stringify(body)}`);
    const server = cluster[below(cluster.length)];
    try {
      const response = await fetch(`${server?.url}${way}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(patienceMs),
      });
      const said = /** @type {any} */ (await response.json());
      if (response.ok) return said;
      count(`answers: ${said.error?.code}`);
      if (response.status < 500 && ![409, 429].includes(response.status)) {
        fault(`${way} ${JSON.stringify(body)}: ${JSON.stringify(said)}`);
      }
    } catch (thrown) {
      if (thrown instanceof ScriptFailure) throw thrown;
      count("servers that did not answer");
    }
    await pause(200 + below(300));
  }
}

/** Cells that nobody waits for end by themselves. */
async function untilAllEnded(/** @type {import("codecell/postgres").DurableStore} */ store) {
  const until = performance.now() + 120_000;
  for (;;) {
    const open = await store.cells({ state: "open" });
    if (open.length === 0) return;
    if (performance.now() > until)
      fault(`${open.length} cells do not go on: ${JSON.stringify(open[0])}`);
    await pause(500);
  }
}

/**
 * @param {readonly ClusterServer[]} cluster
 * @param {import("codecell/postgres").DurableStore} store
 * @param {Told} cell
 */
async function checkEnd(cluster, store, { key, session, cellId, output, isLeft }) {
  const records = await store.read(cellId, 0, 10_000);
  const ends = records.filter(({ kind }) => kind === "ended");
  if (ends.length !== 1) fault(`${key} has ended ${ends.length} times`);
  if (isLeft) {
    const way = `/v1/sessions/${session}/cells/${cellId}/wait`;
    take(key, output, await ask(cluster, way, { after: output.length }));
  }
  const [begin, first, second, end, ...others] = output;
  const isWhole =
    begin === "begin" &&
    /^(made|unknown) 1$/.test(first ?? "") &&
    /^(made|unknown) 2$/.test(second ?? "") &&
    end === "end" &&
    others.length === 0;
  if (!isWhole) fault(`${key} has told ${JSON.stringify(output)}`);
}

/**
 * @param {readonly ClusterServer[]} cluster
 * @param {readonly Told[]} told
 */
async function checkLedgerAndValues(cluster, told) {
  /** @type {Map<string, number>} */
  const made = new Map();
  for (const line of readFileSync(ledger, "utf8").split("\n"))
    made.set(line, (made.get(line) ?? 0) + 1);
  for (const { key, output } of told) {
    for (const n of [1, 2]) {
      const times = made.get(`${key}/${n}`) ?? 0;
      const isKnown = output.includes(`made ${n}`);
      if (!isKnown) count("effects that are not known");
      if (times > 1 || (isKnown && times !== 1)) {
        fault(`${key}/${n} was made ${times} times, and the cell says ${JSON.stringify(output)}`);
      }
    }
  }
  for (let number = 0; number < sessions; number += 1) {
    const session = `s${number}`;
    const keys = told.filter((cell) => cell.session === session).map(({ key }) => key);
    const response = await fetch(`${cluster[number % servers]?.url}/v1/sessions/${session}/values`);
    const { values } = /** @type {any} */ (await response.json());
    for (const key of keys) {
      if (values[key] !== "once") fault(`the value ${key} is ${JSON.stringify(values[key])}`);
    }
  }
}

function count(/** @type {string} */ name) {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** @returns {never} */
function fault(/** @type {string} */ text) {
  throw new ScriptFailure(text);
}

/** @param {number} bound */
function below(bound) {
  seed = (seed * 1664525 + 1013904223) % 2 ** 32;
  return Math.floor((seed / 2 ** 32) * bound);
}
