import { builtin } from "../base/builtin.js";
import type { CodeModeError } from "../base/errors.js";
import { isPassing, isUnprepared, unavailable } from "./failures.js";
import { type OpenPool, openPool, type PostgresPool, type PostgresResult } from "./pool.js";
import { preparedQueryOf, queryOf, type Row, rowsOf } from "./query.js";
import { prepareSchema } from "./schema.js";

export interface StatementResult {
  readonly rows: readonly Row[];
  /** How many rows it has read or changed. */
  readonly count: number;
  /** It was sent more than once: the first time, its answer was lost, and it may have been done. */
  readonly isRepeated: boolean;
}

/** Milliseconds for which a statement is tried where nothing says more. */
const briefMs = 500;

/** Milliseconds between two tries: twice as many each time. */
const firstDelayMs = 50;
const lastDelayMs = 1000;

/** The tables of a store: runs statements in them, each of which is a transaction of its own. */
export class Database {
  readonly schema: string;
  readonly #readOnly: boolean;
  readonly #given: PostgresPool | string;
  #open: OpenPool | undefined;
  #prepared: Promise<void> | undefined;
  #isHurried = false;
  #waiting = new Set<() => void>();
  /** Names by statements; empty where connections do not keep them. */
  readonly #names: Map<string, string>;

  /** @param options.prepared - Statements that each connection keeps, if it can. */
  constructor(
    pool: PostgresPool | string,
    {
      schema,
      readOnly,
      prepared,
    }: {
      readonly schema: string;
      readonly readOnly: boolean;
      readonly prepared: readonly string[];
    },
  ) {
    this.#given = pool;
    this.schema = schema;
    this.#readOnly = readOnly;
    this.#names = new Map(prepared.map((text) => [text, nameOf(text)]));
  }

  /**
   * Runs a statement, again if its connection fails.
   *
   * @param patienceMs - For how long it is tried.
   * @throws {CodeModeError} ERR_STORE_UNAVAILABLE; ERR_PACKAGE_MISSING.
   */
  async run(
    text: string,
    values: readonly unknown[],
    patienceMs: number = briefMs,
  ): Promise<StatementResult> {
    if (this.#readOnly && !/^\s*SELECT\b/.test(text)) {
      throw unavailable(this.schema, "it was opened to be read only");
    }
    const startedAt = performance.now();
    let delay = firstDelayMs;
    for (let isRepeated = false; ; isRepeated = true) {
      try {
        const result = await this.#query(text, values);
        return { rows: rowsOf(result), count: result.rowCount ?? 0, isRepeated };
      } catch (thrown) {
        // What it finds when it works again may be older, or gone.
        this.#prepared = undefined;
        const patience = this.#isHurried ? Math.min(briefMs, patienceMs) : patienceMs;
        // Once more in any case: of many connections, all that were idle may be dead.
        const isOver = isRepeated && performance.now() + delay - startedAt > patience;
        if (isOver || !isPassing(thrown)) throw unavailable(this.schema, thrown);
      }
      await this.pause(delay);
      delay = Math.min(2 * delay, lastDelayMs);
    }
  }

  /** Waits, but no longer than to `hurry`. */
  pause(ms: number): Promise<void> {
    if (this.#isHurried)
      return new Promise((resolve) => setTimeout(resolve, Math.min(ms, briefMs)));
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#waiting.add(end);
    });
  }

  /** From here on nothing is waited for that takes long. */
  hurry(): void {
    this.#isHurried = true;
    for (const end of this.#waiting) end();
  }

  async close(): Promise<void> {
    await this.#open?.end();
  }

  async #query(text: string, values: readonly unknown[]): Promise<PostgresResult> {
    this.#open ??= openPool(this.#given);
    const { pool } = this.#open;
    this.#prepared ??= prepareSchema(pool, this.schema, this.#readOnly);
    await this.#prepared;
    const name = this.#names.get(text);
    if (name === undefined) return pool.query(queryOf(text, values));
    try {
      return await pool.query(preparedQueryOf(name, text, values));
    } catch (thrown) {
      if (!isUnprepared(thrown)) throw thrown;
      this.#names.clear();
      return pool.query(queryOf(text, values));
    }
  }
}

/** The same for the same statement only: many programs may share the connections of a pooler. */
function nameOf(text: string): string {
  const hash = builtin("node:crypto").createHash("sha256").update(text);
  return `codecell_${hash.digest("hex").slice(0, 32)}`;
}

export function closedError(schema: string): CodeModeError {
  return unavailable(schema, "it has been closed");
}
