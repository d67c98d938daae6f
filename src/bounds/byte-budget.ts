/** Bytes that several holders may have reserved together, within what an outer budget allows. */
export class ByteBudget {
  readonly #limit: number;
  readonly #outer: ByteBudget | undefined;
  #taken = 0;

  constructor(limit: number, outer?: ByteBudget) {
    this.#limit = limit;
    this.#outer = outer;
  }

  /** Bytes that are reserved now. */
  get taken(): number {
    return this.#taken;
  }

  /** Reserves all the bytes or none; on refusal returns the limit that is too small. */
  take(bytes: number): { readonly limit: number } | undefined {
    if (this.#taken + bytes > this.#limit) return { limit: this.#limit };
    const refusal = this.#outer?.take(bytes);
    if (refusal === undefined) this.#taken += bytes;
    return refusal;
  }

  /** Releases bytes that `take` has reserved. */
  giveBack(bytes: number): void {
    this.#taken -= bytes;
    this.#outer?.giveBack(bytes);
  }
}
