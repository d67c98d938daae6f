import { readFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import type { JournalEntry } from "../../journal/entry.js";
import { byCell, readJournal } from "../../journal/read-journal.js";
import { UsageError } from "../usage-error.js";

/**
 * The journals of the cells in a file.
 *
 * @throws {UsageError} If the file cannot be read.
 * @throws {CodeModeError} ERR_INVALID_JOURNAL.
 */
export function readCells(file: string): readonly (readonly JournalEntry[])[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${reason(error)}`);
  }
  const cells = byCell(readJournal(text));
  if (cells.length === 0) throw new UsageError(`there is no cell in ${file}`);
  const headless = cells.find(([first]) => first?.kind !== "opened")?.[0];
  if (headless !== undefined) {
    const came = `the entry "${headless.kind}"`;
    throw new UsageError(
      `${file} has no beginning of cell ${headless.cellId}: its first line must be the entry "opened", and is ${came}`,
    );
  }
  return cells;
}

export function cannotWrite(file: string, error: unknown): UsageError {
  return new UsageError(`cannot write ${file}: ${reason(error)}`);
}

/** The path of a file that belongs to a journal, in its folder. */
export function besides(file: string, ending: string): string {
  return join(dirname(file), basename(file, extname(file)) + ending);
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
