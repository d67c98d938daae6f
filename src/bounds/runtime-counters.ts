import { Histogram } from "../base/histogram.js";
import type { EndedOutcome } from "../protocol/outcome.js";
import type { CellStats, ToolCallStats } from "../protocol/stats.js";

type CallStatus = "fulfilled" | "rejected" | "aborted";

/** Of a cell that has not ended. */
type LivingState = "running" | "yielded" | "parked";

/** Counts what the cells of a runtime do. */
export class RuntimeCounters {
  readonly since: number = Date.now();
  /** In each state. */
  readonly cells: Record<LivingState, number> = { running: 0, yielded: 0, parked: 0 };
  readonly #ended = { completed: 0, failed: 0, terminated: 0 };
  readonly #cellDuration = new Histogram();
  readonly #calls = { inFlight: 0, fulfilled: 0, rejected: 0, aborted: 0 };
  readonly #callDuration = new Histogram();
  #refused = 0;
  #openApprovals = 0;

  /** Calls that wait for a decision. */
  get openApprovals(): number {
    return this.#openApprovals;
  }

  countOpenApproval(change: 1 | -1): void {
    this.#openApprovals += change;
  }

  cellEnded({ status, usage }: EndedOutcome): void {
    this.#ended[status] += 1;
    this.#cellDuration.add(usage.wallMs);
  }

  cellRefused(): void {
    this.#refused += 1;
  }

  callStarted(): void {
    this.#calls.inFlight += 1;
  }

  /** One that `callStarted` has counted. */
  callSettled(status: CallStatus, durationMs: number): void {
    this.#calls.inFlight -= 1;
    this.#calls[status] += 1;
    this.#callDuration.add(durationMs);
  }

  /** It was rejected before it was one. */
  callRefused(): void {
    this.#calls.rejected += 1;
  }

  cellStats(queued: number): CellStats {
    return {
      queued,
      ...this.cells,
      ended: { ...this.#ended },
      refused: this.#refused,
      duration: this.#cellDuration.snapshot(),
    };
  }

  callStats(): ToolCallStats {
    return { ...this.#calls, duration: this.#callDuration.snapshot() };
  }
}

/** In which state one cell is counted. */
export class CellCount {
  readonly #counters: RuntimeCounters;
  #state: LivingState | "over" = "running";
  /** What it is when it is parked no more. */
  #unparked: "running" | "yielded" = "running";

  constructor(counters: RuntimeCounters) {
    this.#counters = counters;
    counters.cells.running += 1;
  }

  /** @param isObserved - Whether an exec or wait observes it. */
  observed(isObserved: boolean): void {
    this.#unparked = isObserved ? "running" : "yielded";
    if (this.#state !== "parked") this.#become(this.#unparked);
  }

  parked(isParked: boolean): void {
    this.#become(isParked ? "parked" : this.#unparked);
  }

  ended(outcome: EndedOutcome): void {
    this.#become("over");
    this.#counters.cellEnded(outcome);
  }

  refused(): void {
    this.#become("over");
    this.#counters.cellRefused();
  }

  #become(state: LivingState | "over"): void {
    if (this.#state === "over" || this.#state === state) return;
    this.#counters.cells[this.#state] -= 1;
    if (state !== "over") this.#counters.cells[state] += 1;
    this.#state = state;
  }
}
