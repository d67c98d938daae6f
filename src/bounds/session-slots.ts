import { CodeModeError } from "../base/errors.js";
import type { CellSlots } from "./runtime-slots.js";

/** How many cells may be alive at once, and how many more may wait. */
export interface SlotLimits {
  readonly cells: number;
  readonly queuedCells: number;
}

/** How a wait for a slot ended. */
export type SlotAnswer = "entered" | "aborted" | "closed";

/** The slots of one session, within those of its runtime. */
export class SessionSlots {
  readonly #limits: SlotLimits;
  readonly #runtime: CellSlots;
  /** Who waits, in order. */
  readonly #waiters = new Set<(answer: SlotAnswer) => void>();
  #taken = 0;

  constructor(limits: SlotLimits, runtime: CellSlots) {
    this.#limits = limits;
    this.#runtime = runtime;
  }

  /** Whether somebody waits and the session has room for one more cell. */
  get canAdmit(): boolean {
    return this.#waiters.size > 0 && this.#taken < this.#limits.cells;
  }

  /** Takes a slot if one is free and nobody waits for it. */
  enter(): boolean {
    const isFree = this.#taken < this.#limits.cells && this.#runtime.canAdmit;
    if (!isFree || this.#waiters.size > 0) return false;
    this.#take();
    return true;
  }

  /**
   * Waits for a slot, which is taken when the answer is `entered`.
   *
   * @throws {CodeModeError} ERR_QUEUE_FULL where as many wait already as may.
   */
  async wait(signal: AbortSignal | undefined): Promise<SlotAnswer> {
    // Those for whom there is a slot only wait for a processor.
    const queued = this.#waiters.size - (this.#limits.cells - this.#taken);
    const isOwnQueueFull = queued >= this.#limits.queuedCells;
    if (isOwnQueueFull || this.#runtime.isQueueFull) {
      throw new CodeModeError(
        "ERR_QUEUE_FULL",
        "No cell can be queued: as many execs as may wait for a cell to end " +
          `${isOwnQueueFull ? "in this session" : "in all sessions of this runtime"} ` +
          "(limits.queuedCells). Wait for some of them first.",
      );
    }
    return new Promise((resolve) => {
      const onAbort = (): void => waiter("aborted");
      const waiter = (answer: SlotAnswer): void => {
        this.#waiters.delete(waiter);
        this.#runtime.countWaiting(-1);
        signal?.removeEventListener("abort", onAbort);
        if (answer === "aborted") this.#runtime.update(this);
        resolve(answer);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiters.add(waiter);
      this.#runtime.countWaiting(1);
      this.#runtime.update(this);
    });
  }

  /** A cell in one of the slots has begun to run, or will not. */
  begun(): void {
    this.#runtime.countStarting(-1);
    this.#runtime.update(this);
  }

  /** Gives the slot of a cell that is gone to whoever is next. */
  leave(): void {
    this.#taken -= 1;
    this.#runtime.count(-1);
    this.#runtime.update(this);
  }

  /** Gives back a slot in which no cell was started. */
  giveUp(): void {
    this.begun();
    this.leave();
  }

  /** Starts a cell whose slot has been taken; where that throws, the slot is given back. */
  leaveOnThrow<Started>(start: () => Started): Started {
    try {
      return start();
    } catch (thrown) {
      this.giveUp();
      throw thrown;
    }
  }

  /** The runtime has a slot for whoever waits longest. */
  admitOne(): void {
    const [first] = this.#waiters;
    if (first === undefined) return;
    this.#take();
    first("entered");
  }

  /** Sends everyone away who waits. */
  close(): void {
    for (const waiter of [...this.#waiters]) waiter("closed");
    this.#runtime.update(this);
  }

  #take(): void {
    this.#taken += 1;
    this.#runtime.count(1);
    this.#runtime.countStarting(1);
  }
}
