import type {
  BackendCell,
  BackendEvent,
  BackendSettled,
  BackendUsage,
} from "../protocol/cell-backend.js";

/** In the place of a cell that has no isolate: it ends when it is asked to. */
export class NoIsolate implements BackendCell {
  readonly #usage: BackendUsage;
  readonly #isGone: Promise<void>;
  readonly #onEvent: (event: BackendEvent) => void;
  #isEnding = false;

  /**
   * @param usage - What its isolate had used, if it had one.
   * @param isGone - Resolves when that isolate is gone.
   */
  constructor(usage: BackendUsage, isGone: Promise<void>, onEvent: (event: BackendEvent) => void) {
    this.#usage = usage;
    this.#isGone = isGone;
    this.#onEvent = onEvent;
  }

  send(): void {}

  async sample(): Promise<BackendUsage> {
    return this.#usage;
  }

  terminate(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    setImmediate(() => {
      const ending = { status: "terminated", isParked: false, usage: this.#usage } as const;
      const settled: BackendSettled = { ...ending, writes: [], unhandledRejections: [] };
      this.#onEvent({ type: "settled", settled });
      void this.#isGone.then(() => this.#onEvent({ type: "disposed", cpuMs: this.#usage.cpuMs }));
    });
  }
}
