/** Numbers that look random, and are the same for the same seed. */
export class Random {
  #state;

  constructor(/** @type {number} */ seed) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to one below the bound. @param {number} bound */
  below(bound) {
    this.#state = (this.#state * 1664525 + 1013904223) % 2 ** 32;
    return Math.floor((this.#state / 2 ** 32) * bound);
  }

  /**
   * @template T
   * @param {readonly T[]} list - With one member at least.
   */
  pick(list) {
    return /** @type {T} */ (list[this.below(list.length)]);
  }
}
