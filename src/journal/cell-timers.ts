import type { CellClock } from "./cell-clock.js";
import { TimerQueue } from "./timer-queue.js";

/** The most that one timer of Node waits. */
const maxWaitMs = 2 ** 31 - 1;

/** The most that are fired before the host's other work has its turn. */
const maxFiredPerTurn = 512;

/** The timers of one deterministic cell: fires each when the cell's clock shows its time. */
export class CellTimers {
  readonly #clock: CellClock;
  readonly #onDue: (timer: number) => void;
  readonly #queue = new TimerQueue();
  #wakeUp: { readonly at: number; readonly timeout: NodeJS.Timeout } | undefined;

  constructor(clock: CellClock, onDue: (timer: number) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  set(timer: number, due: number): void {
    this.#queue.add(timer, due);
    this.#wakeAt(due);
  }

  clear(timer: number): void {
    this.#queue.remove(timer);
  }

  clearAll(): void {
    this.#queue.clear();
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
    for (let fired = 0; fired < maxFiredPerTurn; fired += 1) {
      const next = this.#queue.next();
      if (next === undefined || next.due > now) break;
      this.#queue.remove(next.timer);
      this.#onDue(next.timer);
    }
    const next = this.#queue.next();
    if (next !== undefined) this.#wakeAt(next.due);
  }
}
