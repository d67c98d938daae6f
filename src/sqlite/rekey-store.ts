import { builtin } from "../base/builtin.js";
import { describeThrown } from "../base/describe-value.js";
import { CodeModeError } from "../base/errors.js";
import { checkOptionsObject, invalidOption } from "../base/option-checks.js";
import { KeyRing, type SealKeys } from "../sealing/seal-keys.js";
import { placeOfDecision, placeOfRecord, placeOfValue } from "../sealing/sealed-places.js";
import { isSealedAnew, openText, type SealedPlace, sealText } from "../sealing/sealed-text.js";
import { type Database, type Row, sqliteBinding, type Value } from "./database.js";
import { placeOf, unavailable } from "./file-place.js";
import { lock } from "./open-file.js";
import { checkSchema } from "./schema.js";

/** Options of `rekeyStore`. */
export interface RekeyOptions {
  /** Stops it between two steps; what was sealed anew by then stays so. */
  readonly signal?: AbortSignal | undefined;
}

/** What `rekeyStore` has done. */
export interface RekeyReport {
  /** Texts that are sealed with their current key now, and were not. */
  readonly rekeyed: number;
  /** Those that were already. */
  readonly current: number;
  /** What could not be opened, because it is damaged, and is as it was: a sentence for each. */
  readonly faults: readonly string[];
}

/** UTF-16 units that one step seals anew, if more than one text fits: meanwhile the event loop waits. */
const unitsAtOnce = 1 << 20;
/** Texts that one step looks at. */
const rowsAtOnce = 256;
/** The key's id and mark are within so many characters. */
const headLength = 100;

/** Where texts of one kind are, in an order in which a step goes on after the one before. */
interface Texts {
  /** Gets the last key of the step before, or the lowest. Rows have `session`, `head` and `length`. */
  readonly list: string;
  readonly lowest: readonly Value[];
  readonly keyOf: (row: Row) => readonly Value[];
  readonly placeOf: (row: Row) => SealedPlace;
  readonly read: string;
  readonly write: string;
}

const idsOf = ({
  cell,
  session,
}: Row): { readonly cellId: string; readonly sessionId: string } => ({
  cellId: String(cell),
  sessionId: String(session),
});

const kinds: readonly Texts[] = [
  {
    list: `SELECT cell, seq, kind, at, session, substr(body, 1, ${headLength}) AS head, length(body) AS length
           FROM journal JOIN cells ON cells.id = cell WHERE (cell, seq) > (?, ?) ORDER BY cell, seq LIMIT ${rowsAtOnce}`,
    lowest: ["", -1],
    keyOf: ({ cell, seq }) => [String(cell), Number(seq)],
    placeOf: (row) => {
      const { seq, kind, at } = row;
      return placeOfRecord(idsOf(row), {
        seq: Number(seq),
        kind: String(kind),
        at: Number(at),
        body: "",
      });
    },
    read: "SELECT body AS text FROM journal WHERE cell = ? AND seq = ?",
    write: "UPDATE journal SET body = ? WHERE cell = ? AND seq = ?",
  },
  {
    list: `SELECT a.id AS id, cell, session, decided_at, substr(decision, 1, ${headLength}) AS head, length(decision) AS length
           FROM approvals a JOIN cells ON cells.id = cell WHERE decision IS NOT NULL AND a.id > ? ORDER BY a.id LIMIT ${rowsAtOnce}`,
    lowest: [""],
    keyOf: ({ id }) => [String(id)],
    placeOf: (row) =>
      placeOfDecision({ ...idsOf(row), approvalId: String(row["id"]) }, Number(row["decided_at"])),
    read: "SELECT decision AS text FROM approvals WHERE id = ?",
    write: "UPDATE approvals SET decision = ? WHERE id = ?",
  },
  {
    list: `SELECT session, key, substr(json, 1, ${headLength}) AS head, length(json) AS length
           FROM stored_values WHERE (session, key) > (?, ?) ORDER BY session, key LIMIT ${rowsAtOnce}`,
    lowest: ["", ""],
    keyOf: ({ session, key }) => [String(session), String(key)],
    placeOf: ({ session, key }) => placeOfValue(String(session), JSON.parse(String(key)) as string),
    read: "SELECT json AS text FROM stored_values WHERE session = ? AND key = ?",
    write: "UPDATE stored_values SET json = ? WHERE session = ? AND key = ?",
  },
];

/**
 * Seals all that a file has anew with the current key, so that earlier keys are no longer needed. No process may run
 * cells of the file meanwhile. It goes on in steps, each a transaction: where it was stopped, or its process was
 * killed, the next call does the rest. What was sealed with earlier keys is overwritten in the file.
 *
 * @param file - Of a `sealedStore(sqliteStore(file), keys)`.
 * @param keys - The current key, and those with which the store was written before.
 * @throws {CodeModeError} ERR_INVALID_OPTION; ERR_STORE_UNAVAILABLE, also if a process has the file;
 *   ERR_STORE_KEY if a key is missing or another, or something is not sealed; ERR_PACKAGE_MISSING.
 * @throws The signal's reason when it is aborted.
 */
export async function rekeyStore(
  file: string,
  keys: SealKeys,
  options: RekeyOptions = {},
): Promise<RekeyReport> {
  if (typeof file !== "string" || file === "") throw invalidOption("file", "a path", file);
  checkOptionsObject("the options of rekeyStore", options, ["signal"]);
  const ring = new KeyRing(keys);
  const open = sqliteBinding();
  const place = placeOf(builtin("node:path").resolve(file));
  if (!builtin("node:fs").existsSync(place)) throw unavailable(place, "there is none");
  const owner = lock(open, place);
  let database: Database | undefined;
  try {
    database = open(place, { readOnly: false });
    database.exec("PRAGMA busy_timeout = 5000");
    checkSchema(database, place);
    database.exec("PRAGMA secure_delete = ON; PRAGMA synchronous = FULL");
    const report = await new Rekeying(database, ring, options.signal).run();
    // What was replaced stands there too.
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return report;
  } catch (thrown) {
    if (thrown instanceof CodeModeError || options.signal?.aborted) throw thrown;
    throw unavailable(place, describeThrown(thrown), thrown);
  } finally {
    database?.close();
    owner.close();
  }
}

class Rekeying {
  readonly #database: Database;
  readonly #keys: KeyRing;
  readonly #signal: AbortSignal | undefined;
  readonly #faults: string[] = [];
  #rekeyed = 0;
  #current = 0;

  constructor(database: Database, keys: KeyRing, signal: AbortSignal | undefined) {
    this.#database = database;
    this.#keys = keys;
    this.#signal = signal;
  }

  async run(): Promise<RekeyReport> {
    for (const texts of kinds) {
      let after: readonly Value[] | undefined = texts.lowest;
      while (after !== undefined) {
        this.#signal?.throwIfAborted();
        after = this.#step(texts, after);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    return { rekeyed: this.#rekeyed, current: this.#current, faults: this.#faults };
  }

  /** Returns where it has come to; undefined where there is no more. */
  #step(texts: Texts, after: readonly Value[]): readonly Value[] | undefined {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      let at: readonly Value[] | undefined;
      let units = 0;
      for (const row of this.#database.prepare(texts.list).all(...after)) {
        units += Number(row["length"]);
        if (at !== undefined && units > unitsAtOnce) break;
        at = texts.keyOf(row);
        this.#rekey(texts, row, at);
      }
      this.#database.exec("COMMIT");
      return at;
    } catch (thrown) {
      try {
        this.#database.exec("ROLLBACK");
      } catch {}
      throw thrown;
    }
  }

  #rekey({ read, write, placeOf: placeOfRow }: Texts, row: Row, key: readonly Value[]): void {
    const sessionId = String(row["session"]);
    if (isSealedAnew(this.#keys, String(row["head"]), sessionId)) {
      this.#current += 1;
      return;
    }
    const place = placeOfRow(row);
    let text: string;
    try {
      text = openText(
        this.#keys,
        String(this.#database.prepare(read).get(...key)?.["text"]),
        place,
      );
    } catch (thrown) {
      if (!(thrown instanceof CodeModeError) || thrown.code !== "ERR_INVALID_JOURNAL") throw thrown;
      this.#faults.push(thrown.message);
      return;
    }
    this.#database.prepare(write).run(sealText(this.#keys, { text, sessionId }, place), ...key);
    this.#rekeyed += 1;
  }
}
