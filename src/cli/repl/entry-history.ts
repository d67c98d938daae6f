import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stateFolder } from "../../base/user-folders.js";

const size = 1000;

/**
 * The entries of this and earlier runs, kept in a file with one JSON string a line, the oldest first.
 * Several REPLs may add to one file. A file that cannot be read or written is ignored.
 */
export class EntryHistory {
  readonly size: number = size;
  readonly #file: string | undefined;
  #entries: readonly string[];

  /** @param file - Undefined where entries are forgotten at the end. */
  constructor(file: string | undefined) {
    this.#file = file;
    this.#entries = unique(read(file).reverse());
  }

  /** The newest first, each once. */
  get entries(): readonly string[] {
    return this.#entries;
  }

  add(entry: string): void {
    if (this.#entries[0] === entry) return;
    this.#entries = unique([entry, ...this.#entries]);
    const file = this.#file;
    if (file === undefined) return;
    quietly(() => {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      appendFileSync(file, toLines([entry]), { mode: 0o600 });
    });
  }

  /** Shortens a file that has grown too long. */
  close(): void {
    const file = this.#file;
    const kept = read(file);
    if (file === undefined || kept.length <= size) return;
    quietly(() => {
      const shortened = `${file}.${process.pid}`;
      writeFileSync(shortened, toLines([...unique(kept.reverse())].reverse()), { mode: 0o600 });
      renameSync(shortened, file);
    });
  }
}

/** Where the history is kept: `CODECELL_REPL_HISTORY`, where that is empty nowhere, or with the state. */
export function historyFile(environment: NodeJS.ProcessEnv): string | undefined {
  const { CODECELL_REPL_HISTORY: chosen } = environment;
  if (chosen !== undefined) {
    return chosen === "" ? undefined : chosen;
  }
  const folder = stateFolder(environment);
  return folder && join(folder, "repl-history");
}

function unique(entries: readonly string[]): readonly string[] {
  return [...new Set(entries)].slice(0, size);
}

function toLines(entries: readonly string[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}

function read(file: string | undefined): string[] {
  if (file === undefined) return [];
  try {
    return readFileSync(file, "utf8").split("\n").flatMap(toEntry);
  } catch {
    return [];
  }
}

function toEntry(line: string): readonly string[] {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === "string" ? [entry] : [];
  } catch {
    return [];
  }
}

function quietly(write: () => void): void {
  try {
    write();
  } catch {
    // A home that cannot be written to, a full disk: the next run has a shorter history.
  }
}
