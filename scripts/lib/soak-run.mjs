// The running part of the soak.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { getBinding } from "../../dist/backend/addon/binding.js";
import { createCodeMode } from "../../dist/index.js";
import {
  collectGarbage,
  countDescriptors,
  countHandles,
  countThreads,
  readResidentKiB,
  threadsSettled,
} from "./at-rest.mjs";
import { closedCell, endOf, soakCells, soakTools } from "./soak-cells.mjs";

const cellsPerSession = 40;
const sessionsPerRuntime = 10;

/**
 * What was seen at one rest, and since the one before.
 * @typedef {object} Sample
 * @property {number} ms - Since the start.
 * @property {number} cells - Since the start.
 * @property {number} memoryMiB
 * @property {number} peakMemoryMiB
 * @property {number} threads
 * @property {number} maxThreads
 * @property {number} descriptors
 * @property {number} handles
 * @property {number} delayMs - The worst of the event loop.
 * @property {number} orphans
 * @property {string} node
 */

/** Cells that run and what was seen of the process at its rests. */
export class Soak {
  /** @type {Sample[]} */
  samples = [];
  /** @type {Map<string, number>} */
  wrongEnds = new Map();
  cells = 0;
  #atOnce;
  #turn = 0;
  #peakKiB = 0;
  #maxThreads = 0;
  #delay = monitorEventLoopDelay({ resolution: 5 });
  /** One runtime and one session see it all. It keeps no isolates ready, so that rests are alike. */
  #lasting = createCodeMode({
    prewarm: 0,
    tools: soakTools,
    yieldAfterMs: Number.POSITIVE_INFINITY,
  });
  #lastingSession = this.#lasting.openSession();

  /** @param {number} atOnce */
  constructor(atOnce) {
    this.#atOnce = atOnce;
    this.#delay.enable();
  }

  /** @param {number} ms */
  async lap(ms) {
    const endsAt = performance.now() + ms;
    const poll = setInterval(() => {
      this.#peakKiB = Math.max(this.#peakKiB, readResidentKiB());
      this.#maxThreads = Math.max(this.#maxThreads, countThreads());
    }, 100);
    await Promise.all(Array.from({ length: this.#atOnce }, () => this.#runUntil(endsAt)));
    clearInterval(poll);
  }

  /**
   * @param {number} ms
   * @returns {Promise<Sample>}
   */
  async rest(ms) {
    await threadsSettled();
    collectGarbage();
    const sample = {
      ms: Math.round(ms),
      cells: this.cells,
      memoryMiB: readResidentKiB() / 1024,
      peakMemoryMiB: this.#peakKiB / 1024,
      threads: countThreads(),
      maxThreads: this.#maxThreads,
      descriptors: countDescriptors(),
      handles: countHandles(),
      delayMs: this.#delay.max / 1e6,
      orphans: getBinding().orphanCount(),
      node: process.version,
    };
    this.samples.push(sample);
    this.#peakKiB = 0;
    this.#maxThreads = 0;
    this.#delay.reset();
    return sample;
  }

  async close() {
    this.#delay.disable();
    await this.#lasting.close();
  }

  /** Opens and closes runtimes and sessions, and runs cells in them. */
  async #runUntil(endsAt) {
    while (performance.now() < endsAt) {
      const runtime = createCodeMode({ tools: soakTools, yieldAfterMs: Number.POSITIVE_INFINITY });
      for (let i = 0; i < sessionsPerRuntime && performance.now() < endsAt; i++) {
        const session = runtime.openSession();
        for (let j = 0; j < cellsPerSession && performance.now() < endsAt; j++) {
          await this.#run(j % 4 === 0 ? this.#lastingSession : session, this.#nextCell());
        }
        await this.#run(session, closedCell);
      }
      await runtime.close();
    }
  }

  async #run(session, { name, end, run }) {
    const ended = endOf(await run(session));
    this.cells += 1;
    if (ended === end) return;
    const what = `${name} ended as ${ended} instead of ${end}`;
    this.wrongEnds.set(what, (this.wrongEnds.get(what) ?? 0) + 1);
  }

  #nextCell() {
    this.#turn += 1;
    return soakCells[this.#turn % soakCells.length] ?? closedCell;
  }
}
