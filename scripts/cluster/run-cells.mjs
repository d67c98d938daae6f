// Clients that run cells of all kinds while something is done to the servers, and the verdict on them.
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "./clients.mjs";
import { People } from "./people.mjs";
import { judge } from "./verdict.mjs";

/**
 * Runs cells until there are as many as asked for, and it is over; then all must have run as one.
 *
 * @param {import("./cluster.mjs").Cluster} cluster
 * @param {Awaited<ReturnType<typeof import("./tools.mjs").startTools>>} tools
 * @param {object} options
 * @param {number} options.cells
 * @param {number} options.atOnce - Clients.
 * @param {number} [options.seconds] - Over which the cells are spread. Default: they come as fast as they can.
 * @param {boolean} [options.isLong] - Some questions are left until their cells are parked.
 * @param {() => Promise<{ readonly otherCells: number } | void>} options.meanwhile - What is done to the servers; it is
 *   over when that is. It may have begun cells of its own.
 * @returns How many cells ran, and for how many seconds.
 */
export async function runCells(
  cluster,
  { receiver, ledger },
  { cells, atOnce, seconds = 0, isLong = false, meanwhile },
) {
  const startedAt = performance.now();
  const people = new People(cluster, { isLate: isLong });
  const clients = Array.from({ length: atOnce }, (_, index) => new Client(cluster, `${index}`));
  /** @type {import("./clients.mjs").Told[]} */
  const told = [];
  let begun = 0;
  let isOver = false;
  const running = clients.map(async (client) => {
    while (begun < cells || !isOver) {
      const number = begun;
      begun += 1;
      told.push(await client.run(`k${number}`, number));
      const aheadMs = (begun / cells) * seconds * 1000 - (performance.now() - startedAt);
      if (aheadMs > 0) await pause(Math.min(aheadMs, 1000));
    }
  });
  const done = meanwhile().finally(() => {
    isOver = true;
  });
  const all = Promise.all([done, ...running]);
  await Promise.race([all, people.work]);
  const [result] = await all;
  const ranFor = Math.round((performance.now() - startedAt) / 1000);
  cluster.heal();
  const otherCells = result?.otherCells ?? 0;
  await judge(cluster, { told, clients, people, receiver, ledger, otherCells });
  return { cells: told.length, ranFor };
}
