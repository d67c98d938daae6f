// Servers of two versions and of several Nodes are one cluster, while one after the other is replaced.
import { setTimeout as pause } from "node:timers/promises";
import { buildOn, numberedBefore } from "./builds.mjs";
import { waysOf } from "./clients.mjs";
import { Cluster } from "./cluster.mjs";
import { Random } from "./random.mjs";
import { count, fault, takeCounts } from "./report.mjs";
import { runCells } from "./run-cells.mjs";
import { startTools } from "./tools.mjs";

/** The Node of each server before and after. */
const majors = [
  ["20", "24"],
  ["22", "26"],
  ["24", "20"],
];

/** Cells of which each Node makes something else, at each server that is replaced while no other has its Node. */
const engineCells = 3;
const alone = 2;

/** What Node 20, 22, 24 and 26 each answer in another way. */
const engineSource = `
  let refusal;
  try { JSON.parse("{a"); } catch (error) { refusal = error.message; }
  const engine = [typeof Float16Array, typeof Temporal, refusal];
  text("begin");
  text("engine " + engine);
  const pay = async (n) => "paid " + (await tools.pay({ order: KEY + "/" + n, amount: n })).receipt;
  text(await pay(1));
  await new Promise((done) => setTimeout(done, 3_600_000));
  text("engine " + engine);
  text(await pay(2));
  text("end");`;

/**
 * @param {object} options
 * @param {string} options.folder - A scratch folder.
 * @param {number} options.seed
 * @param {number} options.cells - At least.
 * @param {number} options.atOnce - Clients.
 * @param {string | undefined} options.before - The folder of the package of the version before, built. Default: a copy
 *   of this one, with another number.
 */
export async function checkVersions({ folder, seed, cells, atOnce, before }) {
  const builds = new Map(majors.flat().map((major) => [major, buildOn(major)]));
  const old = before ?? numberedBefore(folder);
  const buildsOf = (/** @type {number} */ which) =>
    majors.map((pair) => {
      const build = builds.get(pair[which] ?? "");
      if (build === undefined) throw new Error("each Node was built for");
      // An older package has its own addons.
      return which === 0
        ? {
            ...build,
            name: `${build.name}, before`,
            package: old,
            ...(before && { addon: undefined }),
          }
        : build;
    });
  const tools = await startTools(folder, new Random(seed + 1));
  const cluster = await Cluster.start({ config: tools.config, seed, builds: buildsOf(0) });
  try {
    const after = buildsOf(1);
    /** @type {{ key: string, cellId: string }[]} */
    const engine = [];
    const ran = await runCells(cluster, tools, {
      cells,
      atOnce,
      meanwhile: async () => {
        for (const [index, server] of cluster.servers.entries()) {
          await pause(2000);
          const cells = index < alone ? engineCells : 0;
          const keys = Array.from({ length: cells }, (_, cell) => `engine${index}-${cell}`);
          engine.push(...(await Promise.all(keys.map((key) => begin(server, key)))));
          await cluster.until(
            () => engine.every(({ key }) => tools.receiver.ofOrder(`${key}/1`).length > 0),
            "cells did not begin",
          );
          server.build = after[index] ?? server.build;
          await server.restart("SIGTERM");
          count("servers replaced");
        }
        for (const cell of engine) await checkEngine(cluster, tools.receiver, cell);
        return { otherCells: engine.length };
      },
    });
    console.table(takeCounts());
    console.log(
      `Each of ${ran.cells} cells ran as one while servers of another version and Node came.`,
    );
  } finally {
    await cluster.close();
    tools.receiver.close();
  }
}

/**
 * Begins a cell at one server.
 * @param {import("./server.mjs").ClusterServer} server
 * @param {string} key
 */
async function begin({ url }, key) {
  const response = await fetch(`${url}${waysOf("engine").cells}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      source: engineSource.replace("KEY", JSON.stringify(key)),
      requestId: key,
      yieldAfterMs: 0,
    }),
  });
  const { cellId } = /** @type {any} */ (await response.json());
  return { key, cellId: String(cellId) };
}

/**
 * It came to another engine: it has ended, says why, has told all that its journal has, and did nothing more.
 * @param {Cluster} cluster
 * @param {import("./webhook-receiver.mjs").WebhookReceiver} receiver
 * @param {{ readonly key: string, readonly cellId: string }} cell
 */
async function checkEngine(cluster, receiver, { key, cellId }) {
  const { cells, wait } = waysOf("engine");
  let outcome = { status: "yielded", output: [], error: { code: "" } };
  while (outcome.status === "yielded") {
    outcome = await cluster.ask(wait(cellId), { after: 0, yieldAfterMs: 2000 });
  }
  const [first = [], second = []] = [1, 2].map((n) => receiver.ofOrder(`${key}/${n}`));
  const journal = await cluster.askText(`${cells}/${cellId}/journal`);
  const kept = journal.split("\n").filter((line) => line.startsWith('{"kind":"out"'));
  const texts = kept.map((line) => JSON.parse(line).item.text);
  const whole = ["begin", texts[1], `paid ${first[0]?.receipt}`];
  const isHonest =
    outcome.status === "failed" &&
    outcome.error.code === "ERR_CELL_DIVERGED" &&
    first.length === 1 &&
    second.length === 0 &&
    texts.length >= 2 &&
    JSON.stringify(texts) === JSON.stringify(whole.slice(0, texts.length)) &&
    JSON.stringify(texts) ===
      JSON.stringify(outcome.output.map((/** @type {any} */ { text }) => text));
  if (!isHonest) fault(`${key} is ${JSON.stringify(outcome)}\n${journal}`);
  count("cells that another engine ended: ERR_CELL_DIVERGED");
}
