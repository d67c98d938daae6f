import { builtin } from "../base/builtin.js";
import { sealedPrefix } from "../durable/sealed.js";
import { type Database, type OpenDatabase, sqliteBinding } from "./database.js";
import { placeOf } from "./file-place.js";
import { checkSchema, schemaVersion } from "./schema.js";

/** What the file of a store has. */
export interface StoreFacts {
  /** Of its tables. */
  readonly version: number;
  /** The one that this codecell writes. */
  readonly newestVersion: number;
  readonly openCells: number;
  readonly endedCells: number;
  readonly sessions: number;
  readonly records: number;
  /** Of the file, and of what SQLite has beside it. */
  readonly bytes: number;
  readonly logBytes: number;
  /** Bytes that the file's disk has left; undefined where the system does not say. */
  readonly freeBytes: number | undefined;
  /** The kind of network disk that it is on; undefined where it is on none that is known. */
  readonly networkDisk: string | undefined;
  /** Whether a process has it open to write. */
  readonly isInUse: boolean;
  /** When the oldest cell that has not ended was made: milliseconds since the epoch. */
  readonly oldestOpen: number | undefined;
  /** What SQLite says is wrong with the file, a line each. */
  readonly faults: readonly string[];
  /** Cells whose journals have gaps, or records that cannot be read. */
  readonly damagedCells: readonly string[];
  /** The ids of the keys with which records are sealed, and how many each has sealed. */
  readonly sealKeys: readonly { readonly id: string; readonly records: number }[];
  /** Those that are not sealed. */
  readonly plainRecords: number;
}

const maxFaults = 20;

/** File systems on which locks of one machine mean nothing to another, by the number that Linux gives them. */
const networkDisks: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB"],
  [0x01021997, "9P"],
  [0x5346414f, "AFS"],
  [0x00c36400, "Ceph"],
]);

/**
 * Looks at the file of a store without changing it, also while a process writes to it. Blocks the thread: it
 * reads all of the file.
 *
 * @throws {CodeModeError} ERR_STORE_UNAVAILABLE if it is no store of this version, or no file; ERR_PACKAGE_MISSING.
 * @throws What SQLite says where the file cannot be read.
 */
export function examineStore(name: string): StoreFacts {
  const fs = builtin("node:fs");
  const open = sqliteBinding();
  const file = placeOf(name);
  const { size } = fs.statSync(file);
  const database = open(file, { readOnly: true });
  try {
    database.exec("PRAGMA busy_timeout = 5000");
    checkSchema(database, file);
    const one = (sql: string): number => Number(database.prepare(sql).get()?.["n"] ?? 0);
    const oldest = database.prepare("SELECT MIN(created_at) AS n FROM cells WHERE status = 'open'");
    const oldestOpen = oldest.get()?.["n"] ?? undefined;
    return {
      version: one("SELECT user_version AS n FROM pragma_user_version"),
      newestVersion: schemaVersion,
      openCells: one("SELECT COUNT(*) AS n FROM cells WHERE status = 'open'"),
      endedCells: one("SELECT COUNT(*) AS n FROM cells WHERE status <> 'open'"),
      sessions: one("SELECT COUNT(DISTINCT session) AS n FROM cells"),
      records: one("SELECT COUNT(*) AS n FROM journal"),
      bytes: size,
      logBytes: fs.statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0,
      ...diskOf(file),
      isInUse: isInUse(open, file),
      oldestOpen: oldestOpen === undefined ? undefined : Number(oldestOpen),
      faults: faultsOf(database),
      damagedCells: damagedCells(database),
      ...sealsOf(database),
    };
  } finally {
    database.close();
  }
}

function faultsOf(database: Database): readonly string[] {
  return database
    .prepare(`PRAGMA integrity_check(${maxFaults})`)
    .all()
    .map((row) => String(row["integrity_check"]))
    .filter((line) => line !== "ok");
}

function damagedCells(database: Database): readonly string[] {
  return database
    .prepare(
      `SELECT id FROM cells LEFT JOIN (
         SELECT cell, COUNT(*) AS records, MIN(seq) AS first, MAX(seq) AS last, SUM(NOT json_valid(body) AND body NOT LIKE '${sealedPrefix}%') AS unreadable
         FROM journal GROUP BY cell
       ) ON cell = id
       WHERE records IS NULL OR records <> next_seq OR first <> 0 OR last <> next_seq - 1 OR unreadable > 0
       ORDER BY id LIMIT ${maxFaults}`,
    )
    .all()
    .map((row) => String(row["id"]));
}

function sealsOf(database: Database): Pick<StoreFacts, "sealKeys" | "plainRecords"> {
  // The id is between the second colon and the third.
  const rows = database
    .prepare(
      `SELECT CASE WHEN head LIKE '${sealedPrefix}%' THEN substr(head, 10, instr(substr(head, 10), ':') - 1) END AS id,
       COUNT(*) AS records FROM (SELECT substr(body, 1, 80) AS head FROM journal) GROUP BY id ORDER BY id`,
    )
    .all();
  const plain = rows.find(({ id }) => id === null);
  return {
    sealKeys: rows.flatMap(({ id, records }) =>
      id === null || id === undefined ? [] : [{ id: String(id), records: Number(records) }],
    ),
    plainRecords: Number(plain?.["records"] ?? 0),
  };
}

function diskOf(file: string): Pick<StoreFacts, "freeBytes" | "networkDisk"> {
  try {
    const { type, bavail, bsize } = builtin("node:fs").statfsSync(file);
    const networkDisk = process.platform === "linux" ? networkDisks.get(type) : undefined;
    return { freeBytes: bavail * bsize, networkDisk };
  } catch {
    return { freeBytes: undefined, networkDisk: undefined };
  }
}

/** Who writes has the file beside it locked, so that it cannot even be read. */
function isInUse(open: OpenDatabase, file: string): boolean {
  const owner = `${file}-owner`;
  if (!builtin("node:fs").existsSync(owner)) return false;
  let database: Database | undefined;
  try {
    database = open(owner, { readOnly: true });
    database.exec("PRAGMA busy_timeout = 0");
    database.prepare("SELECT COUNT(*) AS n FROM sqlite_schema").get();
    return false;
  } catch {
    return true;
  } finally {
    database?.close();
  }
}
