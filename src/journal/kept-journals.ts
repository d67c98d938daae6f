import type { JournalEntry, JournalWriter } from "./entry.js";

/** UTF-16 units of JSON text that the journals of one session have together. */
const maxLength = 64 * 1024 * 1024;

/** The journals of the last cells of a session. The oldest is dropped where they get too large. */
export class KeptJournals {
  readonly #journals = new Map<string, { readonly entries: JournalEntry[]; length: number }>();
  #length = 0;

  readonly write: JournalWriter = (entry) => {
    const { length } = JSON.stringify(entry);
    if (entry.kind === "opened") this.#journals.set(entry.cellId, { entries: [], length: 0 });
    const journal = this.#journals.get(entry.cellId);
    // It has been dropped.
    if (journal === undefined) return;
    journal.entries.push(entry);
    journal.length += length;
    this.#length += length;
    if (this.#length > maxLength) this.#dropOldest();
  };

  of(cellId: string): readonly JournalEntry[] | undefined {
    const journal = this.#journals.get(cellId);
    return journal && [...journal.entries];
  }

  #dropOldest(): void {
    for (const [cellId, { length }] of this.#journals) {
      if (this.#length <= maxLength) return;
      this.#journals.delete(cellId);
      this.#length -= length;
    }
  }
}
