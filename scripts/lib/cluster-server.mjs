// A server of many on one PostgreSQL, for checks that do it harm: a process, and the ways to it and from it.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { openWay } from "./black-hole.mjs";
import { root } from "./command.mjs";

/**
 * @typedef {Awaited<ReturnType<typeof openWay>>} Way
 *
 * @typedef {object} ServeSetup
 * @property {string} store
 * @property {number} port
 * @property {string} config
 * @property {string} address - What the other servers are told.
 * @property {string} secret
 */

/** One of the servers, which is started again when it was ended. */
export class ClusterServer {
  /**
   * @param {ServeSetup} setup
   * @param {Way} toDatabase
   * @param {Way} toServer - The way of the other servers; clients have another.
   */
  constructor(setup, toDatabase, toServer) {
    this.setup = setup;
    this.toDatabase = toDatabase;
    this.toServer = toServer;
    this.url = `http://127.0.0.1:${setup.port}`;
    /** @type {Awaited<ReturnType<typeof startServe>> | undefined} */
    this.process = undefined;
  }

  /**
   * @param {string} databaseUrl
   * @param {string} config
   */
  static async start(databaseUrl, config) {
    const { searchParams } = new URL(databaseUrl.replace("@/", "@x/"));
    const socket = `${searchParams.get("host")}/.s.PGSQL.${searchParams.get("port")}`;
    const toDatabase = await openWay({ path: socket });
    const port = await freePort();
    const toServer = await openWay({ port, host: "127.0.0.1" });
    const store = `postgres://codecell@127.0.0.1:${toDatabase.port}/postgres`;
    const address = `http://127.0.0.1:${toServer.port}`;
    const server = new ClusterServer(
      { store, port, config, address, secret: "what the servers of this check know" },
      toDatabase,
      toServer,
    );
    await server.run();
    return server;
  }

  async run() {
    this.process = await startServe(this.setup);
  }

  async restart(/** @type {NodeJS.Signals} */ signal) {
    await this.process?.end(signal);
    await pause(500);
    await this.run();
  }

  async heal() {
    this.toDatabase.find();
    this.toServer.find();
    this.process?.child.kill("SIGCONT");
  }

  async close() {
    await this.process?.end("SIGKILL");
    this.toDatabase.close();
    this.toServer.close();
  }
}

/**
 * Starts `codecell serve`. Resolves when it serves.
 * @param {ServeSetup} setup
 */
async function startServe({ store, port, config, address, secret }) {
  const child = spawn(
    process.execPath,
    [
      path.join(root, "dist/bin/main.js"),
      "serve",
      ...["--store", store, "--listen", `127.0.0.1:${port}`, "--config", config],
      ...["--isolation", "thread", "--advertise", address, "--drain", "1000"],
    ],
    {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, CODECELL_CLUSTER_SECRET: secret },
    },
  );
  const ended = new Promise((resolve) => child.once("exit", resolve));
  let said = "";
  await new Promise((resolve, reject) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      said = `${said}${line}\n`.slice(-4000);
      if (line.includes("serving http")) resolve(undefined);
    });
    void ended.then(() => reject(new Error(`a server has ended before it served:\n${said}`)));
  });
  return {
    child,
    /** What it has said last. */
    said: () => said,
    /** @param {NodeJS.Signals} signal */
    async end(signal) {
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
