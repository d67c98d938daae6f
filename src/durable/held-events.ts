import type { DurableJournal } from "./durable-journal.js";

/** One thing that is delivered when the journal is durable up to a place. */
export interface HeldEvent<Item> {
  readonly upTo: number;
  readonly item: Item;
}

/** What waits for the disk, in order: nothing overtakes what came before it. */
export class HeldEvents<Item> {
  readonly #journal: DurableJournal;
  readonly #deliver: (item: Item) => void;
  #held: HeldEvent<Item>[] = [];

  constructor(journal: DurableJournal, deliver: (item: Item) => void) {
    this.#journal = journal;
    this.#deliver = deliver;
  }

  /** @param upTo - How many records must be durable before; 0 waits only for what came before. */
  pass(item: Item, upTo: number): void {
    if (this.#held.length === 0 && this.#journal.isDurable(upTo)) {
      this.#deliver(item);
      return;
    }
    this.#held.push({ item, upTo });
    this.#journal.flush();
  }

  /** Whether all that waits is such. */
  hasOnly(isSuch: (item: Item) => boolean): boolean {
    return this.#held.every(({ item }) => isSuch(item));
  }

  /** More is durable than before. */
  release(): void {
    while (this.#held[0] !== undefined && this.#journal.isDurable(this.#held[0].upTo)) {
      const [{ item }] = this.#held.splice(0, 1) as [HeldEvent<Item>];
      this.#deliver(item);
    }
    if (this.#held.length > 0) this.#journal.flush();
  }

  /** Takes out all that waits. */
  takeAll(): readonly Item[] {
    return this.#held.splice(0).map(({ item }) => item);
  }
}
