// Harm that is done to servers, to their ways, and to the database.
import { setTimeout as pause } from "node:timers/promises";
import { count, fault } from "./report.mjs";

/** The lease of a host, and some time. */
const beyondLeaseMs = 12_000;

/**
 * Of one server; others are harmed meanwhile.
 * @type {Record<string, (server: import("./server.mjs").ClusterServer, breaks: boolean) => Promise<void>>}
 */
const ofServer = {
  kill: (server) => server.restart("SIGKILL"),
  drain: (server) => server.restart("SIGTERM"),
  stop: async ({ process }) => {
    process?.child.kill("SIGSTOP");
    await pause(beyondLeaseMs);
    process?.child.kill("SIGCONT");
  },
  // It reaches the others, and they do not reach it.
  peers: ({ toServer }, breaks) => lose(toServer, "all", breaks),
  // They ask, and do not hear what it has done.
  "peers-answers": ({ toServer }, breaks) => lose(toServer, "answers", breaks),
  database: ({ toDatabase }, breaks) => lose(toDatabase, "all", breaks),
  // It writes, and does not hear that it was written.
  "database-answers": ({ toDatabase }, breaks) => lose(toDatabase, "answers", breaks),
};

/**
 * Of all at once.
 * @type {Record<string, (cluster: import("./cluster.mjs").Cluster, downMs: number) => Promise<void>>}
 */
const ofAll = {
  all: async ({ servers }) => {
    await Promise.all(servers.map((server) => server.end("SIGKILL")));
    await Promise.all(servers.map((server) => server.run()));
  },
  // As a loss of power does.
  crash: async ({ database }) => {
    await database.tell("kill");
    await pause(3000);
    await database.tell("start");
  },
  // As an operator does.
  down: async ({ database }, downMs) => {
    await database.tell("stop");
    await pause(downMs);
    await database.tell("start");
  },
};

export const faultNames = Object.freeze([...Object.keys(ofServer), ...Object.keys(ofAll)]);

/**
 * Does harm until it is over: at most all servers but one are harmed at a time, but where all are meant.
 *
 * @param {import("./cluster.mjs").Cluster} cluster
 * @param {object} options
 * @param {readonly string[]} options.names - Each in turn.
 * @param {number} options.everyMs - From the beginning of one to that of the next.
 * @param {number} options.downMs - For how long the database is down.
 * @param {() => boolean} options.isOver
 */
export async function harm(cluster, { names, everyMs, downMs, isOver }) {
  for (const name of names) {
    if (!faultNames.includes(name))
      fault(`There is no fault ${name}; there are ${faultNames.join(", ")}.`);
  }
  const free = new Set(cluster.servers);
  /** @type {Set<Promise<void>>} */
  const underWay = new Set();
  /** @type {(thrown: unknown) => void} */
  let onFailure = () => {};
  /** @type {Promise<never>} */
  const failed = new Promise((_, reject) => {
    onFailure = reject;
  });
  for (let next = 0; ; next += 1) {
    await Promise.race([pause(everyMs), failed]);
    if (isOver() || cluster.isClosed) break;
    const name = names[next % names.length] ?? "";
    const forAll = ofAll[name];
    if (forAll !== undefined) {
      await Promise.all(underWay);
      await forAll(cluster, downMs);
    } else {
      while (free.size <= 1) await Promise.race(underWay);
      const server = cluster.random.pick([...free]);
      free.delete(server);
      const done = harmOne(name, server).then(() => {
        free.add(server);
        underWay.delete(done);
      });
      done.catch(onFailure);
      underWay.add(done);
    }
    count(`faults: ${name}`);
  }
  await Promise.all(underWay);

  async function harmOne(
    /** @type {string} */ name,
    /** @type {import("./server.mjs").ClusterServer} */ server,
  ) {
    await ofServer[name]?.(server, cluster.random.below(2) === 0);
  }
}

/**
 * @param {import("./server.mjs").Way} way
 * @param {import("./way.mjs").Lost} what
 * @param {boolean} breaks
 */
async function lose(way, what, breaks) {
  way.lose(what);
  await pause(beyondLeaseMs);
  way.find({ breaks });
}
