import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import { afterAll } from "vitest";
import { root } from "./mcp.js";

/** A PostgreSQL that the tests of one file have for themselves. It ends with them, whatever becomes of them. */
export interface PostgresServer {
  /** Of a database that is empty at first. */
  readonly url: string;
  /** The same through pgbouncer, in transaction mode. */
  readonly bouncerUrl: string;
  /** `stop`: as an operator does; `kill`: as a loss of power does. Resolves when it is done. */
  tell(what: "stop" | "kill" | "start"): Promise<void>;
  /** Runs SQL in it. */
  sql(text: string): Promise<readonly Record<string, unknown>[]>;
}

/** @throws Where PostgreSQL is not installed: with what to type. */
export async function startPostgres(): Promise<PostgresServer> {
  const program = join(root, "test/fixtures/postgres-server.mjs");
  const child = spawn(process.execPath, [program, "--pgbouncer"], {
    // Not of the runner's group: what kills that would leave the server behind.
    detached: true,
    stdio: ["pipe", "pipe", "inherit"],
    env: { PATH: process.env["PATH"] },
  });
  afterAll(async () => {
    child.stdin.end();
    if (child.exitCode === null) await once(child, "exit");
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<Record<string, string>> => {
    const { value, done } = await lines.next();
    if (done) throw new Error("The program that runs PostgreSQL for the tests has ended.");
    const said = JSON.parse(value) as Record<string, string>;
    if (said["error"] !== undefined) throw new Error(said["error"]);
    return said;
  };
  const { url = "", bouncerUrl = "" } = await answer();
  return {
    url,
    bouncerUrl,
    tell: async (what) => {
      child.stdin.write(`${what}\n`);
      await answer();
    },
    sql: async (text) => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        return (await client.query(text)).rows;
      } finally {
        await client.end();
      }
    },
  };
}
