import type { Passed } from "../protocol/cell-backend.js";

/** The end of a cell, kept until it is asked for. */
export interface KeptEnd {
  /** Forgets the end, and gives its bytes back. */
  drop(): void;
}

/**
 * What the cells of a session have handed out and no observation has taken yet, in bytes of the host's
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

  /** Bytes that are counted now. */
  get held(): number {
    return this.#bytes;
  }

  /**
   * Counts what a cell has handed out. Where that passes the limit, kept ends are dropped, the oldest
   * first, until it does not.
   *
   * @returns The limit, where dropping every end has not sufficed.
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

  /** Counts bytes that were observed or dropped no longer. */
  remove(bytes: number): void {
    this.#bytes -= bytes;
    this.#outer?.remove(bytes);
  }

  /** The end may be dropped from now on, to make room. */
  keep(end: KeptEnd): void {
    this.#ends.add(end);
    this.#outer?.keep(end);
  }

  /** The session has been closed: what it still keeps no longer counts for the runtime. */
  leaveOuter(): void {
    this.#outer?.remove(this.#bytes);
    for (const end of this.#ends) this.#outer?.release(end);
    this.#outer = undefined;
  }

  /** The end has been handed out or dropped, so it cannot make room any more. */
  release(end: KeptEnd): void {
    this.#ends.delete(end);
    this.#outer?.release(end);
  }
}
