import { SessionSlots, type SlotLimits } from "./session-slots.js";

/**
 * The slots of a runtime: bounds the cells that are alive at once. Where they are used up, sessions
 * that wait get the next ones in turn, so that none can fill the queue before the others.
 */
export class CellSlots {
  readonly #limits: SlotLimits;
  /** Sessions with somebody waiting and room of their own, the next in turn first. */
  readonly #ready = new Set<SessionSlots>();
  #taken = 0;
  #waiting = 0;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  get isFull(): boolean {
    return this.#taken >= this.#limits.cells;
  }

  get isQueueFull(): boolean {
    return this.#waiting >= this.#limits.queuedCells;
  }

  /** The slots of one of the runtime's sessions. */
  forSession(limits: SlotLimits): SessionSlots {
    return new SessionSlots(limits, this);
  }

  /** A slot was taken or given back. */
  count(change: 1 | -1): void {
    this.#taken += change;
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
    while (!this.isFull) {
      const [next] = this.#ready;
      if (next === undefined) return;
      this.#ready.delete(next);
      next.admitOne();
      if (next.canAdmit) this.#ready.add(next);
    }
  }
}
