import { processorCount } from "../../base/processor-count.js";
import { IsolatePool, type Prewarm } from "./isolate-pool.js";
import type { SpareListener, ThreadIsolate } from "./thread-isolate.js";

/** Heap limits for which isolates are kept ready; cells with yet another are started cold. */
const maxPools = 4;

/** Makes a spare isolate. */
type MakeSpare = (heapBytes: number, listener: SpareListener) => ThreadIsolate;

/**
 * The isolates kept ready for a runtime, by the heap limit they are made with. Runtimes that ask for
 * `"auto"` share theirs, since an isolate that has had no cell belongs to no runtime. So a program that
 * makes many runtimes, and forgets to close some, has no more isolates waiting.
 */
export class IsolatePools {
  static #shared: IsolatePools | undefined;

  readonly #prewarm: Prewarm;
  readonly #make: MakeSpare;
  readonly #pools = new Map<number, IsolatePool>();
  #users = 0;
  /** Cells that have not settled. */
  #running = 0;

  private constructor(prewarm: Prewarm, make: MakeSpare) {
    this.#prewarm = prewarm;
    this.#make = make;
  }

  /** For one runtime, which releases them. */
  static acquire(prewarm: Prewarm, make: MakeSpare): IsolatePools {
    if (prewarm !== "auto") return new IsolatePools(prewarm, make);
    IsolatePools.#shared ??= new IsolatePools(prewarm, make);
    IsolatePools.#shared.#users += 1;
    return IsolatePools.#shared;
  }

  /** Begins to keep isolates with this heap limit; undefined where none are to be kept. */
  poolFor(heapBytes: number): IsolatePool | undefined {
    const known = this.#pools.get(heapBytes);
    if (known !== undefined || this.#prewarm === 0 || this.#pools.size >= maxPools) return known;
    const pool = new IsolatePool({
      prewarm: this.#prewarm,
      make: (listener) => this.#make(heapBytes, listener),
      isBusy: () => this.#running >= processorCount,
    });
    this.#pools.set(heapBytes, pool);
    return pool;
  }

  /** A cell has begun, or computes no more. */
  countRunning(change: 1 | -1): void {
    this.#running += change;
  }

  /** Ends what is kept, with the last runtime that uses it, and resolves when it is gone. */
  async release(): Promise<void> {
    if (this.#prewarm === "auto") {
      this.#users -= 1;
      if (this.#users > 0) return;
      IsolatePools.#shared = undefined;
    }
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
  }
}
