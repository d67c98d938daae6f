import { CellSlot } from "../bounds/cell-slot.js";
import type { RuntimeSlots } from "../bounds/runtime-slots.js";
import { SessionSlots, type SlotAnswer } from "../bounds/session-slots.js";
import type { Cell } from "../cell/cell.js";
import type { ResolvedLimits } from "../options/limits.js";

/** Why a cell is not started. */
export type Refusal = "closed" | "aborted";

/** The places that a session has for cells, each taken before its cell is started. */
export class CellPlaces {
  readonly #slots: SessionSlots;
  #isClosed = false;

  constructor(limits: ResolvedLimits, runtime: RuntimeSlots) {
    this.#slots = new SessionSlots(limits, runtime);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Starts a cell when there is a place for it, which is its until its thread is gone. At once where that can be.
   *
   * @returns The cell, or why it was not started.
   * @throws {CodeModeError} ERR_QUEUE_FULL; what `make` throws.
   */
  start(
    signal: AbortSignal | undefined,
    make: (slot: CellSlot) => Cell,
  ): Cell | Refusal | Promise<Cell | Refusal> {
    const refusal = this.#refusal(signal);
    if (refusal !== undefined) return refusal;
    if (this.#slots.enter()) return this.#start(make);
    // In the very job in which the place is given: in a later one it might be given up unseen.
    return this.#slots
      .wait(signal)
      .then((answer) => this.#afterWait(answer, signal) ?? this.#start(make));
  }

  /** A cell's start is over. */
  startOver(): void {
    this.#slots.startOver();
  }

  /** Gives no more. */
  close(): void {
    this.#isClosed = true;
    this.#slots.close();
  }

  #start(make: (slot: CellSlot) => Cell): Cell {
    const slot = new CellSlot(this.#slots);
    const cell = this.#slots.leaveOnThrow(() => make(slot));
    void cell.released.then(() => slot.leave());
    return cell;
  }

  /** Why no cell is to be started: much may have happened since it was asked for. */
  #refusal(signal: AbortSignal | undefined): Refusal | undefined {
    if (this.#isClosed) return "closed";
    return signal?.aborted ? "aborted" : undefined;
  }

  /** Releases the slot if the exec was aborted or the session closed since it was given; returns which. */
  #afterWait(answer: SlotAnswer, signal: AbortSignal | undefined): Refusal | undefined {
    if (answer !== "entered") return answer;
    const refusal = this.#refusal(signal);
    if (refusal !== undefined) this.#slots.giveUp();
    return refusal;
  }
}
