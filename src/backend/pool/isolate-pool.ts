import { processorCount } from "../../base/processor-count.js";

/** An isolate that waits for its cell. */
export interface Spare {
  /** Ends it, if it has no cell. */
  dismiss(): void;
}

/** What is told of an isolate that has no cell yet. */
export interface SpareListener {
  /** It has been made. */
  onReady(): void;
  /** It is gone, or nothing more is told of it. */
  onGone(): void;
}

/** Isolates without a cell. */
export interface SpareCount {
  readonly ready: number;
  readonly starting: number;
}

/** How many isolates are kept ready: a number, or as many as the arrival of execs asks for. */
export type Prewarm = number | "auto";

/** Milliseconds without an exec after which only one isolate is kept. */
const idleMs = 60_000;
/** Milliseconds without a miss after which "auto" keeps one isolate less. */
const calmMs = 10_000;
/** Milliseconds after which an isolate is made although cells compute on every processor. */
const busyMs = 20;
/** The most that "auto" keeps: a burst has more than that, and would use up any number. */
const maxByItself = Math.max(4, 2 * processorCount);

export interface IsolatePoolOptions<Isolate extends Spare> {
  readonly prewarm: Prewarm;
  /** @throws Where there is no thread, or too little memory for a spare one. */
  readonly make: (listener: SpareListener) => Isolate;
  /** Whether every processor has a cell to run. */
  readonly isBusy: () => boolean;
}

/**
 * Isolates made before they are asked for, all with the same heap limit, each used once. They are made
 * one at a time, at low priority, and after the exec that took the last one has been answered.
 */
export class IsolatePool<Isolate extends Spare> {
  readonly #options: IsolatePoolOptions<Isolate>;
  readonly #ready: Isolate[] = [];
  #making: Isolate | undefined;
  /** Isolates without a cell whose threads have not ended. */
  readonly #alive = new Set<Isolate>();
  #target: number;
  #missedAt = performance.now();
  #immediate: NodeJS.Immediate | undefined;
  #busyTimer: NodeJS.Timeout | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #onEmpty: (() => void) | undefined;
  #isClosed = false;

  constructor(options: IsolatePoolOptions<Isolate>) {
    this.#options = options;
    this.#target = options.prewarm === "auto" ? 1 : options.prewarm;
    this.#refill();
  }

  /**
   * An isolate for a cell, or where none is ready the one that is being made. It may be gone when the
   * cell is given to it.
   */
  take(): Isolate | undefined {
    const ready = this.#ready.pop();
    if (ready !== undefined) {
      this.#alive.delete(ready);
      return ready;
    }
    this.#noteMiss();
    const making = this.#making;
    if (making === undefined) return undefined;
    this.#making = undefined;
    this.#alive.delete(making);
    return making;
  }

  /** Isolates that wait for a cell, and those that are being made. */
  get spares(): SpareCount {
    return { ready: this.#ready.length, starting: this.#making === undefined ? 0 : 1 };
  }

  /** A cell has been answered: there is time to make what was taken. */
  refillSoon(): void {
    if (this.#immediate !== undefined || this.#isClosed) return;
    // The answer's receivers come first.
    this.#immediate = setImmediate(() => {
      this.#immediate = undefined;
      this.#refill();
    });
    this.#immediate.unref();
  }

  /** Ends all that wait and resolves when they are gone. */
  close(): Promise<void> {
    this.#isClosed = true;
    clearImmediate(this.#immediate);
    clearTimeout(this.#busyTimer);
    clearTimeout(this.#idleTimer);
    this.#trimTo(0);
    this.#making?.dismiss();
    if (this.#alive.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  #refill(): void {
    this.#settleDown();
    if (this.#isClosed || this.#making !== undefined || this.#ready.length >= this.#target) return;
    if (this.#options.isBusy() && this.#busyTimer === undefined) {
      this.#busyTimer = setTimeout(() => this.#makeOne(), busyMs);
      this.#busyTimer.unref();
    } else if (!this.#options.isBusy()) {
      this.#makeOne();
    }
  }

  #makeOne(): void {
    clearTimeout(this.#busyTimer);
    this.#busyTimer = undefined;
    if (this.#isClosed || this.#making !== undefined) return;
    const listener: SpareListener = {
      onReady: () => this.#keep(spare),
      onGone: () => this.#lose(spare),
    };
    let spare: Isolate;
    try {
      spare = this.#options.make(listener);
    } catch {
      return; // It is no exec's failure; the next that needs a thread is told itself.
    }
    this.#making = spare;
    this.#alive.add(spare);
  }

  #keep(spare: Isolate): void {
    if (this.#making === spare) this.#making = undefined;
    this.#ready.push(spare);
    this.#refill();
  }

  #lose(spare: Isolate): void {
    if (this.#making === spare) this.#making = undefined;
    const at = this.#ready.indexOf(spare);
    if (at >= 0) this.#ready.splice(at, 1);
    // One that was taken just now, and takes no cell, is not among them.
    this.#alive.delete(spare);
    if (this.#alive.size === 0) this.#onEmpty?.();
  }

  /** A cell has been begun with an isolate of its kind: that many are kept for a while. */
  noteUse(): void {
    if (this.#idleTimer !== undefined) {
      this.#idleTimer.refresh();
      return;
    }
    this.#idleTimer = setTimeout(() => {
      this.#idleTimer = undefined;
      if (this.#options.prewarm === "auto") this.#target = 1;
      this.#trimTo(1);
    }, idleMs);
    this.#idleTimer.unref();
  }

  #noteMiss(): void {
    this.#missedAt = performance.now();
    if (this.#options.prewarm === "auto") {
      this.#target = Math.min(this.#target + 1, maxByItself);
    }
  }

  /** Lets "auto" come down again. */
  #settleDown(): void {
    const now = performance.now();
    if (this.#options.prewarm !== "auto" || this.#target === 1) return;
    if (now - this.#missedAt < calmMs) return;
    this.#missedAt = now;
    this.#target -= 1;
    this.#trimTo(this.#target);
  }

  #trimTo(count: number): void {
    for (const spare of this.#ready.splice(count)) spare.dismiss();
  }
}
