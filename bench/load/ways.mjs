// Where cells can run under a load, and what must be started for it.
import { fork, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";

/**
 * @typedef {object} Kind
 * @property {string} name
 * @property {"none" | "sqlite" | "postgres"} store
 * @property {number} servers - None: in a process of its own, which asks too.
 * @property {"thread" | "process"} isolation
 * @property {boolean} [asksAnother]
 *
 * @typedef {object} Place - What all ways have in common.
 * @property {string} folder - For files.
 * @property {string | undefined} postgres - The URL of one; undefined where none is there.
 *
 * @typedef {import("./driver.mjs").Phase} Phase
 * @typedef {import("./driver.mjs").Measured} Measured
 */

/** @type {readonly Kind[]} */
export const kinds = [
  { name: "in process, no store", store: "none", servers: 0, isolation: "thread" },
  { name: "in process, SQLite", store: "sqlite", servers: 0, isolation: "thread" },
  { name: "in process, PostgreSQL", store: "postgres", servers: 0, isolation: "thread" },
  { name: "HTTP, SQLite, threads", store: "sqlite", servers: 1, isolation: "thread" },
  { name: "HTTP, SQLite, processes", store: "sqlite", servers: 1, isolation: "process" },
  { name: "HTTP, PostgreSQL, processes", store: "postgres", servers: 1, isolation: "process" },
  { name: "HTTP, 3 servers", store: "postgres", servers: 3, isolation: "process" },
  {
    name: "HTTP, 3 servers, waited for at another",
    store: "postgres",
    servers: 3,
    isolation: "process",
    asksAnother: true,
  },
];

/** A key of 32 random bytes, as `codecell serve key` makes them. */
const key = `cck_${randomBytes(32).toString("base64url")}`;
let opened = 0;

/** One way, started: a process that asks, and the servers that it asks. */
export class OpenWay {
  /**
   * @param {import("node:child_process").ChildProcess} driver
   * @param {readonly import("node:child_process").ChildProcess[]} servers
   * @param {string | undefined} profiles - The folder for them.
   */
  constructor(driver, servers, profiles) {
    this.driver = driver;
    this.servers = servers;
    this.profiles = profiles;
  }

  /**
   * @param {Kind} kind
   * @param {Place} place
   * @param {{ readonly withProfiles?: boolean }} [options]
   */
  static async start(kind, { folder, postgres }, { withProfiles = false } = {}) {
    opened += 1;
    const name = `load${opened}`;
    const profiles = withProfiles ? path.join(folder, name) : undefined;
    const flags = profiles === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profiles}`];
    const isOfServers = kind.store === "postgres" && postgres !== undefined;
    const place = isOfServers ? await newDatabase(postgres, name) : path.join(folder, `${name}.db`);
    const servers = await Promise.all(
      Array.from({ length: kind.servers }, () => startServer(kind, place, folder, flags)),
    );
    const way =
      kind.servers === 0
        ? { store: kind.store, place }
        : { urls: servers.map(({ url }) => url), key, asksAnother: kind.asksAnother };
    const driver = fork(path.join(import.meta.dirname, "driver.mjs"), [JSON.stringify(way)], {
      execArgv: kind.servers === 0 ? flags : [],
    });
    killWithUs(driver);
    await messageOf(driver);
    return new OpenWay(
      driver,
      servers.map(({ child }) => child),
      profiles,
    );
  }

  /** Whose processor time is whose. */
  get pids() {
    const { pid = 0 } = this.driver;
    if (this.servers.length === 0) return { servers: [pid], client: undefined };
    return { servers: this.servers.map((server) => server.pid ?? 0), client: pid };
  }

  /**
   * @param {Phase} phase
   * @returns {Promise<Measured>}
   */
  async run(phase) {
    const answer = messageOf(this.driver);
    this.driver.send(phase);
    return /** @type {Measured} */ (await answer);
  }

  /** Ends all of it. @returns {Promise<readonly string[]>} The files of profiles. */
  async close() {
    this.driver.send("close");
    await gone(this.driver);
    for (const server of this.servers) server.kill("SIGTERM");
    await Promise.all(this.servers.map(gone));
    const { profiles } = this;
    return profiles === undefined
      ? []
      : readdirSync(profiles).map((file) => path.join(profiles, file));
  }
}

/** @param {import("node:child_process").ChildProcess} child @returns {Promise<unknown>} */
async function messageOf(child) {
  const ended = new AbortController();
  const { signal } = ended;
  try {
    return await Promise.race([
      once(child, "message", { signal }).then(([message]) => message),
      once(child, "exit", { signal }).then(([code]) => {
        throw new Error(`The process that asks has ended with ${code}.`);
      }),
    ]);
  } finally {
    ended.abort();
  }
}

/** @param {import("node:child_process").ChildProcess} child */
async function gone(child) {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

/** @param {import("node:child_process").ChildProcess} child */
function killWithUs(child) {
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
}

/**
 * @param {Kind} kind
 * @param {string} store
 * @param {string} folder
 * @param {readonly string[]} flags
 */
async function startServer({ isolation, servers }, store, folder, flags) {
  const config = path.join(folder, "serve.json");
  const sha256 = createHash("sha256").update(key).digest("hex");
  const keys = [{ id: "bench", tenant: "bench", scopes: ["run"], sha256 }];
  const tenants = { bench: { cells: { running: 1000, perMinute: 10_000_000 } } };
  writeFileSync(config, JSON.stringify({ keys, tenants }));
  const main = path.join(import.meta.dirname, "../../dist/cli/main.js");
  const listen = ["--listen", "127.0.0.1:0", "--isolation", isolation];
  const args = ["serve", "--store", store, ...listen, "--config", config];
  const child = spawn(process.execPath, [...flags, main, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      ...process.env,
      ...(servers > 1 && { CODECELL_CLUSTER_SECRET: "what the servers of a benchmark know" }),
    },
  });
  killWithUs(child);
  let said = "";
  for await (const line of createInterface({ input: child.stderr })) {
    said += `${line}\n`;
    const [, url] = /^serving (\S+)$/.exec(line) ?? [];
    if (url === undefined) continue;
    child.stderr.resume();
    return { child, url };
  }
  throw new Error(`codecell serve has ended before it served:\n${said}`);
}

/** @param {string} url @param {string} name @returns {Promise<string>} Its URL. */
async function newDatabase(url, name) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return url.replace(/\/postgres\?/, `/${name}?`);
}
