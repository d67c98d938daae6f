import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Files of a test, in a folder of their own. */
export class TestFiles implements Disposable {
  readonly folder: string;
  #files = 0;

  constructor(prefix: string) {
    this.folder = mkdtempSync(join(tmpdir(), `codecell-${prefix}-`));
  }

  /** A name that no file has yet. */
  newName(): string {
    this.#files += 1;
    return join(this.folder, `${this.#files}.db`);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}
