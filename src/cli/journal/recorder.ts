import { closeSync, openSync, writeFileSync } from "node:fs";
import type { JournalEntry } from "../../journal/entry.js";
import { journalLine } from "../../journal/read-journal.js";
import { cannotWrite } from "./files.js";

/** What a run is to leave behind. */
export interface RecordingOptions {
  /** The file that gets the journal. */
  readonly record?: string;
  /** The file that gets the timeline. */
  readonly timeline?: string;
}

/** Writes the journal of a run's cells as it grows, and the timeline at its end. */
export class Recorder implements Disposable {
  readonly #options: RecordingOptions;
  readonly #entries: JournalEntry[] = [];
  #file: number | undefined;
  #failure: unknown;

  /** @throws {UsageError} If a file cannot be written: before any cell runs. */
  constructor(options: RecordingOptions) {
    this.#options = options;
    const { record, timeline } = options;
    // Its old page stays until there is a new one.
    if (timeline !== undefined) closeSync(openFile(timeline, "a"));
    if (record !== undefined) this.#file = openFile(record, "w");
  }

  readonly write = (entry: JournalEntry): void => {
    if (this.#options.timeline !== undefined) this.#entries.push(entry);
    if (this.#file === undefined || this.#failure !== undefined) return;
    try {
      // At once: what follows may be what ends this process.
      writeFileSync(this.#file, journalLine(entry));
    } catch (error) {
      this.#failure = error;
    }
  };

  /**
   * Writes what is written at the end.
   *
   * @throws {UsageError} If a file could not be written.
   */
  async finish(): Promise<void> {
    const { record, timeline } = this.#options;
    if (record !== undefined && this.#failure !== undefined)
      throw cannotWrite(record, this.#failure);
    if (timeline === undefined) return;
    const { writeTimeline } = await import("./write-timeline.js");
    writeTimeline(timeline, this.#entries);
  }

  [Symbol.dispose](): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

function openFile(file: string, flags: "a" | "w"): number {
  try {
    return openSync(file, flags, 0o600);
  } catch (error) {
    throw cannotWrite(file, error);
  }
}
