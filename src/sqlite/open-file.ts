import { builtin } from "../base/builtin.js";
import { describeThrown } from "../base/describe-value.js";
import { CodeModeError } from "../base/errors.js";
import { type Database, type OpenDatabase, sqliteBinding } from "./database.js";
import { makePrivate, placeOf, unavailable } from "./file-place.js";
import type { StoreRequest, WorkerSetup } from "./requests.js";
import { checkSchema, prepareSchema, schemaVersion } from "./schema.js";
import { StoreTables } from "./tables.js";

const reads: ReadonlySet<StoreRequest["type"]> = new Set([
  "read",
  "find",
  "cells",
  "values",
  "approvals",
]);

/** What any process may do while another runs cells of the file. */
const guests: ReadonlySet<StoreRequest["type"]> = new Set(["approvals", "decide"]);

/**
 * How a file is opened: `owner`: to run cells of it, by one process at a time; `guest`: to answer questions;
 * `reader`: to look at it.
 */
export type Access = "owner" | "guest" | "reader";

/** What is needed of a file that is there, or is not, for these requests. */
export function accessFor(
  { file, readOnly }: WorkerSetup,
  requests: readonly StoreRequest[],
): Access {
  if (readOnly) return "reader";
  const isGuest = requests.every(({ type }) => guests.has(type));
  return isGuest && builtin("node:fs").existsSync(file) ? "guest" : "owner";
}

/** The open file of a store, on the thread of its worker. */
export class OpenFile {
  readonly #file: string;
  readonly #database: Database;
  /**
   * The file beside it, locked for as long as this is open: the system gives the lock up with the process,
   * however that ends. Undefined where it runs no cells.
   */
  readonly #owner: Database | undefined;
  readonly #tables: StoreTables;
  readonly #inode: bigint;
  readonly access: Access;

  /**
   * @throws {CodeModeError} ERR_STORE_UNAVAILABLE, ERR_PACKAGE_MISSING.
   */
  constructor({ file: name, sync }: WorkerSetup, access: Access) {
    const open = sqliteBinding();
    const file = placeOf(name);
    this.#file = file;
    this.access = access;
    const readOnly = access === "reader";
    if (readOnly && !builtin("node:fs").existsSync(file)) throw unavailable(file, "there is none");
    if (access === "owner") makePrivate(file);
    this.#owner = access === "owner" ? lock(open, file) : undefined;
    try {
      this.#database = open(file, { readOnly });
      // A reader may be there, or one that was killed may have left its work.
      this.#database.exec("PRAGMA busy_timeout = 5000");
      if (access === "owner") {
        this.#database.exec("PRAGMA journal_mode = WAL");
        prepareSchema(this.#database, file);
      } else if (checkSchema(this.#database, file) < schemaVersion) {
        throw unavailable(
          file,
          "an older codecell made it; the next process that runs cells upgrades it",
        );
      }
      // What was deleted is overwritten, and cannot be found in the file.
      if (!readOnly) this.#database.exec("PRAGMA secure_delete = ON");
      this.#database.exec(`PRAGMA synchronous = ${sync === "full" ? "FULL" : "NORMAL"}`);
      this.#tables = new StoreTables(this.#database);
      this.#inode = inodeOf(file);
    } catch (thrown) {
      this.#owner?.close();
      if (thrown instanceof CodeModeError) throw thrown;
      throw unavailable(file, describeThrown(thrown), thrown);
    }
  }

  /**
   * Answers all, in one transaction.
   *
   * @throws {CodeModeError} ERR_STORE_UNAVAILABLE; then nothing was written.
   */
  answer(requests: readonly StoreRequest[]): readonly unknown[] {
    try {
      // SQLite goes on with a file that has been deleted, and so would lose all that it writes.
      if (inodeOf(this.#file) !== this.#inode) throw new Error("the file was replaced");
      const writes = requests.some(({ type }) => !reads.has(type));
      if (writes && this.access === "reader") throw new Error("it was opened to be read only");
      this.#database.exec(writes ? "BEGIN IMMEDIATE" : "BEGIN");
      try {
        const answers = requests.map((request) => this.#tables.answer(request));
        this.#database.exec("COMMIT");
        if (requests.some(({ type }, index) => type === "forget" && answers[index] !== 0)) {
          this.#emptyLog();
        }
        return answers;
      } catch (thrown) {
        this.#rollBack();
        throw thrown;
      }
    } catch (thrown) {
      throw unavailable(this.#file, describeThrown(thrown), thrown);
    }
  }

  close(): void {
    this.#database.close();
    this.#owner?.close();
  }

  /** Where what was deleted stands too. A reader may be in the way: then the next one, or the close, does it. */
  #emptyLog(): void {
    try {
      this.#database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {}
  }

  /** Where the system refused to write, SQLite may have rolled back already. */
  #rollBack(): void {
    try {
      this.#database.exec("ROLLBACK");
    } catch {}
  }
}

/**
 * The file beside the file of a store, locked: nobody else runs cells of it until this is closed.
 *
 * @throws {CodeModeError} ERR_STORE_UNAVAILABLE if another store has it.
 */
export function lock(open: OpenDatabase, file: string): Database {
  const name = `${file}-owner`;
  let database: Database | undefined;
  try {
    database = open(name, { readOnly: false });
    database.exec("PRAGMA busy_timeout = 0");
    database.exec("BEGIN EXCLUSIVE");
    return database;
  } catch (thrown) {
    database?.close();
    const why = describeThrown(thrown);
    if (!/locked|busy/i.test(why)) throw unavailable(name, why, thrown);
    throw unavailable(
      file,
      "another store has it open, in this process or another; only one may write to it",
      thrown,
    );
  }
}

function inodeOf(file: string): bigint {
  return builtin("node:fs").statSync(file, { bigint: true }).ino;
}
