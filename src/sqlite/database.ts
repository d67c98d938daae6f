import { CodeModeError } from "../base/errors.js";
import { packageRequire } from "../base/package-root.js";

/** What the bindings of SQLite have in common. */
export interface Database {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  close(): void;
}

export interface Statement {
  run(...values: readonly Value[]): { readonly changes: number | bigint };
  get(...values: readonly Value[]): Row | undefined;
  all(...values: readonly Value[]): readonly Row[];
}

export type Value = string | number | null;
export type Row = Readonly<Record<string, Value>>;

/** Opens a file of SQLite. */
export type OpenDatabase = (file: string, options: { readonly readOnly: boolean }) => Database;

type PackageConstructor = new (file: string, options: { readonly readonly: boolean }) => Database;

/** In the order in which they are tried where Node has none. */
const packages = ["better-sqlite3", "libsql"];

/**
 * Node's own binding where it is on without a flag, from 22.13 on; else an installed package.
 *
 * @throws {CodeModeError} ERR_PACKAGE_MISSING if there is none.
 */
export function sqliteBinding(): OpenDatabase {
  const own = ownBinding();
  if (own !== undefined) return own;
  const causes: unknown[] = [];
  for (const name of packages) {
    try {
      const Package = packageRequire(name) as PackageConstructor;
      return (file, { readOnly }) => new Package(file, { readonly: readOnly });
    } catch (thrown) {
      causes.push(thrown);
    }
  }
  const found = causes.find((thrown) => (thrown as { code?: unknown }).code !== "MODULE_NOT_FOUND");
  throw new CodeModeError(
    "ERR_PACKAGE_MISSING",
    `sqliteStore needs SQLite, which Node has from 22.13 on; this is Node ${process.versions.node}. ` +
      "Run `npm install better-sqlite3@12` (or `npm install libsql`), or use a newer Node.",
    { cause: found ?? causes[0] },
  );
}

function ownBinding(): OpenDatabase | undefined {
  // Of Node 20's types it is none.
  const getBuiltin = (process as { getBuiltinModule?: (name: string) => unknown }).getBuiltinModule;
  const sqlite = getBuiltin?.("node:sqlite") as
    | { DatabaseSync: new (file: string, options: { readOnly: boolean }) => Database }
    | undefined;
  if (sqlite === undefined) return undefined;
  return (file, options) => new sqlite.DatabaseSync(file, options);
}
