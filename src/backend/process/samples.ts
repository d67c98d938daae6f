import type { BackendUsage } from "../../protocol/cell-backend.js";

/** Milliseconds after which a process that is asked what it has used counts as one that does not answer. */
const maxSampleMs = 5_000;

/** Questions to a process about what it has used, each with a number. */
export class Samples {
  readonly #open = new Map<number, (usage: BackendUsage) => void>();
  #last = 0;

  /**
   * Resolves with the answer. Who waits for a cell must not wait for a process that hangs: without an answer it
   * resolves with what is known by then.
   */
  ask(send: (number: number) => void, known: () => BackendUsage): Promise<BackendUsage> {
    this.#last = (this.#last + 1) % 2 ** 32;
    const number = this.#last;
    return new Promise((resolve) => {
      const late = setTimeout(() => this.answer(number, known()), maxSampleMs);
      this.#open.set(number, (usage) => {
        clearTimeout(late);
        resolve(usage);
      });
      send(number);
    });
  }

  answer(number: number, usage: BackendUsage): void {
    const resolve = this.#open.get(number);
    this.#open.delete(number);
    resolve?.(usage);
  }

  /** Answers all, where the process answers no more. */
  end(usage: BackendUsage): void {
    for (const number of [...this.#open.keys()]) this.answer(number, usage);
  }
}
