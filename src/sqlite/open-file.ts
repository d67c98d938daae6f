import { builtin } from "../base/builtin.js";
import { describeThrown } from "../base/describe-value.js";
import { CodeModeError } from "../base/errors.js";
import { type Database, type OpenDatabase, sqliteBinding } from "./database.js";
import type { StoreRequest, WorkerSetup } from "./requests.js";
import { checkSchema, prepareSchema } from "./schema.js";
import { StoreTables } from "./tables.js";

const reads: ReadonlySet<StoreRequest["type"]> = new Set(["read", "find", "cells", "values"]);

/** The open file of a store, on the thread of its worker. */
export class OpenFile {
  readonly #file: string;
  readonly #database: Database;
  /**
   * The file beside it, locked for as long as this is open: the system gives the lock up with the process,
   * however that ends. Undefined where it only reads.
   */
  readonly #owner: Database | undefined;
  readonly #tables: StoreTables;
  readonly #inode: bigint;

  /**
   * @throws {CodeModeError} ERR_STORE_UNAVAILABLE, ERR_PACKAGE_MISSING.
   */
  constructor({ file, readOnly, sync }: WorkerSetup) {
    const open = sqliteBinding();
    this.#file = file;
    if (readOnly && !builtin("node:fs").existsSync(file)) throw unavailable(file, "there is none");
    this.#owner = readOnly ? undefined : lock(open, file);
    try {
      this.#database = open(file, { readOnly });
      // A reader may be there, or one that was killed may have left its work.
      this.#database.exec("PRAGMA busy_timeout = 5000");
      if (readOnly) checkSchema(this.#database, file);
      else {
        this.#database.exec("PRAGMA journal_mode = WAL");
        this.#database.exec(`PRAGMA synchronous = ${sync === "full" ? "FULL" : "NORMAL"}`);
        prepareSchema(this.#database, file);
      }
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
      if (writes && this.#owner === undefined) throw new Error("it was opened to be read only");
      this.#database.exec(writes ? "BEGIN IMMEDIATE" : "BEGIN");
      try {
        const answers = requests.map((request) => this.#tables.answer(request));
        this.#database.exec("COMMIT");
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

  /** Where the system refused to write, SQLite may have rolled back already. */
  #rollBack(): void {
    try {
      this.#database.exec("ROLLBACK");
    } catch {}
  }
}

function lock(open: OpenDatabase, file: string): Database {
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

function unavailable(file: string, why: string, cause?: unknown): CodeModeError {
  return new CodeModeError(
    "ERR_STORE_UNAVAILABLE",
    `The store ${file} cannot be used: ${why.replace(/\.$/, "")}.`,
    cause === undefined ? {} : { cause },
  );
}
