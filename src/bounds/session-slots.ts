import { CodeModeError } from "../base/errors.js";
import type { RuntimeSlots, SlotLimits, SlotUser } from "./runtime-slots.js";

/** How a wait for a slot ended. */
export type SlotAnswer = "entered" | "aborted" | "closed";

/** The slots of one session, within those of its runtime. */
export class SessionSlots implements SlotUser {
  readonly #limits: SlotLimits;
  readonly #runtime: RuntimeSlots;
  /** The execs that wait, in order. */
  readonly #waiters = new Set<(answer: SlotAnswer) => void>();
  #taken = 0;

  constructor(limits: SlotLimits, runtime: RuntimeSlots) {
    this.#limits = limits;
    this.#runtime = runtime;
  }

  get wantsSlot(): boolean {
    return this.#waiters.size > 0 && this.#taken < this.#limits.cells;
  }

  /** Takes a slot if one is free and no exec waits for it. */
  enter(): boolean {
    const isFree = this.#taken < this.#limits.cells && this.#runtime.hasRoom;
    if (!isFree || this.#waiters.size > 0) return false;
    this.#take();
    return true;
  }

  /**
   * Waits for a slot, which is taken when the answer is `entered`.
   *
   * @param mayFail - False for who has had a slot already, and waits however many wait.
   * @throws {CodeModeError} ERR_QUEUE_FULL if as many wait already as may.
   */
  async wait(signal: AbortSignal | undefined, mayFail = true): Promise<SlotAnswer> {
    // Waiters below the cell limit wait for a processor only, so they do not count as queued.
    const queued = this.#waiters.size - (this.#limits.cells - this.#taken);
    const isOwnQueueFull = queued >= this.#limits.queuedCells;
    if (mayFail && (isOwnQueueFull || this.#runtime.isQueueFull)) {
      throw new CodeModeError(
        "ERR_QUEUE_FULL",
        "No cell can be queued: too many execs already wait for a cell to end " +
          `${isOwnQueueFull ? "in this session" : "in all sessions of this runtime"} ` +
          "(limits.queuedCells). Wait until some of them have ended.",
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

  /** The start of a cell in one of the slots is over: it runs, or never will. */
  startOver(): void {
    this.#runtime.countStarting(-1);
    this.#runtime.update(this);
  }

  /** Gives the slot of a cell that is gone to the next exec. */
  leave(): void {
    this.#taken -= 1;
    this.#runtime.count(-1);
    this.#runtime.update(this);
  }

  /** Gives back a slot in which no cell was started. */
  giveUp(): void {
    this.startOver();
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

  admitOne(): void {
    const [first] = this.#waiters;
    if (first === undefined) return;
    this.#take();
    first("entered");
  }

  /** Answers every waiting exec with `closed`. */
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
