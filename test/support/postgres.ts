import pg from "pg";
import { type PostgresServer, startPostgres as start } from "../../scripts/lib/postgres.mjs";

/** A PostgreSQL that the tests of one file have for themselves. It is gone when they are, whatever becomes of them. */
export interface TestPostgres extends PostgresServer {
  /** Runs SQL in it. */
  sql(text: string): Promise<readonly Record<string, unknown>[]>;
}

/** @throws Where PostgreSQL is not installed: with what to type. */
export async function startPostgres(options: {
  readonly bouncer?: boolean;
}): Promise<TestPostgres> {
  const server = await start(options);
  return {
    ...server,
    sql: async (text) => {
      const client = new pg.Client({ connectionString: server.url });
      await client.connect();
      try {
        return (await client.query(text)).rows;
      } finally {
        await client.end();
      }
    },
  };
}
