const longestTimeoutMs = 2 ** 31 - 1;

/**
 * Calls back once when a time has passed. It does not keep the process alive: a running cell does.
 * Owned by whoever waits; `clear` may be called at any time, more than once.
 */
export class Deadline {
  readonly #onPassed: () => void;
  readonly #at: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param afterMs - Milliseconds from now; Infinity is never. */
  constructor(afterMs: number, onPassed: () => void) {
    this.#onPassed = onPassed;
    this.#at = performance.now() + afterMs;
    this.#arm(afterMs);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }

  #arm(leftMs: number): void {
    if (leftMs === Number.POSITIVE_INFINITY) return;
    // Node fires a longer timeout at once, so far deadlines are reached in steps.
    this.#timer = setTimeout(() => this.#onTimeout(), Math.min(leftMs, longestTimeoutMs)).unref();
  }

  #onTimeout(): void {
    const leftMs = this.#at - performance.now();
    // A timeout may fire a millisecond early.
    if (leftMs > 1) this.#arm(leftMs);
    else this.#onPassed();
  }
}
