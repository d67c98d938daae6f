import pg from "pg";
import { afterAll, afterEach, beforeAll, vi } from "vitest";
import { type CodeMode, createCodeMode } from "../../src/index.js";
import { type ClusterStore, type PostgresStoreOptions, postgresStore } from "../../src/postgres.js";
import type { StoredRecord } from "../../src/sqlite.js";
import { startPostgres, type TestPostgres } from "./postgres.js";

/** Milliseconds of a lease that does not run out by itself in a test. */
export const longMs = 3_600_000;

interface Closable {
  close(): Promise<unknown>;
}

/** A PostgreSQL for the tests of one file, and the stores that each opens in it, which are closed after it. */
export class PostgresStores {
  readonly #prefix: string;
  #opened: Closable[] = [];
  #stores: Closable[] = [];
  #server: TestPostgres | undefined;
  #schemas = 0;
  #watches = 0;

  /** @param options.bouncer - There is a pgbouncer in front of it too. */
  constructor(prefix: string, options: { readonly bouncer?: boolean } = {}) {
    this.#prefix = prefix;
    // Each test asks a server in other processes many times; on a busy machine that takes its time.
    vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
    beforeAll(async () => {
      this.#server = await startPostgres(options);
    });
    // Those of all tests together would take more connections than the server has.
    afterEach(() => this.#close());
    afterAll(() => this.#server?.end());
  }

  get server(): TestPostgres {
    if (this.#server === undefined) throw new Error("It is started before the first test.");
    return this.#server;
  }

  newSchema(): string {
    this.#schemas += 1;
    return `${this.#prefix}_${this.#schemas}`;
  }

  /** @param options.url - A way to the server. Default: its own. */
  open(
    schema: string,
    { url = this.server.url, ...options }: PostgresStoreOptions & { readonly url?: string } = {},
  ): ClusterStore {
    const store = postgresStore(url, { schema, leaseMs: longMs, ...options });
    this.#stores.push(store);
    return store;
  }

  /** Its tools are called again where it is not known what became of a call. */
  openRuntime(schema: string, tools: Readonly<Record<string, () => unknown>>): CodeMode {
    const codeMode = createCodeMode({
      durability: { store: this.open(schema) },
      tools: Object.fromEntries(
        Object.entries(tools).map(([name, execute]) => [name, { onLost: "retry", execute }]),
      ),
    });
    this.closeAfter(codeMode);
    return codeMode;
  }

  /** Closes these after the test, in this order, and before what `open` has opened. */
  closeAfter(...opened: readonly Closable[]): void {
    this.#opened.push(...opened);
  }

  /** As if hosts had not been heard of for long. @param of - One, or a server and its hosts. Default: all. */
  async endLeases(
    schema = "codecell",
    of: { readonly host: string } | { readonly server: string } | undefined = undefined,
  ): Promise<void> {
    const end = "SET lease_until = clock_timestamp() - interval '1 s'";
    const hosts = of && ("host" in of ? `id = '${of.host}'` : `server = '${of.server}'`);
    const servers = of && ("host" in of ? "false" : `id = '${of.server}'`);
    await this.server.sql(
      `UPDATE ${schema}.hosts ${end} WHERE ${hosts ?? true};
       UPDATE ${schema}.servers ${end} WHERE ${servers ?? true}`,
    );
  }

  /**
   * Tells when a row is written of which a condition of SQL holds: `NEW` is the row.
   *
   * @returns When it has begun to look.
   */
  async watch(table: string, condition: string): Promise<{ readonly written: Promise<void> }> {
    this.#watches += 1;
    const name = `watch_${this.#watches}`;
    const client = new pg.Client({ connectionString: this.server.url });
    // It ends with the server.
    client.on("error", () => {});
    await client.connect();
    this.closeAfter({ close: () => client.end() });
    const written = new Promise<void>((resolve) => client.once("notification", () => resolve()));
    await client.query(`
      LISTEN ${name};
      CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_notify('${name}', ''); RETURN NULL; END $$;
      CREATE TRIGGER ${name} AFTER INSERT OR UPDATE ON ${table}
        FOR EACH ROW WHEN (${condition}) EXECUTE FUNCTION ${name}();`);
    return { written };
  }

  async #close(): Promise<void> {
    const [opened, stores] = [this.#opened, this.#stores];
    this.#opened = [];
    this.#stores = [];
    for (const one of opened) await one.close();
    await Promise.all(stores.map((store) => store.close()));
  }
}

/** A record of a cell that differs from the others by its place. */
export function recordOf(seq: number): StoredRecord {
  return { seq, at: 1, kind: "out", body: JSON.stringify({ seq }) };
}
