// A backup is made while cells run, they run on, and the backup is restored: as docs/operations.md says.
import { postgresStore } from "codecell/postgres";
import { Client, follow, waysOf } from "./clients.mjs";
import { Cluster } from "./cluster.mjs";
import { People } from "./people.mjs";
import { Random } from "./random.mjs";
import { count, fault, takeCounts } from "./report.mjs";
import { startTools } from "./tools.mjs";
import { untilAllEnded } from "./verdict.mjs";
import { isWhole } from "./workload.mjs";

/** Of cells of each kind that are open when the backup is made; those about which people say the same each time. */
const numbers = [0, 1, 3, 4, 5, 6];

/**
 * @param {object} options
 * @param {string} options.folder - A scratch folder.
 * @param {number} options.seed
 */
export async function checkRestore({ folder, seed }) {
  const { config, receiver } = await startTools(folder, new Random(seed + 1));
  const cluster = await Cluster.start({ config, seed });
  try {
    const client = new Client(cluster, "before");
    /** @type {import("./clients.mjs").Told[]} */
    const open = [];
    for (const number of numbers) {
      open.push(await client.run(`before${number}`, number, { kind: "sleep", isLeft: true }));
      open.push(await client.run(`asks${number * 5}`, number, { kind: "ask", isLeft: true }));
    }
    await runCounts(client, 3);
    const isAsked = (/** @type {string} */ order) => receiver.ofOrder(order).length > 0;
    const { ask } = cluster;
    const questions = async () => (await ask.call(cluster, "/v1/approvals")).approvals.length;
    await cluster.until(
      async () =>
        open.every(({ kind, key }) => kind !== "sleep" || isAsked(`${key}/1`)) &&
        (await questions()) === numbers.length,
      "not all cells were under way",
    );
    await cluster.database.tell("dump");

    // What is done from here on will not be known any more.
    const first = new People(cluster);
    const late = await Promise.all(
      ["record", "pay", "put"].map((kind, number) =>
        new Client(cluster, kind).run(`after${number}`, number, { kind, isLeft: false }),
      ),
    );
    await runCounts(client, 2);
    for (const cell of open) await follow(cluster, cell);
    await first.stop();
    const before = new Map(open.map(({ key, output }) => [key, [...output]]));

    await Promise.all(cluster.servers.map((server) => server.end("SIGTERM")));
    await cluster.database.tell("restore");
    await Promise.all(cluster.servers.map((server) => server.run()));

    // Those that were open go on by themselves; what people said is asked again, and they say the same.
    const again = new People(cluster);
    const store = postgresStore(cluster.database.url);
    try {
      await untilAllEnded(cluster, store);
    } finally {
      await store.close();
    }
    await again.stop();
    const facts = { recorded: new Map(), orders: receiver.byOrder(), decisions: again.decisions };
    for (const cell of open) {
      // A client that has more than the store finds the end; one that begins anew finds all.
      await checkAhead(cluster, cell);
      cell.output = [];
      await follow(cluster, cell);
      if (!isWhole(cell.kind, cell.key, cell.output, facts)) {
        fault(
          `${cell.key} has told ${JSON.stringify(cell.output)}, and before ${JSON.stringify(before.get(cell.key))}`,
        );
      }
      if (cell.kind === "sleep") checkPosts(receiver, `${cell.key}/2`, 2);
    }
    await checkLate(cluster, late, receiver);
    // What was stored since is gone, and the session counts on from there.
    await new Client(cluster, "before", 3).run("count-after", 0, { kind: "count" });
    if (receiver.faults.length > 0) fault(receiver.faults.slice(0, 10).join("\n"));
    console.table(takeCounts());
    console.log(
      `A backup was restored: ${open.length} cells went on from it, and ${late.length} that began after it were missing, and ran anew.`,
    );
  } finally {
    await cluster.close();
    receiver.close();
  }
}

/**
 * @param {Client} client
 * @param {number} cells
 */
async function runCounts(client, cells) {
  for (let cell = 0; cell < cells; cell += 1) {
    await client.run(`count${client.count.value}`, 1, { kind: "count" });
  }
}

/**
 * A client that was told all before the restore asks for what comes after it.
 * @param {Cluster} cluster
 * @param {import("./clients.mjs").Told} cell
 */
async function checkAhead(cluster, { key, session, cellId, output }) {
  const body = { after: output.length, yieldAfterMs: 2000 };
  const outcome = await cluster.ask(waysOf(session).wait(cellId), body);
  if (outcome.status !== "completed" || outcome.output.length > 0) {
    fault(`${key}: its client has all, and is told ${JSON.stringify(outcome)}`);
  }
}

/**
 * Cells that began after the backup are missing. Who sends their requests again gets the same cells anew, whose calls
 * have the same keys.
 * @param {Cluster} cluster
 * @param {readonly import("./clients.mjs").Told[]} late
 * @param {import("./webhook-receiver.mjs").WebhookReceiver} receiver
 */
async function checkLate(cluster, late, receiver) {
  for (const [number, { kind, key, session, cellId, output }] of late.entries()) {
    const outcome = await cluster.ask(waysOf(session).wait(cellId), { after: 0 });
    if (outcome.status !== "missing") {
      fault(`${key} began after the backup, and is ${JSON.stringify(outcome)}`);
    }
    const told = await new Client(cluster, kind).run(key, number, { kind, isLeft: false });
    if (told.cellId !== cellId) fault(`${key} has another id when it is begun again`);
    if (kind === "record") continue;
    if (JSON.stringify(told.output) !== JSON.stringify(output)) {
      fault(`${key} has told ${JSON.stringify(told.output)}, and before ${JSON.stringify(output)}`);
    }
    checkPosts(receiver, `${key}/2`, 2);
  }
}

/**
 * One key has asked for an order, and more than once.
 * @param {import("./webhook-receiver.mjs").WebhookReceiver} receiver
 * @param {string} order
 * @param {number} atLeast
 */
function checkPosts(receiver, order, atLeast) {
  const entries = receiver.ofOrder(order);
  const posts = entries[0]?.posts ?? 0;
  if (entries.length !== 1 || posts < atLeast) {
    fault(`${order} was asked for with ${entries.length} keys, ${posts} times with the first`);
  }
  count("calls made again after the restore");
}
