import { processorCount } from "../base/processor-count.js";

/**
 * Making an isolate takes a processor for a few milliseconds. Starting more in parallel does not finish
 * sooner, and keeps the cells of other sessions waiting.
 */
const maxStarting = processorCount;

/** How many cells may be alive at once, and how many more may wait. */
export interface SlotLimits {
  readonly cells: number;
  readonly queuedCells: number;
}

/** A session, as the runtime that shares out its slots knows it. */
export interface SlotUser {
  /** Whether an exec of the session waits and the session has room for one more cell. */
  readonly wantsSlot: boolean;
  /** Takes a slot for the exec of the session that has waited longest. */
  admitOne(): void;
}

/**
 * The slots of a runtime: bounds the cells that are alive at once, and those being started. Where execs
 * have to wait, sessions get the next slots in turn, so that none can fill the queue before the others.
 */
export class RuntimeSlots {
  readonly #limits: SlotLimits;
  /** The sessions that want a slot, the next in turn first. */
  readonly #ready = new Set<SlotUser>();
  #taken = 0;
  #starting = 0;
  #waiting = 0;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  /** Whether one more cell may be started. */
  get hasRoom(): boolean {
    return this.#taken < this.#limits.cells && this.#starting < maxStarting;
  }

  /** Whether as many execs wait as may. */
  get isQueueFull(): boolean {
    const free = this.#limits.cells - this.#taken;
    return this.#waiting - free >= this.#limits.queuedCells;
  }

  /** Execs that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** A slot was taken or given back. */
  count(change: 1 | -1): void {
    this.#taken += change;
  }

  /** A cell is being started, or its start is over. */
  countStarting(change: 1 | -1): void {
    this.#starting += change;
  }

  /** An exec has begun to wait, or waits no more. */
  countWaiting(change: 1 | -1): void {
    this.#waiting += change;
  }

  /** Notes whether the session can use a slot, and gives out what is free. */
  update(session: SlotUser): void {
    if (session.wantsSlot) this.#ready.add(session);
    else this.#ready.delete(session);
    this.#admit();
  }

  #admit(): void {
    while (this.hasRoom) {
      const [next] = this.#ready;
      if (next === undefined) return;
      this.#ready.delete(next);
      next.admitOne();
      if (next.wantsSlot) this.#ready.add(next);
    }
  }
}
