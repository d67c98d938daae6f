import { processorCount } from "../base/processor-count.js";
import { SessionSlots, type SlotLimits } from "./session-slots.js";

/**
 * Making an isolate takes a processor for a few milliseconds: more at once are none earlier, and keep
 * the cells of other sessions waiting.
 */
const startsAtOnce = processorCount;

/**
 * The slots of a runtime: bounds the cells that are alive at once, and those being started. Where one
 * has to wait, sessions get the next slots in turn, so that none can fill the queue before the others.
 */
export class CellSlots {
  readonly #limits: SlotLimits;
  /** Sessions with somebody waiting and room of their own, the next in turn first. */
  readonly #ready = new Set<SessionSlots>();
  #taken = 0;
  #starting = 0;
  #waiting = 0;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  /** Whether one more cell may be started. */
  get canAdmit(): boolean {
    return this.#taken < this.#limits.cells && this.#starting < startsAtOnce;
  }

  get isQueueFull(): boolean {
    const free = this.#limits.cells - this.#taken;
    return this.#waiting - free >= this.#limits.queuedCells;
  }

  /** The slots of one of the runtime's sessions. */
  forSession(limits: SlotLimits): SessionSlots {
    return new SessionSlots(limits, this);
  }

  /** A slot was taken or given back. */
  count(change: 1 | -1): void {
    this.#taken += change;
  }

  /** A cell is being started, or has begun to run. */
  countStarting(change: 1 | -1): void {
    this.#starting += change;
  }

  /** Somebody began to wait or waits no more. */
  countWaiting(change: 1 | -1): void {
    this.#waiting += change;
  }

  /** Notes whether the session can use a slot, and gives out what is free. */
  update(session: SessionSlots): void {
    if (session.canAdmit) this.#ready.add(session);
    else this.#ready.delete(session);
    this.#admit();
  }

  #admit(): void {
    while (this.canAdmit) {
      const [next] = this.#ready;
      if (next === undefined) return;
      this.#ready.delete(next);
      next.admitOne();
      if (next.canAdmit) this.#ready.add(next);
    }
  }
}
