// Asks for cells, as a process of its own: of servers over HTTP, or in itself. Told by messages of its parent what to
// do, it answers each with what it has measured.
//
//   node bench/load/driver.mjs WAY, forked
import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { expectCompleted } from "../lib/cells.mjs";
import { quantile } from "../lib/quantiles.mjs";

/**
 * @typedef {object} Way - Where the cells run.
 * @property {"none" | "sqlite" | "postgres"} [store] - In this process.
 * @property {string} [place] - A file, or a URL.
 * @property {readonly string[]} [urls] - At one of these servers.
 * @property {string} [key]
 * @property {boolean} [asksAnother] - The end of a cell is asked for at another server than its begin.
 *
 * @typedef {object} Phase
 * @property {number} ms - How long it takes.
 * @property {number} [atOnce] - So many clients, each of which asks when it has been answered.
 * @property {number} [perSecond] - Or clients that come so often, whether the others have been answered or not.
 *
 * @typedef {object} Measured
 * @property {number} cells
 * @property {number} perSecond
 * @property {number} p50Ms - From when a client came.
 * @property {number} p99Ms
 * @property {number} fromUs - By the steady clock of the machine.
 * @property {number} toUs
 */

const source = 'text("ok")';
const sessions = 16;
/** @type {Way} */
const way = JSON.parse(process.argv[2] ?? "{}");
const { exec, close } = way.urls === undefined ? await openHere() : openThere(way.urls);

process.on("message", async (/** @type {Phase | "close"} */ phase) => {
  if (phase === "close") {
    await close();
    process.disconnect();
  } else process.send?.(await run(phase));
});
process.send?.("ready");

/**
 * @param {Phase} phase
 * @returns {Promise<Measured>}
 */
async function run({ ms, atOnce, perSecond = 0 }) {
  /** @type {number[]} */
  const times = [];
  const fromUs = nowUs();
  const from = performance.now();
  const endsAt = from + ms;
  /** @param {number} client @param {number} cameAt */
  const ask = async (client, cameAt) => {
    await exec(`s${client % sessions}`);
    times.push(performance.now() - cameAt);
  };
  if (atOnce !== undefined) {
    const clients = Array.from({ length: atOnce }, async (_, client) => {
      while (performance.now() < endsAt) await ask(client, performance.now());
    });
    await Promise.all(clients);
  } else {
    const asked = [];
    for (let client = 0; ; client++) {
      const cameAt = from + (client * 1000) / perSecond;
      if (cameAt >= endsAt) break;
      const left = cameAt - performance.now();
      if (left > 0) await pause(left);
      // A timer may end up to a millisecond before its time.
      asked.push(ask(client, Math.min(cameAt, performance.now())));
    }
    await Promise.all(asked);
  }
  const cells = times.length;
  return {
    cells,
    perSecond: (cells * 1000) / (performance.now() - from),
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    fromUs,
    toUs: nowUs(),
  };
}

/** @typedef {{ exec: (session: string) => Promise<void>, close: () => Promise<void> }} Open */

/** @returns {Promise<Open>} */
async function openHere() {
  const { createCodeMode } = await import("../../dist/index.js");
  const store = await openStore();
  const codeMode = createCodeMode(store === undefined ? {} : { durability: { store } });
  /** @type {Map<string, ReturnType<typeof codeMode.openSession>>} */
  const open = new Map();
  return {
    exec: async (id) => {
      const session = open.get(id) ?? codeMode.openSession({ id });
      open.set(id, session);
      expectCompleted(await session.exec(source));
    },
    close: async () => {
      await codeMode.close();
      await store?.close();
    },
  };
}

async function openStore() {
  const { store, place = "" } = way;
  if (store === "sqlite") return (await import("../../dist/sqlite.js")).sqliteStore(place);
  if (store === "postgres") return (await import("../../dist/postgres.js")).postgresStore(place);
  return undefined;
}

/**
 * @param {readonly string[]} urls
 * @returns {Open}
 */
function openThere(urls) {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  let asked = 0;
  return {
    exec: async (session) => {
      const first = Math.floor(Math.random() * urls.length);
      const path = `/v1/sessions/${session}/cells`;
      if (!way.asksAnother) {
        ended(await post(urls[first], path, { source }));
        return;
      }
      // Not the server that has it, so that this one asks that one.
      asked += 1;
      const second = urls[(first + 1 + (asked % (urls.length - 1))) % urls.length];
      const program = `yield_control(); await new Promise((go) => setTimeout(go, 1)); ${source}`;
      const { status, cellId } = await post(urls[first], path, { source: program });
      if (status !== "completed") ended(await post(second, `${path}/${cellId}/wait`, {}));
    },
    close: async () => agent.destroy(),
  };

  /**
   * @param {string | undefined} url
   * @param {string} path
   * @param {object} body
   * @returns {Promise<{ status?: string, cellId?: string }>}
   */
  function post(url, path, body) {
    const text = JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const headers = {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text),
        authorization: `Bearer ${way.key}`,
        // As the client of the package does.
        ...("source" in body && { "idempotency-key": randomUUID() }),
      };
      const asking = request(`${url}${path}`, { agent, method: "POST", headers }, (answer) => {
        let said = "";
        answer.setEncoding("utf8");
        answer.on("data", (part) => {
          said += part;
        });
        answer.on("error", reject);
        answer.on("end", () => {
          if (answer.statusCode === 200) resolve(JSON.parse(said));
          else reject(new Error(said));
        });
      });
      asking.on("error", reject);
      asking.end(text);
    });
  }
}

/** @param {{ status?: string }} outcome */
function ended(outcome) {
  if (outcome.status !== "completed") throw new Error(JSON.stringify(outcome));
}

function nowUs() {
  return Number(process.hrtime.bigint() / 1000n);
}
