import { Histogram } from "../base/histogram.js";
import type { DurableStats } from "../protocol/stats.js";

/** What became of a write to the store. `fenced`: another process has the cell. */
type WriteResult = "done" | "fenced" | "failed";

/** Counts what the durable cells of a runtime do. */
export class DurableCounters {
  readonly #appendDuration = new Histogram();
  readonly #lost = { retried: 0, failed: 0 };
  #gatesWaiting = 0;
  #records = 0;
  #fenced = 0;
  #failed = 0;
  #replays = 0;
  #divergences = 0;

  countGate(change: number): void {
    this.#gatesWaiting += change;
  }

  written(result: WriteResult, records: number, durationMs: number): void {
    if (result === "fenced") this.#fenced += 1;
    else if (result === "failed") this.#failed += 1;
    else {
      this.#records += records;
      this.#appendDuration.add(durationMs);
    }
  }

  replayed(): void {
    this.#replays += 1;
  }

  diverged(): void {
    this.#divergences += 1;
  }

  callLost(verdict: "retried" | "failed"): void {
    this.#lost[verdict] += 1;
  }

  stats(): DurableStats {
    const appendDuration = this.#appendDuration.snapshot();
    return {
      gatesWaiting: this.#gatesWaiting,
      appends: appendDuration.count,
      records: this.#records,
      appendDuration,
      fencedAppends: this.#fenced,
      failedAppends: this.#failed,
      replays: this.#replays,
      divergences: this.#divergences,
      lostCalls: { ...this.#lost },
    };
  }
}
