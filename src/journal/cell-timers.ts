import type { CellClock } from "./cell-clock.js";

/** The most that one timer of Node waits. */
const maxWaitMs = 2 ** 31 - 1;

/** The timers of one deterministic cell: fires each when the cell's clock shows its time. */
export class CellTimers {
  readonly #clock: CellClock;
  readonly #onDue: (timer: number) => void;
  readonly #due = new Map<number, number>();
  #wakeUp: { readonly at: number; readonly timeout: NodeJS.Timeout } | undefined;

  constructor(clock: CellClock, onDue: (timer: number) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  set(timer: number, due: number): void {
    this.#due.set(timer, due);
    this.#wakeAt(due);
  }

  clear(timer: number): void {
    this.#due.delete(timer);
  }

  clearAll(): void {
    this.#due.clear();
    clearTimeout(this.#wakeUp?.timeout);
    this.#wakeUp = undefined;
  }

  #wakeAt(at: number): void {
    if (this.#wakeUp !== undefined && this.#wakeUp.at <= at) return;
    clearTimeout(this.#wakeUp?.timeout);
    const waitMs = Math.min(Math.max(at - this.#clock.now(), 0), maxWaitMs);
    this.#wakeUp = { at, timeout: setTimeout(() => this.#fire(), waitMs) };
  }

  #fire(): void {
    this.#wakeUp = undefined;
    const now = this.#clock.now();
    const due = [...this.#due].filter(([, at]) => at <= now);
    // Those of one time in the order in which they were made.
    due.sort(([timerA, atA], [timerB, atB]) => atA - atB || timerA - timerB);
    for (const [timer] of due) {
      this.#due.delete(timer);
      this.#onDue(timer);
    }
    const next = Math.min(...this.#due.values());
    if (next !== Number.POSITIVE_INFINITY) this.#wakeAt(next);
  }
}
