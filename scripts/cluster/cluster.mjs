// Servers on one PostgreSQL, and a client that asks any of them.
import { setTimeout as pause } from "node:timers/promises";
import { postgresStore } from "codecell/postgres";
import { ScriptFailure } from "../lib/command.mjs";
import { startPostgres } from "../lib/postgres.mjs";
import { Random } from "./random.mjs";
import { count, fault } from "./report.mjs";
import { ClusterServer, ownBuild } from "./server.mjs";

/** Milliseconds in which a server must answer a client, which else asks another. */
const patienceMs = 15_000;
/** And some server must answer in so many. */
const answerMs = 300_000;

/** Of the servers one has its cells in processes. */
const isolations = /** @type {const} */ (["process", "thread", "thread"]);

export class Cluster {
  /** @type {ClusterServer[]} */
  servers = [];
  /** Who asks after that is told that it is over. */
  isClosed = false;

  /**
   * @param {Awaited<ReturnType<typeof startPostgres>>} database
   * @param {Random} random
   */
  constructor(database, random) {
    this.database = database;
    this.random = random;
  }

  /**
   * @param {object} options
   * @param {string} options.config - A file.
   * @param {number} options.seed
   * @param {readonly import("./server.mjs").Build[]} [options.builds] - One for each server. Default: three of its own.
   */
  static async start({ config, seed, builds = [ownBuild, ownBuild, ownBuild] }) {
    const cluster = new Cluster(await startPostgres(), new Random(seed));
    const starting = builds.map((build, index) => {
      const isolation = isolations[index % isolations.length] ?? "thread";
      return ClusterServer.start(cluster.database.url, config, { build, isolation });
    });
    const started = await Promise.allSettled(starting);
    cluster.servers = started.flatMap((it) => (it.status === "fulfilled" ? [it.value] : []));
    const failed = started.find((it) => it.status === "rejected");
    if (failed?.status === "rejected") {
      await cluster.close();
      throw failed.reason;
    }
    return cluster;
  }

  /**
   * Asks a server, and another where that does not answer, until one does.
   *
   * @param {string} way
   * @param {object} [body] - Default: it is asked with GET.
   * @returns {Promise<any>}
   */
  async ask(way, body) {
    return JSON.parse(await this.askText(way, body));
  }

  /**
   * The same where the answer is no JSON.
   * @param {string} way
   * @param {object} [body]
   */
  async askText(way, body) {
    const until = performance.now() + answerMs;
    let last = "nothing";
    for (;;) {
      if (performance.now() > until)
        fault(`nobody answers ${way} ${JSON.stringify(body)}: ${last}`);
      if (this.isClosed) fault("the check is over");
      for (const server of this.servers) server.checkHealth();
      try {
        const response = await fetch(`${this.random.pick(this.servers).url}${way}`, {
          ...(body !== undefined && {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify(body),
          }),
          signal: AbortSignal.timeout(patienceMs),
        });
        const said = await response.text();
        if (response.ok) return said;
        last = said;
        count(`answers: ${JSON.parse(said).error?.code}`);
        if (response.status < 500 && ![409, 429].includes(response.status)) {
          fault(`${way} ${JSON.stringify(body)}: ${last}`);
        }
      } catch (thrown) {
        if (thrown instanceof ScriptFailure) throw thrown;
        last = String(thrown);
        count("servers that did not answer");
      }
      await pause(200 + this.random.below(300));
    }
  }

  /** What the store has of a cell, and the servers have said last: for messages. @param {string} cellId */
  async recordsOf(cellId) {
    const store = postgresStore(this.database.url);
    try {
      const records = await store.read(cellId, 0, 1000);
      const lines = records.map(
        ({ seq, at, kind, body }) => `${seq} ${at} ${kind} ${body.slice(0, 300)}`,
      );
      const said = this.servers.map(({ process: it }) => it?.said() ?? "");
      return [`now ${Date.now()}`, ...lines, ...said].join("\n");
    } catch (thrown) {
      return String(thrown);
    } finally {
      await store.close();
    }
  }

  /** Resolves when `isSo` is. @param {() => boolean | Promise<boolean>} isSo @param {string} what @param {number} [ms] */
  async until(isSo, what, ms = 240_000) {
    const until = performance.now() + ms;
    while (!(await isSo())) {
      if (performance.now() > until) fault(`after ${ms / 1000} s ${what}`);
      await pause(250);
    }
  }

  heal() {
    for (const server of this.servers) server.heal();
  }

  async close() {
    this.isClosed = true;
    await Promise.all(this.servers.map((server) => server.close()));
    await this.database.end();
  }
}
