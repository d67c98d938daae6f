/** The clock of one recorded cell: whole milliseconds since the epoch. It never goes back. */
export class CellClock {
  readonly #base: number;

  /** @param from - What it shows at least. */
  constructor(from = 0) {
    this.#base = Math.max(from, Date.now()) - performance.now();
  }

  now(): number {
    return Math.floor(this.#base + performance.now());
  }
}
