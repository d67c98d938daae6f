import type { Passed } from "../protocol/cell-backend.js";

/** The end of a cell, kept for somebody who has not come for it. */
export interface KeptEnd {
  /** Forgets the end, and gives its bytes back. */
  drop(): void;
}

/**
 * What the cells of a session have handed out and nobody has observed yet, in bytes of the host's
 * memory, within what the runtime's sessions may keep together.
 */
export class UnseenBytes {
  readonly #limit: number;
  #outer: UnseenBytes | undefined;
  /** The oldest first. */
  readonly #ends = new Set<KeptEnd>();
  #bytes = 0;

  constructor(limit: number, outer?: UnseenBytes) {
    this.#limit = limit;
    this.#outer = outer;
  }

  /**
   * Counts what a cell has handed out; where it is too much, ends are dropped, the oldest first, until
   * it is not.
   *
   * @returns What is passed all the same.
   */
  add(bytes: number): Passed | undefined {
    const passedOuter = this.#outer?.add(bytes);
    this.#bytes += bytes;
    for (const end of this.#ends) {
      if (this.#bytes <= this.#limit) break;
      end.drop();
    }
    return this.#bytes > this.#limit ? { allowed: this.#limit, used: this.#bytes } : passedOuter;
  }

  /** It has been observed, or is gone. */
  remove(bytes: number): void {
    this.#bytes -= bytes;
    this.#outer?.remove(bytes);
  }

  keep(end: KeptEnd): void {
    this.#ends.add(end);
    this.#outer?.keep(end);
  }

  /** What the session still has, after its close, is the session's alone. */
  leaveOuter(): void {
    this.#outer?.remove(this.#bytes);
    for (const end of this.#ends) this.#outer?.release(end);
    this.#outer = undefined;
  }

  /** It has been handed out, or dropped. */
  release(end: KeptEnd): void {
    this.#ends.delete(end);
    this.#outer?.release(end);
  }
}
