import { Deadline } from "../base/deadline.js";
import type { ExecOutcome } from "../protocol/outcome.js";
import type { Observation } from "./cell-options.js";

/** How an observer is told. */
export interface ObserverCallbacks {
  resolve(outcome: ExecOutcome): void;
  reject(reason: unknown): void;
  /** The observation's signal was aborted. Called before `reject`. */
  onAborted(): void;
  /** The observation's `yieldSignal` was aborted. */
  onYieldAsked(): void;
}

/** One exec or wait that observes a cell, until it is told once. */
export class CellObserver {
  readonly by: Observation["by"];
  /** Milliseconds; Infinity never yields by time. */
  readonly yieldAfterMs: number;
  /** It is to be answered as soon as the cell has started. */
  isYieldAsked = false;
  /** Whether it is answered when a call waits for approval and no handler of this process decides. */
  readonly yieldsOnApproval: boolean;
  readonly #callbacks: ObserverCallbacks;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: (() => void) | undefined;
  readonly #yieldSignal: AbortSignal | undefined;
  readonly #onYieldAsked: () => void;
  #clock: Deadline | undefined;

  constructor(
    { by, yieldAfterMs, signal, yieldSignal, yieldOnApproval = false }: Observation,
    callbacks: ObserverCallbacks,
  ) {
    this.by = by;
    this.yieldAfterMs = yieldAfterMs;
    this.yieldsOnApproval = yieldOnApproval;
    this.#callbacks = callbacks;
    this.#yieldSignal = yieldSignal;
    this.#onYieldAsked = () => callbacks.onYieldAsked();
    yieldSignal?.addEventListener("abort", this.#onYieldAsked, { once: true });
    if (signal === undefined) return;
    this.#signal = signal;
    this.#onAbort = () => {
      callbacks.onAborted();
      this.reject(signal.reason);
    };
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Calls back when the yield time has passed, unless the observer has been told by then. */
  startClock(onPassed: () => void): void {
    this.#clock = new Deadline(this.yieldAfterMs, onPassed);
  }

  resolve(outcome: ExecOutcome): void {
    this.#leave();
    this.#callbacks.resolve(outcome);
  }

  reject(reason: unknown): void {
    this.#leave();
    this.#callbacks.reject(reason);
  }

  #leave(): void {
    this.#clock?.clear();
    this.#yieldSignal?.removeEventListener("abort", this.#onYieldAsked);
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener("abort", this.#onAbort);
  }
}
