import { inSlices } from "../base/slices.js";

/** What the cells of one session have stored: JSON texts by key. */
export class SessionValues {
  readonly #values = new Map<string, string>();
  #snapshot: readonly string[] | undefined;

  /** @param writes - Key, JSON text, key, JSON text, … */
  merge(writes: readonly string[]): void {
    if (writes.length === 0) return;
    for (let i = 0; i < writes.length; i += 2) {
      const key = writes[i];
      const json = writes[i + 1];
      if (key !== undefined && json !== undefined) this.#values.set(key, json);
    }
    this.#snapshot = undefined;
  }

  /** Has these and no others. */
  replace(values: readonly string[]): void {
    this.#values.clear();
    this.merge(values);
  }

  /**
   * A list for a cell: key, JSON text, key, JSON text, …; undefined where nothing is stored. The same
   * list until a value changes.
   */
  snapshot(): readonly string[] | undefined {
    if (this.#values.size === 0) return undefined;
    this.#snapshot ??= [...this.#values].flat();
    return this.#snapshot;
  }

  /** Fresh copies, made in slices. Every key is a property of its own, `__proto__` too. */
  async toObject(): Promise<Readonly<Record<string, unknown>>> {
    const entries: (readonly [string, unknown])[] = [];
    await inSlices([...this.#values], ([key, json]) => {
      entries.push([key, JSON.parse(json) as unknown]);
    });
    return Object.fromEntries(entries) as Record<string, unknown>;
  }
}
