/** What a cell waits for, and since when it has waited for nothing but decisions of people. */
export class Parking {
  readonly #afterMs: number;
  readonly #onDue: () => void;
  /** Calls and lookups that have no answer. */
  readonly #open = new Set<number>();
  /** Those of them that wait for a decision. */
  readonly #asking = new Set<number>();
  readonly #timers = new Set<number>();
  /** Commands that its isolate has been sent, and those after which it said that it waits. */
  #sent = 0;
  #applied = -1;
  #clock: NodeJS.Timeout | undefined;

  /** @param onDue - It has waited for so long; called once for each wait. */
  constructor(afterMs: number, onDue: () => void) {
    this.#afterMs = afterMs;
    this.#onDue = onDue;
  }

  /** Whether the cell can do nothing before one of its calls is approved or denied. */
  get isDue(): boolean {
    return (
      this.#applied === this.#sent &&
      this.#timers.size === 0 &&
      this.#asking.size > 0 &&
      this.#open.size === this.#asking.size
    );
  }

  /** It has another isolate, which has been sent nothing. */
  begin(): void {
    this.#sent = 0;
    this.#applied = -1;
    this.#update();
  }

  sent(): void {
    this.#sent += 1;
    this.#update();
  }

  /** @param applied - How many commands the isolate had applied when it had nothing to do. */
  waits(applied: number): void {
    this.#applied = applied;
    this.#update();
  }

  opened(call: number): void {
    this.#open.add(call);
    this.#update();
  }

  /** A decision about the call is waited for. */
  asks(call: number): void {
    this.#asking.add(call);
    this.#update();
  }

  decided(call: number): void {
    this.#asking.delete(call);
    this.#update();
  }

  settled(call: number): void {
    this.#open.delete(call);
    this.#asking.delete(call);
    this.#update();
  }

  timerSet(timer: number): void {
    this.#timers.add(timer);
    this.#update();
  }

  timerGone(timer: number): void {
    this.#timers.delete(timer);
    this.#update();
  }

  /** It is not parked any more, or has ended. */
  stop(): void {
    clearTimeout(this.#clock);
    this.#clock = undefined;
  }

  #update(): void {
    if (!this.isDue) this.stop();
    else if (this.#clock === undefined && this.#afterMs <= maxWaitMs) {
      this.#clock = setTimeout(() => {
        this.#clock = undefined;
        this.#onDue();
      }, this.#afterMs);
    }
  }
}

/** The most that one timer of Node waits: after longer times, 24 days and more, no cell is parked. */
const maxWaitMs = 2 ** 31 - 1;
