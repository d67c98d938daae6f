import { CodeModeError } from "../base/errors.js";
import type { Database } from "./database.js";

/** "cell" in ASCII: says whose file it is. */
const applicationId = 0x63656c6c;

const tables = `
  CREATE TABLE cells (
    id TEXT PRIMARY KEY,
    session TEXT NOT NULL,
    status TEXT NOT NULL,
    owner TEXT,
    epoch INTEGER NOT NULL,
    next_seq INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX cells_by_session ON cells (session);
  CREATE INDEX cells_by_end ON cells (ended_at) WHERE ended_at IS NOT NULL;
  CREATE TABLE journal (
    cell TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (cell, seq)
  ) WITHOUT ROWID;
  CREATE TABLE stored_values (
    session TEXT NOT NULL,
    key TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (session, key)
  ) WITHOUT ROWID;`;

/** The questions about calls, each with the record that asked it. */
const approvals = `
  CREATE TABLE approvals (
    id TEXT PRIMARY KEY,
    cell TEXT NOT NULL,
    seq INTEGER NOT NULL,
    decided_at INTEGER,
    decision TEXT
  ) WITHOUT ROWID;
  CREATE INDEX approvals_by_cell ON approvals (cell);`;

/** What makes the tables of each version, from 1, of those of the version before. */
const steps: readonly string[] = [tables, approvals];

/** The version of the tables that this release writes, and the newest that it reads. */
export const schemaVersion: number = steps.length;

/**
 * Makes the tables where the file is new, and those that are missing where it is an older codecell's.
 *
 * @throws {CodeModeError} ERR_STORE_UNAVAILABLE if the file is another program's, or a newer codecell's.
 */
export function prepareSchema(database: Database, file: string): void {
  if (!isUnused(database)) checkSchema(database, file);
  for (let version = pragma(database, "user_version"); version < schemaVersion; version += 1) {
    database.exec(
      `BEGIN IMMEDIATE; ${steps[version]} PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${version + 1}; COMMIT`,
    );
  }
}

/**
 * The version of its tables.
 *
 * @throws {CodeModeError} ERR_STORE_UNAVAILABLE if the file is another program's, or a newer codecell's.
 */
export function checkSchema(database: Database, file: string): number {
  if (pragma(database, "application_id") !== applicationId) {
    if (isUnused(database)) {
      throw new CodeModeError("ERR_STORE_UNAVAILABLE", `${file} is empty: no cell was kept in it.`);
    }
    throw new CodeModeError(
      "ERR_STORE_UNAVAILABLE",
      `${file} is a database of another program; give the store a file of its own.`,
    );
  }
  const version = pragma(database, "user_version");
  if (version < 1) {
    throw new CodeModeError(
      "ERR_STORE_UNAVAILABLE",
      `${file} is damaged: it is of version ${version}.`,
    );
  }
  if (version > schemaVersion) {
    throw new CodeModeError(
      "ERR_STORE_UNAVAILABLE",
      `${file} is of version ${version}, and this codecell reads up to version ${schemaVersion}; use a newer codecell.`,
    );
  }
  return version;
}

function pragma(database: Database, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

/** As a file is that has just been made. */
function isUnused(database: Database): boolean {
  return (
    pragma(database, "user_version") === 0 &&
    pragma(database, "application_id") === 0 &&
    database.prepare("SELECT name FROM sqlite_schema LIMIT 1").get() === undefined
  );
}
