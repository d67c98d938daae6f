import { writeFileSync } from "node:fs";
import type { JournalEntry } from "../../journal/entry.js";
import { byCell } from "../../journal/read-journal.js";
import { type SessionContext, tellFailure } from "../open-session.js";
import { besides, cannotWrite, readCells } from "./files.js";
import { timelinePage } from "./timeline-page.js";

/**
 * Writes the timeline of the cells of a file.
 *
 * @returns The exit code.
 */
export async function timelineOfFile(
  file: string,
  { out = besides(file, ".html") }: { readonly out?: string },
  context: SessionContext,
): Promise<number> {
  try {
    writePage(out, readCells(file));
    context.terminal.note(`The timeline is in ${out}`);
    return 0;
  } catch (error) {
    return tellFailure(error, context).exitCode;
  }
}

/** @throws {UsageError} If the file cannot be written. */
export function writeTimeline(out: string, entries: readonly JournalEntry[]): void {
  writePage(out, byCell(entries));
}

function writePage(out: string, cells: readonly (readonly JournalEntry[])[]): void {
  try {
    // It has the inputs and results of all calls, as the journal.
    writeFileSync(out, timelinePage(cells), { mode: 0o600 });
  } catch (error) {
    throw cannotWrite(out, error);
  }
}
