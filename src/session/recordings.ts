import { invalidOption } from "../base/option-checks.js";
import { callHandler } from "../cell/call-handlers.js";
import type { JournalEntry, JournalWriter } from "../journal/entry.js";
import { JournaledBackend } from "../journal/journaled-backend.js";
import { KeptJournals } from "../journal/kept-journals.js";
import type { CellStarter } from "../protocol/cell-backend.js";

/** What is recorded of a session's cells. */
export class Recordings {
  /** Made for the first cell that is recorded. */
  #journals: KeptJournals | undefined;

  /** The backend, or one that records. */
  starterFor(
    backend: CellStarter,
    ids: { readonly cellId: string; readonly sessionId: string },
    record: boolean | JournalWriter,
  ): CellStarter {
    const write = this.writerOf(record);
    return write === undefined ? backend : new JournaledBackend(backend, { ...ids, write });
  }

  /** Where entries go; undefined where nothing is recorded. */
  writerOf(record: boolean | JournalWriter): JournalWriter | undefined {
    if (record === false) return undefined;
    if (record !== true) return (entry) => callHandler("record", record, entry);
    this.#journals ??= new KeptJournals();
    return this.#journals.write;
  }

  /** @throws {CodeModeError} ERR_INVALID_OPTION if there is no journal of this cell. */
  of(cellId: string): readonly JournalEntry[] {
    const entries = this.#journals?.of(cellId);
    if (entries !== undefined) return entries;
    throw invalidOption(
      "cellId",
      "that of a cell which was recorded with the option record: true and is among the last ones",
      cellId,
    );
  }
}
