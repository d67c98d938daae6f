// Cells run while harm is done.
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "./clients.mjs";
import { Cluster } from "./cluster.mjs";
import { harm } from "./faults.mjs";
import { People } from "./people.mjs";
import { Random } from "./random.mjs";
import { takeCounts } from "./report.mjs";
import { startTools } from "./tools.mjs";
import { judge } from "./verdict.mjs";

/** From here on some questions are left until their cells are parked. */
const longSeconds = 120;

/**
 * @param {object} options
 * @param {string} options.folder - A scratch folder.
 * @param {number} options.seed
 * @param {number} options.cells
 * @param {number} options.seconds
 * @param {number} options.atOnce - Clients.
 * @param {number} options.everyMs
 * @param {number} options.downMs
 * @param {readonly string[]} options.names - Of faults.
 */
export async function checkFaults({ folder, seed, cells, seconds, atOnce, names, ...harmful }) {
  const { config, ledger, receiver } = await startTools(folder, new Random(seed + 1));
  const cluster = await Cluster.start({ config, seed });
  const people = new People(cluster, { isLate: seconds >= longSeconds });
  const clients = Array.from({ length: atOnce }, (_, index) => new Client(cluster, `${index}`));
  try {
    const startedAt = performance.now();
    const isOver = () => performance.now() - startedAt > seconds * 1000;
    /** @type {import("./clients.mjs").Told[]} */
    const told = [];
    let begun = 0;
    const running = clients.map(async (client) => {
      // As many as asked for, and for as long.
      while (begun < cells || !isOver()) {
        const number = begun;
        begun += 1;
        told.push(await client.run(`k${number}`, number));
        // Of a long check the cells are spread over its time.
        const aheadMs = (begun / cells) * seconds * 1000 - (performance.now() - startedAt);
        if (aheadMs > 0) await pause(Math.min(aheadMs, 1000));
      }
    });
    await Promise.all([...running, harm(cluster, { names, isOver, ...harmful })]);
    const ranFor = Math.round((performance.now() - startedAt) / 1000);
    cluster.heal();
    await judge(cluster, { told, clients, people, receiver, ledger });
    console.table(takeCounts());
    console.log(`Each of ${told.length} cells ran as one, in ${ranFor} s.`);
  } finally {
    await cluster.close();
    receiver.close();
  }
}
