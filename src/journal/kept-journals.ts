import type { JournalEntry, JournalWriter } from "./entry.js";

/** What the journals of one session have together, as `sizeOf` counts it. */
const maxSize = 64 * 1024 * 1024;

/** What an entry counts with for each of its values, besides the texts. */
const valueSize = 16;

/** The journals of the last cells of a session. The oldest is dropped where they get too large. */
export class KeptJournals {
  readonly #journals = new Map<string, { readonly entries: JournalEntry[]; size: number }>();
  #size = 0;

  readonly write: JournalWriter = (entry) => {
    if (entry.kind === "opened") this.#journals.set(entry.cellId, { entries: [], size: 0 });
    const journal = this.#journals.get(entry.cellId);
    // It has been dropped.
    if (journal === undefined) return;
    const size = sizeOf(entry);
    journal.entries.push(entry);
    journal.size += size;
    this.#size += size;
    if (this.#size > maxSize) this.#dropOldest();
  };

  of(cellId: string): readonly JournalEntry[] | undefined {
    const journal = this.#journals.get(cellId);
    return journal && [...journal.entries];
  }

  #dropOldest(): void {
    for (const [cellId, { size }] of this.#journals) {
      if (this.#size <= maxSize) return;
      this.#journals.delete(cellId);
      this.#size -= size;
    }
  }
}

/** UTF-16 units of all texts of a plain value, and something for each value. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return valueSize + value.length;
  if (typeof value !== "object" || value === null) return valueSize;
  return Object.values(value).reduce<number>((sum, member) => sum + sizeOf(member), valueSize);
}
