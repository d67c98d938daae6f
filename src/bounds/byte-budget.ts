/** Bytes that many may hold together, within what an outer budget allows. */
export class ByteBudget {
  readonly #limit: number;
  readonly #outer: ByteBudget | undefined;
  #taken = 0;

  constructor(limit: number, outer?: ByteBudget) {
    this.#limit = limit;
    this.#outer = outer;
  }

  /** Takes so many, or none: then it says how many there are at most where it is tightest. */
  take(bytes: number): { readonly limit: number } | undefined {
    if (this.#taken + bytes > this.#limit) return { limit: this.#limit };
    const refusal = this.#outer?.take(bytes);
    if (refusal === undefined) this.#taken += bytes;
    return refusal;
  }

  giveBack(bytes: number): void {
    this.#taken -= bytes;
    this.#outer?.giveBack(bytes);
  }
}
