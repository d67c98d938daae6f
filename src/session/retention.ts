import type { DurableStore } from "../durable/store.js";

/** Milliseconds from one look for cells that have been kept for long enough to the next. */
const sweepMs = 60 * 60 * 1000;

export interface RetentionOptions {
  readonly store: DurableStore;
  /** Milliseconds that a cell is kept after its end; Infinity keeps all. */
  readonly retainMs: number;
  /** Milliseconds that a cell without an end is kept after its last record; Infinity keeps all. */
  readonly retainOpenMs: number;
}

/** Has the store of a runtime forget the cells that have been kept for long enough. */
export class Retention {
  readonly #options: RetentionOptions;
  /** When it has looked last: milliseconds since the epoch. */
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  /** Does so once an hour, however often it is called. */
  sweep(): void {
    const { store, retainMs, retainOpenMs } = this.#options;
    const now = Date.now();
    if (now - this.#sweptAt < sweepMs) return;
    this.#sweptAt = now;
    // What is wrong with the store is told to who needs it.
    if (Number.isFinite(retainMs)) store.forget({ endedBefore: now - retainMs }).catch(() => {});
    if (Number.isFinite(retainOpenMs)) {
      store.forget({ idleSince: now - retainOpenMs }).catch(() => {});
    }
  }
}
