/** The clock of one recorded cell: whole milliseconds since the epoch. It never goes back. */
export class CellClock {
  readonly #base = Date.now() - performance.now();

  now(): number {
    return Math.floor(this.#base + performance.now());
  }
}
