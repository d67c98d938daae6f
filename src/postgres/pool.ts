import { CodeModeError } from "../base/errors.js";
import { invalidOption } from "../base/option-checks.js";
import { packageRequire } from "../base/package-root.js";

/** What a store needs of a `Pool` of the package `pg`. */
export interface PostgresPool {
  query(query: PostgresQuery): Promise<PostgresResult>;
  connect(): Promise<PostgresClient>;
  on(event: "error", listener: (error: Error) => void): unknown;
  removeListener(event: "error", listener: (error: Error) => void): unknown;
}

/** One connection of a pool. */
export interface PostgresClient {
  query(query: PostgresQuery): Promise<PostgresResult>;
  /** With an error the connection is closed. */
  release(error?: Error | boolean): void;
  on(event: "error", listener: (error: Error) => void): unknown;
  removeListener(event: "error", listener: (error: Error) => void): unknown;
}

export interface PostgresQuery {
  /** Of a statement that its connection keeps. */
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
  /** Milliseconds. */
  readonly query_timeout?: number;
  readonly types?: { getTypeParser(): (value: string) => unknown };
}

export interface PostgresResult {
  readonly rows: readonly unknown[];
  readonly rowCount: number | null;
}

/** Connections of a pool that is the store's own. */
const maxConnections = 10;

/** Milliseconds in which a connection must be there, also one that is free. */
const connectMs = 10_000;

interface OwnPool extends PostgresPool {
  end(): Promise<void>;
}

/** The pool that a store uses, and how it is given up. */
export interface OpenPool {
  readonly pool: PostgresPool;
  /** Idempotent. */
  end(): Promise<void>;
}

/** For events that would end the program if nobody listened: who uses the connection is told as well. */
export const ignoreError = (): void => {};

export function isPool(value: unknown): value is PostgresPool {
  const pool = value as Partial<PostgresPool> | null | undefined;
  return (
    typeof pool === "object" &&
    pool !== null &&
    [pool.query, pool.connect, pool.on, pool.removeListener].every(
      (method) => typeof method === "function",
    )
  );
}

/**
 * A pool of the user's, which outlives the store, or one of our own.
 *
 * @throws {CodeModeError} ERR_PACKAGE_MISSING; ERR_INVALID_OPTION if the URL is none.
 */
export function openPool(given: PostgresPool | string): OpenPool {
  const own = typeof given === "string" ? makePool(given) : undefined;
  const pool = own ?? (given as PostgresPool);
  // A connection that dies while it is idle is an event, which would end a program that does not listen.
  pool.on("error", ignoreError);
  let ending: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    await own?.end();
    pool.removeListener("error", ignoreError);
  };
  return {
    pool,
    end: () => {
      ending ??= end();
      return ending;
    },
  };
}

function makePool(url: string): OwnPool {
  const { Pool } = loadPackage();
  return new Pool({
    connectionString: url,
    application_name: "codecell",
    max: maxConnections,
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    // A program ends when it has nothing else to do but to keep a store.
    allowExitOnIdle: true,
  });
}

function loadPackage(): { readonly Pool: new (options: object) => OwnPool } {
  try {
    return packageRequire("pg") as ReturnType<typeof loadPackage>;
  } catch (thrown) {
    throw new CodeModeError(
      "ERR_PACKAGE_MISSING",
      "postgresStore needs the package pg to reach PostgreSQL. Run `npm install pg`.",
      { cause: thrown },
    );
  }
}

/** The error for what is neither a pool nor a URL. It does not show a text, which may have a password. */
export function notAPool(value: unknown): CodeModeError {
  const expected = 'a Pool of the package pg, or a URL such as "postgres://user@host/database"';
  if (typeof value !== "string") return invalidOption("pool", expected, value);
  return new CodeModeError(
    "ERR_INVALID_OPTION",
    `The option "pool" must be ${expected}; got a string that does not begin with "postgres://" or is no URL.`,
  );
}
