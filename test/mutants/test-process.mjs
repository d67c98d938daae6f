// The process that runs tests (worker.mjs), seen from the command. It is started when it is needed, and again
// when a mutant has hung it.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { tree } from "./tree.mjs";

const program = fileURLToPath(new URL("worker.mjs", import.meta.url));

export class TestProcess {
  /** @type {import("node:child_process").ChildProcess | undefined} */
  #child;
  // What a mutant may write to the user's folders, it writes here.
  #home = mkdtempSync(path.join(tmpdir(), "codecell-mutants-"));

  #folder;

  /** @param {string} [folder] - With the tests. */
  constructor(folder = tree) {
    this.#folder = folder;
    process.once("exit", () => {
      this.close();
      rmSync(this.#home, { recursive: true, force: true });
    });
  }

  /**
   * @param {import("./worker.mjs").TestRun} run
   * @param {number} [patienceMs] - Then the process and all it started are killed. Default: none.
   * @returns {Promise<import("./worker.mjs").TestRunEnd | "hung">}
   */
  async run(run, patienceMs) {
    const child = this.#child ?? (await this.#start());
    this.#child = child;
    const over = new AbortController();
    const event = (/** @type {string} */ name) => once(child, name, { signal: over.signal });
    const waits = [
      event("message").then(([end]) => end),
      event("exit").then(() => "hung"),
      ...(patienceMs === undefined ? [] : [delay(patienceMs, "hung", { signal: over.signal })]),
    ];
    child.send(run);
    const end = await Promise.race(waits);
    over.abort();
    await Promise.allSettled(waits);
    if (end === "hung") this.close();
    return end;
  }

  async #start() {
    const child = fork(program, [], {
      cwd: this.#folder,
      // A group of its own: what tests have started ends with it.
      detached: true,
      env: {
        ...process.env,
        HOME: this.#home,
        XDG_CONFIG_HOME: "",
        XDG_STATE_HOME: "",
        NO_COLOR: "1",
      },
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    const ended = once(child, "exit").then(([code]) => {
      throw new Error(`vitest has not started: exit code ${code}`);
    });
    await Promise.race([once(child, "message"), ended]);
    ended.catch(() => {});
    return child;
  }

  /** Another run starts it again. */
  close() {
    const pid = this.#child?.pid;
    this.#child = undefined;
    if (pid === undefined) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // ESRCH: no process of the group is left.
    }
  }
}
