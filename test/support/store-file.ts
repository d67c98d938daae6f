import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file for a store, in a folder of its own. */
export class StorePlace implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "codecell-served-"));

  get path(): string {
    return join(this.#folder, "cells.db");
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
