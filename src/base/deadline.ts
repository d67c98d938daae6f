const maxTimeoutMs = 2 ** 31 - 1;

/**
 * Calls back once when a time has passed. It does not keep the process alive: a running cell does.
 * The one that waits owns it; `clear` may be called at any time, more than once.
 */
export class Deadline {
  readonly #onPassed: () => void;
  readonly #queue: DeadlineQueue | undefined;
  /** On the clock of `performance.now()`. */
  readonly at: number;

  /** @param afterMs - Milliseconds from now; Infinity is never. */
  constructor(afterMs: number, onPassed: () => void) {
    this.#onPassed = onPassed;
    this.at = performance.now() + afterMs;
    if (afterMs === Number.POSITIVE_INFINITY) return;
    this.#queue = queueFor(afterMs);
    this.#queue.add(this);
  }

  clear(): void {
    this.#queue?.remove(this);
  }

  /** Its time has passed. Called by its queue. */
  pass(): void {
    this.#onPassed();
  }
}

/**
 * Deadlines that were set for the same time from their beginning, so that the first is always the next.
 * They share one timer, which is left alone when a deadline is cleared: most are, long before they
 * pass, and to arm and disarm a timer costs more than all the rest.
 */
class DeadlineQueue {
  readonly #afterMs: number;
  readonly #deadlines = new Set<Deadline>();
  #timer: NodeJS.Timeout | undefined;

  constructor(afterMs: number) {
    this.#afterMs = afterMs;
  }

  add(deadline: Deadline): void {
    this.#deadlines.add(deadline);
    if (this.#timer === undefined) this.#arm(this.#afterMs);
  }

  remove(deadline: Deadline): void {
    this.#deadlines.delete(deadline);
  }

  #arm(leftMs: number): void {
    // Node fires a longer timeout at once, so far deadlines are reached in steps.
    this.#timer = setTimeout(() => this.#onTimeout(), Math.min(leftMs, maxTimeoutMs)).unref();
  }

  #onTimeout(): void {
    this.#timer = undefined;
    // A timeout may fire a millisecond early.
    const now = performance.now() + 1;
    try {
      for (const deadline of this.#deadlines) {
        if (deadline.at > now) break;
        this.#deadlines.delete(deadline);
        deadline.pass();
      }
    } finally {
      this.#goOn();
    }
  }

  #goOn(): void {
    const [next] = this.#deadlines;
    if (next === undefined) queues.delete(this.#afterMs);
    else if (this.#timer === undefined) this.#arm(Math.max(1, next.at - performance.now()));
  }
}

const queues = new Map<number, DeadlineQueue>();

function queueFor(afterMs: number): DeadlineQueue {
  let queue = queues.get(afterMs);
  if (queue === undefined) {
    queue = new DeadlineQueue(afterMs);
    queues.set(afterMs, queue);
  }
  return queue;
}
