import { afterAll, beforeAll, vi } from "vitest";
import {
  type ClusterStore,
  type DurableStore,
  type PostgresStoreOptions,
  postgresStore,
} from "../../src/postgres.js";
import { startPostgres, type TestPostgres } from "./postgres.js";

/** Milliseconds of a lease that does not run out by itself in a test. */
export const longMs = 3_600_000;

/** A PostgreSQL for the tests of one file, and the stores that they open in it, which are closed after them. */
export class PostgresStores {
  readonly #prefix: string;
  readonly #open = new Set<DurableStore>();
  #server: TestPostgres | undefined;
  #schemas = 0;

  constructor(prefix: string) {
    this.#prefix = prefix;
    // Each test asks a server in other processes many times; on a busy machine that takes its time.
    vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
    beforeAll(async () => {
      this.#server = await startPostgres();
    });
    afterAll(async () => {
      await Promise.all([...this.#open].map((store) => store.close()));
      await this.#server?.end();
    });
  }

  get server(): TestPostgres {
    if (this.#server === undefined) throw new Error("It is started before the first test.");
    return this.#server;
  }

  newSchema(): string {
    this.#schemas += 1;
    return `${this.#prefix}_${this.#schemas}`;
  }

  open(schema: string, options: PostgresStoreOptions = {}): ClusterStore {
    const store = postgresStore(this.server.url, { schema, leaseMs: longMs, ...options });
    this.#open.add(store);
    return store;
  }
}
