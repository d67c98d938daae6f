import type { CellEvent, CellOutcome, ExecOptions, Session } from "../../src/index.js";

/** One exec of a case. */
export class CaseCell {
  /** The cell's id, once it is known. */
  readonly id: Promise<string>;
  readonly first: Promise<CellOutcome>;
  readonly #cancel = new AbortController();
  #unseen = 0;
  #isEnded = false;
  #wake: () => void = () => {};

  constructor(session: Session, source: string, options: ExecOptions) {
    let tellId: (id: string) => void = () => {};
    this.id = new Promise((resolve) => {
      tellId = resolve;
    });
    const onEvent = (event: CellEvent): void => {
      tellId(event.cellId);
      if (event.type === "output") this.#unseen += 1;
      if (event.type === "ended") this.#isEnded = true;
      this.#wake();
    };
    this.first = session.exec(source, { ...options, onEvent, signal: this.#cancel.signal });
    this.first.catch(() => {});
  }

  cancel(): void {
    this.#cancel.abort();
  }

  /** Counts what an observation handed over. */
  seen(outcome: CellOutcome): void {
    if (outcome.status !== "missing") this.#unseen -= outcome.output.length;
  }

  /** Resolves when the cell has output that was not observed, or has ended. */
  async news(): Promise<void> {
    while (this.#unseen === 0 && !this.#isEnded) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
