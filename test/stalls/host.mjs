// A command of codecell that serves, in a process whose event loop is watched.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import path from "node:path";

/** The heap of the host that inputs are sent to. */
export const heapFlag = "--max-old-space-size=512";
export const deadlineMs = 120_000;

export class StallHost {
  /**
   * @param {readonly string[]} args - Of codecell.
   * @param {NodeJS.ProcessEnv} [env]
   */
  constructor(args, env = process.env) {
    const program = path.join(import.meta.dirname, "gateway.mjs");
    this.child = spawn(process.execPath, [heapFlag, program, ...args], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      timeout: deadlineMs,
      killSignal: "SIGKILL",
      env,
    });
    this.exit = once(this.child, "exit").then(([code, signal]) => {
      throw new Error(`the host ended with ${signal ?? `code ${code}`}`);
    });
    this.exit.catch(() => {});
  }

  /** The first that it says. @returns {Promise<string>} */
  async url() {
    let said = "";
    this.child.stderr?.setEncoding("utf8");
    while (!/http:\/\/127\.0\.0\.1:\d+\S*\s/.test(said)) {
      const [more] = await Promise.race([
        once(/** @type {any} */ (this.child.stderr), "data"),
        this.exit.catch((error) => {
          throw new Error(`${error.message} before it served: ${said}`);
        }),
      ]);
      said += more;
    }
    this.child.stderr?.resume();
    return /http:\/\/127\.0\.0\.1:\d+[\w/]*/.exec(said)?.[0] ?? "";
  }

  /** From here on it counts. */
  async begin() {
    this.child.send("begin");
    await Promise.race([once(this.child, "message"), this.exit]);
  }

  /** @returns {Promise<import("./send.mjs").Measured>} */
  async end() {
    this.child.send("end");
    const [measured] = await Promise.race([once(this.child, "message"), this.exit]);
    return measured;
  }

  kill() {
    this.child.kill("SIGKILL");
  }
}

/**
 * Sends a request; what comes back is of no interest but the session's id.
 * @param {string} url
 * @param {string} body
 * @param {Readonly<Record<string, string>>} headers
 * @param {string} [method]
 * @returns {Promise<string | undefined>}
 */
export function post(url, body, headers, method = "POST") {
  return new Promise((resolve) => {
    const sent = request(url, {
      method,
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...headers,
      },
      timeout: 20_000,
    });
    sent.on("response", (response) => {
      const id = response.headers["mcp-session-id"];
      response.resume();
      response.on("close", () => resolve(typeof id === "string" ? id : undefined));
    });
    // A host that refuses a body may close before it has read all of it.
    sent.on("error", () => resolve(undefined));
    sent.on("timeout", () => sent.destroy());
    sent.end(body);
  });
}
