import { processorCount } from "../../base/processor-count.js";
import {
  IsolatePool,
  type Prewarm,
  type Spare,
  type SpareCount,
  type SpareListener,
} from "./isolate-pool.js";

/** Heap limits for which isolates are kept ready; cells with yet another are started cold. */
const maxPools = 4;

/** Makes a spare isolate. */
type MakeSpare<Isolate extends Spare> = (heapBytes: number, listener: SpareListener) => Isolate;

/**
 * The isolates kept ready for a runtime, by the heap limit they are made with. Runtimes that ask for
 * `"auto"` share theirs, since an isolate that has had no cell belongs to no runtime. So a program that
 * makes many runtimes, and forgets to close some, has no more isolates waiting.
 */
export class IsolatePools<Isolate extends Spare> {
  /** By the kind of isolates. */
  static readonly #shared = new Map<string, IsolatePools<never>>();

  readonly #kind: string;
  readonly #prewarm: Prewarm;
  readonly #make: MakeSpare<Isolate>;
  readonly #pools = new Map<number, IsolatePool<Isolate>>();
  #users = 0;
  /** Cells that have not settled. */
  #running = 0;

  private constructor(kind: string, prewarm: Prewarm, make: MakeSpare<Isolate>) {
    this.#kind = kind;
    this.#prewarm = prewarm;
    this.#make = make;
  }

  /**
   * For one runtime, which releases them.
   *
   * @param kind - Names the kind of isolates that `make` makes.
   */
  static acquire<Isolate extends Spare>(
    kind: string,
    prewarm: Prewarm,
    make: MakeSpare<Isolate>,
  ): IsolatePools<Isolate> {
    if (prewarm !== "auto") return new IsolatePools(kind, prewarm, make);
    const known = IsolatePools.#shared.get(kind) as unknown as IsolatePools<Isolate> | undefined;
    const shared = known ?? new IsolatePools(kind, prewarm, make);
    IsolatePools.#shared.set(kind, shared as unknown as IsolatePools<never>);
    shared.#users += 1;
    return shared;
  }

  /** Begins to keep isolates with this heap limit; undefined where none are to be kept. */
  poolFor(heapBytes: number): IsolatePool<Isolate> | undefined {
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

  /** Of all heap limits. */
  get spares(): SpareCount {
    let ready = 0;
    let starting = 0;
    for (const { spares } of this.#pools.values()) {
      ready += spares.ready;
      starting += spares.starting;
    }
    return { ready, starting };
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
      IsolatePools.#shared.delete(this.#kind);
    }
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
  }
}
