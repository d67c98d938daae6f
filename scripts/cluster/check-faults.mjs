// Cells run while harm is done.
import { Cluster } from "./cluster.mjs";
import { harm } from "./faults.mjs";
import { Random } from "./random.mjs";
import { takeCounts } from "./report.mjs";
import { runCells } from "./run-cells.mjs";
import { startTools } from "./tools.mjs";

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
export async function checkFaults({ folder, seed, cells, seconds, atOnce, ...harmful }) {
  const tools = await startTools(folder, new Random(seed + 1));
  const cluster = await Cluster.start({ config: tools.config, seed });
  try {
    const startedAt = performance.now();
    const isOver = () => performance.now() - startedAt > seconds * 1000;
    const ran = await runCells(cluster, tools, {
      cells,
      atOnce,
      seconds,
      isLong: seconds >= longSeconds,
      meanwhile: () => harm(cluster, { isOver, ...harmful }),
    });
    console.table(takeCounts());
    console.log(`Each of ${ran.cells} cells ran as one, in ${ran.ranFor} s.`);
  } finally {
    await cluster.close();
    tools.receiver.close();
  }
}
