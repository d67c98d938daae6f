import type { MissingReason } from "../protocol/outcome.js";

/** Ids that are kept; of older ones it is said that their ends were given. */
const maxKept = 1_000;

/** The last ids whose ends nobody was given, and why. */
export class UngivenEnds {
  readonly #reasons = new Map<string, "dropped" | "refused">();

  add(id: string, reason: "dropped" | "refused"): void {
    this.#reasons.set(id, reason);
    const [oldest] = this.#reasons.keys();
    if (this.#reasons.size > maxKept && oldest !== undefined) this.#reasons.delete(oldest);
  }

  /**
   * Why there is no cell of an id.
   *
   * @param lastId - Ids count up from 1 to this one, so those that were given need not be kept.
   */
  reasonOf(id: string, lastId: number): MissingReason {
    const kept = this.#reasons.get(id);
    if (kept !== undefined) return kept;
    const isOne = /^[1-9]\d{0,15}$/.test(id) && Number(id) <= lastId;
    return isOne ? "given" : "unknown";
  }
}
