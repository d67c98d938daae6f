import type { SpareCount } from "../backend/pool/isolate-pool.js";
import type {
  BackendCell,
  BackendCellOptions,
  BackendEvent,
  CellBackend,
  Isolation,
} from "../protocol/cell-backend.js";

/** A backend that keeps isolates ready. */
export interface SparingBackend extends CellBackend {
  readonly spares: SpareCount;
}

/** Starts each cell where its options say, and makes a backend when the first cell asks for it. */
export class ChoosingBackend implements CellBackend {
  readonly #make: Readonly<Record<Isolation, () => SparingBackend>>;
  readonly #made = new Map<Isolation, SparingBackend>();
  #closing: Promise<void> | undefined;

  /** @param first - What most cells ask for: its backend is made at once. */
  constructor(make: Readonly<Record<Isolation, () => SparingBackend>>, first: Isolation) {
    this.#make = make;
    this.#backendOf(first);
  }

  start(options: BackendCellOptions, onEvent: (event: BackendEvent) => void): BackendCell {
    return this.#backendOf(options.isolation ?? "thread").start(options, onEvent);
  }

  /** Isolates without a cell, wherever cells live. */
  get spares(): SpareCount {
    let ready = 0;
    let starting = 0;
    for (const { spares } of this.#made.values()) {
      ready += spares.ready;
      starting += spares.starting;
    }
    return { ready, starting };
  }

  close(): Promise<void> {
    this.#closing ??= Promise.all([...this.#made.values()].map((made) => made.close())).then(
      () => undefined,
    );
    return this.#closing;
  }

  #backendOf(isolation: Isolation): SparingBackend {
    const known = this.#made.get(isolation);
    if (known !== undefined) return known;
    const made = this.#make[isolation]();
    this.#made.set(isolation, made);
    // It refuses the cell that asked for it.
    if (this.#closing !== undefined) void made.close();
    return made;
  }
}
