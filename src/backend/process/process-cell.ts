import type { BackendCell, BackendCommand, BackendUsage } from "../../protocol/cell-backend.js";
import type { CellListener, IsolatedProcess } from "./isolated-process.js";

/** How many processes a cell may lose before it has started in one. */
const maxLost = 4;

/**
 * A cell, and the process that it lives in. A process that is lost before the cell has started has told
 * nothing of it and called nothing, so the cell begins in another.
 */
export class ProcessCell implements BackendCell {
  #process: IsolatedProcess;
  #lost = 0;

  /** @param begin - Begins the cell in a process: in one that was kept ready, or in a fresh one. */
  constructor(
    begin: (listener: CellListener, how: { readonly isFresh: boolean }) => IsolatedProcess,
    listener: Omit<CellListener, "onLost">,
  ) {
    const withRestart: CellListener = {
      ...listener,
      onLost: () => {
        this.#lost += 1;
        if (this.#lost > maxLost) return false;
        this.#process = begin(withRestart, { isFresh: true });
        return true;
      },
    };
    this.#process = begin(withRestart, { isFresh: false });
  }

  send(command: BackendCommand): void {
    this.#process.send(command);
  }

  sample(): Promise<BackendUsage> {
    return this.#process.sample();
  }

  terminate(): void {
    this.#process.terminate();
  }
}
