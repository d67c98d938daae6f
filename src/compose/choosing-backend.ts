import type {
  BackendCell,
  BackendCellOptions,
  BackendEvent,
  CellBackend,
  Isolation,
} from "../protocol/cell-backend.js";

/** Starts each cell where its options say, and makes a backend when the first cell asks for it. */
export class ChoosingBackend implements CellBackend {
  readonly #make: Readonly<Record<Isolation, () => CellBackend>>;
  readonly #made = new Map<Isolation, CellBackend>();
  #closing: Promise<void> | undefined;

  /** @param first - What most cells ask for: its backend is made at once. */
  constructor(make: Readonly<Record<Isolation, () => CellBackend>>, first: Isolation) {
    this.#make = make;
    this.#backendOf(first);
  }

  start(options: BackendCellOptions, onEvent: (event: BackendEvent) => void): BackendCell {
    return this.#backendOf(options.isolation ?? "thread").start(options, onEvent);
  }

  close(): Promise<void> {
    this.#closing ??= Promise.all([...this.#made.values()].map((made) => made.close())).then(
      () => undefined,
    );
    return this.#closing;
  }

  #backendOf(isolation: Isolation): CellBackend {
    const known = this.#made.get(isolation);
    if (known !== undefined) return known;
    const made = this.#make[isolation]();
    this.#made.set(isolation, made);
    // It refuses the cell that asked for it.
    if (this.#closing !== undefined) void made.close();
    return made;
  }
}
