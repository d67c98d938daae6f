import type { SessionSlots } from "./session-slots.js";

/** The slot of one cell, from its start to the end of its thread; a cell that is parked has none. */
export class CellSlot {
  readonly #slots: SessionSlots;
  #isHeld = true;
  #isOver = false;

  /** @param slots - One of them has been taken for the cell. */
  constructor(slots: SessionSlots) {
    this.#slots = slots;
  }

  /** Gives the slot to another cell, until it is taken again. */
  park(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#slots.leave();
  }

  /** Resolves when the cell has a slot again, or its session is closed. */
  async takeAgain(): Promise<void> {
    if (this.#isHeld) return;
    if (!this.#slots.enter() && (await this.#slots.wait(undefined, false)) !== "entered") return;
    this.#slots.startOver();
    this.#isHeld = true;
    // It has ended meanwhile.
    if (this.#isOver) this.park();
  }

  /** The cell has ended. */
  leave(): void {
    this.#isOver = true;
    this.park();
  }
}
