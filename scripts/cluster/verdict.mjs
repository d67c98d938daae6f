// What must hold at the end, asked of the servers, of the store and of the other sides of the tools.
import { readFileSync } from "node:fs";
import { postgresStore } from "codecell/postgres";
import { follow, waysOf } from "./clients.mjs";
import { count, fault } from "./report.mjs";
import { isWhole } from "./workload.mjs";

/**
 * @typedef {object} Evidence
 * @property {readonly import("./clients.mjs").Told[]} told - Of each cell that was begun.
 * @property {readonly import("./clients.mjs").Client[]} clients
 * @property {import("./people.mjs").People} people - They decide until all cells have ended.
 * @property {import("./webhook-receiver.mjs").WebhookReceiver} receiver
 * @property {string} ledger - The file of the MCP server.
 * @property {number} otherCells - How many there are besides, which were judged already.
 */

/**
 * Each cell has run as one, and nothing is left over.
 * @param {import("./cluster.mjs").Cluster} cluster
 * @param {Evidence} evidence
 */
export async function judge(cluster, { told, clients, people, receiver, ledger, otherCells }) {
  const store = postgresStore(cluster.database.url);
  try {
    await untilAllEnded(cluster, store);
    await people.stop();
    const facts = {
      recorded: readLedger(ledger),
      orders: receiver.byOrder(),
      decisions: people.decisions,
    };
    if (receiver.faults.length > 0) fault(receiver.faults.slice(0, 10).join("\n"));
    for (const cell of told) {
      await checkEnd(store, cell);
      if (cell.isLeft) await follow(cluster, cell);
      if (!isWhole(cell.kind, cell.key, cell.output, facts)) {
        const { orders, recorded, decisions } = facts;
        const known = [1, 2, 3]
          .map((n) => `${cell.key}/${n}`)
          .map((key) => ({
            recorded: recorded.get(key),
            asked: orders.get(key),
            decision: decisions.get(key),
          }));
        fault(
          `${cell.key} (${cell.kind}) has told ${JSON.stringify(cell.output)}; known is ${JSON.stringify(known)}`,
        );
      }
      const unknown = cell.output.filter((line) => line.startsWith("unknown")).length;
      if (unknown > 0) count("effects that are not known", unknown);
    }
    await checkOnlyThose(store, told.length + otherCells);
    await checkValues(cluster, told, clients);
  } finally {
    await store.close();
  }
}

/**
 * Cells that nobody waits for end by themselves.
 * @param {import("./cluster.mjs").Cluster} cluster
 * @param {import("codecell/postgres").DurableStore} store
 */
export async function untilAllEnded(cluster, store) {
  /** @type {readonly import("codecell/postgres").StoredCell[]} */
  let open = [];
  const areEnded = async () => {
    for (const server of cluster.servers) server.checkHealth();
    open = await store.cells({ state: "open" });
    return open.length === 0;
  };
  await cluster.until(areEnded, "there are cells that have not ended").catch((thrown) => {
    thrown.message += `: ${open.length}, such as ${JSON.stringify(open[0])}`;
    throw thrown;
  });
}

/**
 * @param {import("codecell/postgres").DurableStore} store
 * @param {import("./clients.mjs").Told} cell
 */
async function checkEnd(store, { key, cellId }) {
  const records = await store.read(cellId, 0, 10_000);
  const ends = records.filter(({ kind }) => kind === "ended");
  if (ends.length !== 1) fault(`${key} has ended ${ends.length} times`);
}

/** No cell that nobody has begun, and no question that nobody has answered. */
async function checkOnlyThose(
  /** @type {import("codecell/postgres").DurableStore} */ store,
  /** @type {number} */ begun,
) {
  const all = await store.cells({ limit: 1_000_000 });
  if (all.length !== begun) fault(`${begun} cells were begun, ${all.length} are there`);
  const open = await store.approvals({ isOpen: true });
  if (open.length > 0)
    fault(`${open.length} questions are open, such as ${JSON.stringify(open[0])}`);
}

/**
 * @param {import("./cluster.mjs").Cluster} cluster
 * @param {readonly import("./clients.mjs").Told[]} told
 * @param {readonly import("./clients.mjs").Client[]} clients
 */
async function checkValues(cluster, told, clients) {
  for (const session of new Set(told.map((cell) => cell.session))) {
    const { values } = await cluster.ask(waysOf(session).values);
    for (const { key } of told.filter((cell) => cell.session === session)) {
      if (values[key] !== "once") fault(`the value ${key} is ${JSON.stringify(values[key])}`);
    }
    const counting = clients.find(({ count: { session: own } }) => own === session);
    if (counting !== undefined && values.count !== counting.count.value) {
      fault(`${session} has counted to ${values.count}, and had ${counting.count.value} cells`);
    }
  }
}

/** By the key: how often it was recorded. */
function readLedger(/** @type {string} */ file) {
  /** @type {Map<string, number>} */
  const recorded = new Map();
  for (const line of readFileSync(file, "utf8").split("\n")) {
    recorded.set(line, (recorded.get(line) ?? 0) + 1);
  }
  return recorded;
}
