import { CodeModeError } from "../base/errors.js";
import type { JournalEntry } from "./entry.js";
import { entryFault } from "./entry-faults.js";

/** One line for each entry, which ends it. */
export function journalLine(entry: JournalEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

/**
 * Reads a journal in lines, as `journalLine` writes them. A last line that was not written to its end, as a
 * crash leaves it, is left out.
 *
 * @throws {CodeModeError} ERR_INVALID_JOURNAL, naming the line.
 */
export function readJournal(text: string): JournalEntry[] {
  const lines = text.split("\n");
  const torn = lines.pop() ?? "";
  const entries = lines.flatMap((line, index) =>
    line.trim() === "" ? [] : [readEntry(line, index + 1)],
  );
  if (entries.length > 0 || torn.trim() === "") return entries;
  throw invalid(1, "no line is complete; the file is no journal, or a crash cut it off");
}

/** The entries of each cell, in the order in which the cells were started. */
export function byCell(entries: readonly JournalEntry[]): readonly (readonly JournalEntry[])[] {
  const cells = new Map<string, JournalEntry[]>();
  for (const entry of entries) {
    const key = JSON.stringify([entry.sessionId, entry.cellId]);
    const known = cells.get(key);
    if (known === undefined) cells.set(key, [entry]);
    else known.push(entry);
  }
  return [...cells.values()];
}

/**
 * Checks that an object is an entry of a journal.
 *
 * @param number - Of its line, for the error.
 * @throws {CodeModeError} ERR_INVALID_JOURNAL, naming the line.
 */
export function checkEntry(entry: unknown, number: number): JournalEntry {
  const fault = entryFault(entry);
  if (fault !== undefined) throw invalid(number, fault);
  return entry as JournalEntry;
}

function readEntry(line: string, number: number): JournalEntry {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    throw invalid(number, "it is no JSON");
  }
  return checkEntry(entry, number);
}

function invalid(line: number, why: string): CodeModeError {
  return new CodeModeError(
    "ERR_INVALID_JOURNAL",
    `Line ${line} of the journal cannot be read: ${why}.`,
  );
}
