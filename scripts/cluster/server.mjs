// One of the servers of a cluster that is done harm: a process, and the ways to it and from it.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { root } from "../lib/command.mjs";
import { count, fault } from "./report.mjs";
import { openWay } from "./way.mjs";

/**
 * @typedef {Awaited<ReturnType<typeof openWay>>} Way
 *
 * @typedef {object} Build - What a server runs.
 * @property {string} name
 * @property {string} node - The binary.
 * @property {string} package - The folder of the package.
 * @property {string | undefined} addon - Default: the one that the package finds.
 *
 * @typedef {object} ServeSetup
 * @property {string} store
 * @property {number} port
 * @property {string} config
 * @property {string} address - What the other servers are told.
 * @property {string} secret
 * @property {"process" | "thread"} isolation
 */

/** The package of this repository on the Node that runs. @type {Build} */
export const ownBuild = { name: "own", node: process.execPath, package: root, addon: undefined };

/** A server that does not serve by then has failed. */
const startMs = 300_000;

/** One of the servers, which is started again when it was ended. */
export class ClusterServer {
  #isClosed = false;

  /**
   * @param {ServeSetup} setup
   * @param {Way} toDatabase
   * @param {Way} toServer - The way of the other servers; clients have another.
   * @param {Build} build
   */
  constructor(setup, toDatabase, toServer, build) {
    this.setup = setup;
    this.toDatabase = toDatabase;
    this.toServer = toServer;
    /** What it runs from its next start on. */
    this.build = build;
    this.url = `http://127.0.0.1:${setup.port}`;
    /** @type {ReturnType<typeof startServe> | undefined} */
    this.process = undefined;
  }

  /**
   * @param {string} databaseUrl
   * @param {string} config
   * @param {{ readonly build?: Build, readonly isolation?: "process" | "thread" }} [options]
   */
  static async start(databaseUrl, config, { build = ownBuild, isolation = "thread" } = {}) {
    const { searchParams } = new URL(databaseUrl.replace("@/", "@x/"));
    const socket = `${searchParams.get("host")}/.s.PGSQL.${searchParams.get("port")}`;
    const toDatabase = await openWay({ path: socket });
    const port = await freePort();
    const toServer = await openWay({ port, host: "127.0.0.1" });
    const store = `postgres://codecell@127.0.0.1:${toDatabase.port}/postgres`;
    const address = `http://127.0.0.1:${toServer.port}`;
    const secret = "what the servers of this check know";
    const server = new ClusterServer(
      { store, port, config, address, secret, isolation },
      toDatabase,
      toServer,
      build,
    );
    await server.run();
    return server;
  }

  /** Starts it, again where it does not reach the database, as whatever watches servers does. */
  async run() {
    const until = performance.now() + startMs;
    while (!this.#isClosed) {
      this.process = startServe(this.setup, this.build);
      if (await this.process.serves) return;
      if (this.#isClosed) return;
      const said = this.process.said();
      if (!said.includes("ERR_STORE_UNAVAILABLE") || performance.now() > until) {
        fault(`a server (${this.build.name}) has ended before it served:\n${said}`);
      }
      count("starts without the database");
      await pause(1000);
    }
  }

  async restart(/** @type {NodeJS.Signals} */ signal) {
    await this.end(signal);
    await pause(500);
    await this.run();
  }

  async end(/** @type {NodeJS.Signals} */ signal) {
    await this.process?.end(signal);
  }

  /** All its ways are there, and it goes on. */
  heal() {
    this.toDatabase.find();
    this.toServer.find();
    this.process?.child.kill("SIGCONT");
  }

  /** Fails if it has ended by itself, or says what no server must say. */
  checkHealth() {
    const { process: running } = this;
    if (running === undefined) return;
    if (running.hasCrashed())
      fault(`a server (${this.build.name}) has ended by itself:\n${running.said()}`);
    const wrong = running.wrong();
    if (wrong !== undefined) fault(`a server (${this.build.name}) has said:\n${wrong}`);
  }

  async close() {
    this.#isClosed = true;
    await this.end("SIGKILL");
    this.toDatabase.close();
    this.toServer.close();
  }
}

/**
 * Starts `codecell serve`.
 * @param {ServeSetup} setup
 * @param {Build} build
 */
function startServe({ store, port, config, address, secret, isolation }, build) {
  const child = spawn(
    build.node,
    [
      path.join(build.package, "dist/bin/main.js"),
      "serve",
      ...["--store", store, "--listen", `127.0.0.1:${port}`, "--config", config],
      ...["--isolation", isolation, "--advertise", address, "--drain", "1000"],
    ],
    {
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        ...process.env,
        CODECELL_CLUSTER_SECRET: secret,
        ...(build.addon !== undefined && { CODECELL_ADDON: build.addon }),
      },
    },
  );
  let said = "";
  /** @type {string | undefined} */
  let wrong;
  let isAsked = false;
  let hasServed = false;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  /** @type {Promise<boolean>} */
  const serves = new Promise((resolve) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      said = `${said}${line}\n`.slice(-4000);
      if (/\b(Type|Reference|Range|Syntax|Assertion)Error\b/.test(line)) wrong ??= line;
      if (!line.includes("serving http")) return;
      hasServed = true;
      resolve(true);
    });
    void ended.then(() => setImmediate(() => resolve(false)));
  });
  return {
    child,
    /** Whether it has come so far that it answers. */
    serves,
    /** What it has said last. */
    said: () => said,
    /** A line that tells of an error in the program. */
    wrong: () => wrong,
    hasCrashed: () =>
      hasServed && !isAsked && (child.exitCode !== null || child.signalCode !== null),
    /** @param {NodeJS.Signals} signal */
    async end(signal) {
      isAsked = true;
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
    },
  };
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}
