// A PostgreSQL for tests and benchmarks, which ends with who has started it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { root } from "./command.mjs";

/**
 * Starts a PostgreSQL of Debian's on sockets in a scratch folder, and with `bouncer` a pgbouncer in front of it.
 * Both are gone soon after this process, however that ends.
 *
 * @param {{ readonly bouncer?: boolean }} [options]
 * @throws Where it is not installed: with what to type.
 */
export async function startPostgres({ bouncer = false } = {}) {
  const program = path.join(root, "test/fixtures/postgres-server.mjs");
  const child = spawn(process.execPath, [program, ...(bouncer ? ["--pgbouncer"] : [])], {
    // Not of our group: what kills that would leave the server behind.
    detached: true,
    stdio: ["pipe", "pipe", "inherit"],
    env: { PATH: process.env["PATH"] },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("The program that runs PostgreSQL has ended.");
    const said = JSON.parse(value);
    if (said.error !== undefined) throw new Error(said.error);
    return said;
  };
  const { url = "", bouncerUrl = "" } = await answer();
  return {
    /** Of a database that is empty at first. */
    url: String(url),
    /** The same through pgbouncer. */
    bouncerUrl: String(bouncerUrl),
    /**
     * `stop`: as an operator does; `kill`: as a loss of power does; `restore`: as it was at the last `dump`.
     * Resolves when it is done.
     * @param {"stop" | "kill" | "start" | "dump" | "restore"} what
     */
    async tell(what) {
      child.stdin.write(`${what}\n`);
      await answer();
    },
    /** Resolves when it is gone, with all that it had. */
    async end() {
      child.stdin.end();
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}
