import { Deadline } from "../../base/deadline.js";

/** Milliseconds between a request to stop and a look at what the cell has done since, and between looks. */
const graceMs = 250;

/**
 * Processor time in milliseconds that a cell must have used since it was asked to stop before it counts
 * as unresponsive: a starved thread has had no chance to react. A cell that has filled its heap may be
 * busy collecting garbage first.
 */
export const unresponsiveCpuMs = { asked: 100, heapFull: 1_000 } as const;

export interface StopGraceOptions {
  /** Processor time of the cell's thread so far, in milliseconds. */
  readonly cpuTimeMs: () => number;
  /** Called once, where the cell has not stopped. */
  readonly onUnresponsive: () => void;
}

/** The time a cell has to react to a request to stop, measured in processor time. */
export class StopGrace {
  readonly #options: StopGraceOptions;
  #deadline: Deadline | undefined;
  #fromCpuMs = 0;
  #maxCpuMs: number = unresponsiveCpuMs.asked;

  constructor(options: StopGraceOptions) {
    this.#options = options;
  }

  /** The cell is asked to stop, perhaps again: what it has used before counts no more. */
  begin(maxCpuMs: number): void {
    this.#fromCpuMs = this.#options.cpuTimeMs();
    this.#maxCpuMs = maxCpuMs;
    if (this.#deadline === undefined) this.#arm();
  }

  /** The cell has stopped. */
  clear(): void {
    this.#deadline?.clear();
    this.#deadline = undefined;
  }

  #arm(): void {
    this.#deadline = new Deadline(graceMs, () => this.#look());
  }

  #look(): void {
    this.#deadline = undefined;
    const usedCpuMs = this.#options.cpuTimeMs() - this.#fromCpuMs;
    if (usedCpuMs < this.#maxCpuMs) this.#arm();
    else this.#options.onUnresponsive();
  }
}
