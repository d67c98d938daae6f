import { refuseSealed } from "../durable/sealed.js";
import type { DurableStore } from "../durable/store.js";

/** What a store has of the values of one session. */
export class DurableValues {
  readonly #store: DurableStore;
  readonly #sessionId: string;
  #loaded: Promise<readonly string[]> | undefined;
  /** Of those that were loaded last, where the store has versions of them. */
  #version: string | undefined;

  constructor(store: DurableStore, sessionId: string) {
    this.#store = store;
    this.#sessionId = sessionId;
  }

  /**
   * Those of the session's earlier cells: key, JSON text, … Reads them once.
   *
   * @throws {CodeModeError} ERR_STORE_UNAVAILABLE, ERR_STORE_KEY; the next call tries again.
   */
  load(): Promise<readonly string[]> {
    this.#loaded ??= this.#read().catch((thrown: unknown) => {
      this.#loaded = undefined;
      throw thrown;
    });
    return this.#loaded;
  }

  /** Reads the session's values from the store. Undefined if no cell has changed them since the last call. */
  async reload(): Promise<readonly string[] | undefined> {
    const store = this.#store;
    if (store.valuesSince === undefined) return this.#read();
    const found = await store.valuesSince(this.#sessionId, this.#version);
    if (found.type === "same") return undefined;
    const values = this.#checked(found.values);
    this.#version = found.version;
    return values;
  }

  async #read(): Promise<readonly string[]> {
    return this.#checked(await this.#store.values(this.#sessionId));
  }

  #checked(values: readonly string[]): readonly string[] {
    for (const [index, text] of values.entries()) {
      if (index % 2 === 1) refuseSealed(text, `A stored value of the session ${this.#sessionId}`);
    }
    return values;
  }
}
