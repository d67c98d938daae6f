// A process that runs rounds, seen from outside.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** @typedef {import("./round.mjs").Verdict} Verdict */

const program = fileURLToPath(new URL("child.mjs", import.meta.url));

/** The process itself gives up earlier, so one that says nothing for so long has its loop blocked. */
const patienceMs = process.env["CODECELL_SANITIZED"] === undefined ? 60_000 : 240_000;

/** Every process that has been started and not ended. */
const living = new Set();
process.once("exit", () => {
  for (const child of living) child.kill("SIGKILL");
});

/** Runs rounds one after the other until something goes wrong, and then is dead. */
export class RoundProcess {
  #child = fork(program, { stdio: ["ignore", "ignore", "pipe", "ipc"] });
  #ended = once(this.#child, "close");
  #stderr = "";

  constructor() {
    living.add(this.#child);
    this.#child.once("close", () => living.delete(this.#child));
    this.#child.stderr?.setEncoding("utf8").on("data", (text) => {
      this.#stderr = (this.#stderr + text).slice(-4000);
    });
    // A process that dies while it is written to is told by its end.
    this.#child.on("error", () => {});
  }

  /**
   * @param {import("./rounds.mjs").Round} round
   * @returns {Promise<Verdict & { isDead: boolean }>}
   */
  async run(round) {
    const answer = once(this.#child, "message");
    this.#child.send({ type: "round", round });
    const [verdict] = (await this.#orDeath(answer)) ?? [];
    if (verdict !== undefined) {
      if (verdict.isStuck) this.#child.kill("SIGKILL");
      return { ...verdict, isDead: verdict.isStuck };
    }
    const problems = [`the process ${await this.#describeDeath()}`];
    return { problems, ends: [], orphans: 0, lagMs: 0, isStuck: true, isDead: true };
  }

  /**
   * Asks the process to leave.
   * @param {"return" | "exit"} how
   * @returns {Promise<readonly string[]>} What was wrong with it.
   */
  async end(how) {
    this.#child.send({ type: "end", how });
    await this.#orDeath(new Promise(() => {}));
    const { exitCode, signalCode } = this.#child;
    if (exitCode === 0 && signalCode === null) return [];
    return [`as it left (${how}), the process ${await this.#describeDeath()}`];
  }

  /** What the promise gives, or undefined when the process has died or gives no answer. */
  async #orDeath(promise) {
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, patienceMs);
    });
    const first = await Promise.race([promise, this.#ended.then(() => undefined), late]);
    clearTimeout(timer);
    return first;
  }

  async #describeDeath() {
    const { exitCode, signalCode } = this.#child;
    const isAlive = exitCode === null && signalCode === null;
    if (isAlive) this.#child.kill("SIGKILL");
    await this.#ended;
    const how = isAlive
      ? `did not answer for ${patienceMs} ms`
      : `ended with ${signalCode ?? `exit code ${exitCode}`}`;
    return `${how}${this.#stderr === "" ? "" : `, having written:\n${this.#stderr}`}`;
  }
}
