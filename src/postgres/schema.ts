import { CodeModeError } from "../base/errors.js";
import { ignoreError, type PostgresClient, type PostgresPool } from "./pool.js";
import { queryOf, rowsOf } from "./query.js";

/** The key of a stored value may be longer than an index takes, so its hash is indexed. */
const tables = (s: string) => `
  CREATE TABLE ${s}.hosts (
    id text COLLATE "C" PRIMARY KEY,
    lease_until timestamptz NOT NULL
  );
  CREATE TABLE ${s}.cells (
    id text COLLATE "C" PRIMARY KEY,
    session text COLLATE "C" NOT NULL,
    status text NOT NULL,
    maker text NOT NULL,
    owner text,
    epoch bigint NOT NULL,
    next_seq bigint NOT NULL,
    created_at double precision NOT NULL,
    ended_at double precision
  );
  CREATE INDEX cells_by_session ON ${s}.cells (session);
  CREATE INDEX cells_by_age ON ${s}.cells (created_at);
  CREATE INDEX cells_by_end ON ${s}.cells (ended_at) WHERE ended_at IS NOT NULL;
  CREATE TABLE ${s}.journal (
    cell text COLLATE "C" NOT NULL REFERENCES ${s}.cells ON DELETE CASCADE,
    seq bigint NOT NULL,
    kind text NOT NULL,
    at double precision NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (cell, seq)
  );
  CREATE TABLE ${s}.approvals (
    id text COLLATE "C" PRIMARY KEY,
    cell text COLLATE "C" NOT NULL REFERENCES ${s}.cells ON DELETE CASCADE,
    seq bigint NOT NULL,
    decided_at double precision,
    decision text
  );
  CREATE INDEX approvals_by_cell ON ${s}.approvals (cell);
  CREATE TABLE ${s}.stored_values (
    session text COLLATE "C" NOT NULL,
    key_hash bytea NOT NULL,
    key text NOT NULL,
    json text NOT NULL,
    PRIMARY KEY (session, key_hash)
  );`;

/** What many servers need. A cell of a program that is no server has no tenant. */
const tablesOfServers = (s: string) => `
  CREATE TABLE ${s}.servers (
    id text COLLATE "C" PRIMARY KEY,
    address text NOT NULL,
    load double precision NOT NULL,
    draining boolean NOT NULL,
    protocol int NOT NULL,
    version text NOT NULL,
    lease_until timestamptz NOT NULL
  );
  ALTER TABLE ${s}.hosts ADD COLUMN server text;
  ALTER TABLE ${s}.cells ADD COLUMN tenant text COLLATE "C";
  CREATE INDEX cells_of_servers ON ${s}.cells (tenant) WHERE ended_at IS NULL AND tenant IS NOT NULL;`;

/**
 * Whether a cell of a server can go on: it has not ended, and is not parked or has a decision to follow. The index
 * `cells_that_go_on` has this condition: who changes it adds a step that makes the index anew.
 */
export const canGoOn =
  "ended_at IS NULL AND tenant IS NOT NULL AND (NOT parked OR decided > followed)";

/**
 * The row of a cell says whether it can go on: whether it is parked, how many of its questions are decided, and how
 * many of these decisions it has followed. `tenants` has what each server may use of a tenant's quotas. The newest cell
 * of a session is found by an index.
 */
const countsOfServers = (s: string) => `
  ALTER TABLE ${s}.cells ADD COLUMN parked boolean NOT NULL DEFAULT false;
  ALTER TABLE ${s}.cells ADD COLUMN decided bigint NOT NULL DEFAULT 0;
  ALTER TABLE ${s}.cells ADD COLUMN followed bigint NOT NULL DEFAULT 0;
  UPDATE ${s}.cells c SET
    parked = coalesce((SELECT j.kind = 'parked' FROM ${s}.journal j
      WHERE j.cell = c.id AND j.kind <> 'told' ORDER BY j.seq DESC LIMIT 1), false),
    decided = (SELECT count(*) FROM ${s}.approvals a WHERE a.cell = c.id AND a.decided_at IS NOT NULL),
    followed = (SELECT count(*) FROM ${s}.journal j WHERE j.cell = c.id AND j.kind = 'decided')
    WHERE c.ended_at IS NULL AND c.tenant IS NOT NULL;
  DROP INDEX ${s}.cells_of_servers;
  CREATE INDEX cells_that_go_on ON ${s}.cells (owner) WHERE ${canGoOn};
  CREATE INDEX cells_by_session_and_age ON ${s}.cells (session, created_at, id);
  DROP INDEX ${s}.cells_by_session;
  CREATE TABLE ${s}.tenants (
    tenant text COLLATE "C" PRIMARY KEY,
    shares jsonb NOT NULL,
    begins double precision,
    given double precision NOT NULL,
    at timestamptz NOT NULL
  );`;

/** Each makes the tables of one version, from 1 on, out of those of the version before. */
const steps: readonly ((schema: string) => string)[] = [tables, tablesOfServers, countsOfServers];

/** The version of the tables that this release writes, and the newest that it reads. */
const schemaVersion = steps.length;

/** The first half of the key of the lock under which tables are made: "cell" in ASCII. */
const lockClass = 0x63656c6c;

/** The name of a schema as SQL has it. */
export function quoted(schema: string): string {
  return `"${schema.replaceAll('"', '""')}"`;
}

/**
 * Makes the tables where the schema has none, and those that are missing where it is an older codecell's. Of many
 * that come at once one does it.
 *
 * @throws {CodeModeError} ERR_STORE_UNAVAILABLE if the schema is another program's, or a newer codecell's.
 */
export async function prepareSchema(
  pool: PostgresPool,
  schema: string,
  readOnly: boolean,
): Promise<void> {
  const found = await versionOf(pool, schema);
  if (found === schemaVersion) return;
  if (readOnly) {
    throw refused(
      schema,
      found === 0
        ? "it has no tables of codecell, and is to be read only"
        : "an older codecell made it; the next process that runs cells upgrades it",
    );
  }
  const client = await pool.connect();
  client.on("error", ignoreError);
  let failure: Error | undefined;
  try {
    await client.query(queryOf("BEGIN"));
    await client.query(
      queryOf("SELECT pg_advisory_xact_lock($1::int, hashtext($2))", [lockClass, schema]),
    );
    const version = await versionOf(client, schema);
    if (version < schemaVersion) await upgrade(client, schema, version);
    await client.query(queryOf("COMMIT"));
  } catch (thrown) {
    failure = thrown as Error;
    throw thrown;
  } finally {
    if (failure === undefined) client.removeListener("error", ignoreError);
    // With an error the connection is closed, and its transaction with it.
    client.release(failure);
  }
}

async function upgrade(client: PostgresClient, schema: string, version: number): Promise<void> {
  const s = quoted(schema);
  if (version === 0) {
    const found = rowsOf(
      await client.query(
        queryOf(
          `SELECT n.oid, (SELECT count(*) FROM pg_class c WHERE c.relnamespace = n.oid) AS relations
           FROM pg_namespace n WHERE n.nspname = $1`,
          [schema],
        ),
      ),
    )[0];
    if (found === undefined) await client.query(queryOf(`CREATE SCHEMA ${s}`));
    else if (Number(found["relations"]) > 0) {
      throw refused(
        schema,
        "it has tables of another program; give the store a schema of its own, by the option `schema`",
      );
    }
    await client.query(queryOf(`CREATE TABLE ${s}.codecell_version (version int NOT NULL)`));
    await client.query(queryOf(`INSERT INTO ${s}.codecell_version VALUES (0)`));
  }
  for (const [from, step] of steps.entries()) {
    if (from >= version) await client.query(queryOf(step(s)));
  }
  await client.query(queryOf(`UPDATE ${s}.codecell_version SET version = $1`, [schemaVersion]));
}

/** The version of its tables, 0 where it has none. */
async function versionOf(database: Pick<PostgresPool, "query">, schema: string): Promise<number> {
  const table = `${quoted(schema)}.codecell_version`;
  // Not by to_regclass: after the wait for the lock it may answer from before.
  const known = await database.query(
    queryOf(
      `SELECT 1 AS known FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = $1 AND c.relname = 'codecell_version'`,
      [schema],
    ),
  );
  if (known.rows.length === 0) return 0;
  const [row] = rowsOf(await database.query(queryOf(`SELECT version FROM ${table}`)));
  const version = Number(row?.["version"] ?? 0);
  if (version > schemaVersion) {
    throw refused(
      schema,
      `it is of version ${version}, and this codecell reads up to version ${schemaVersion}; use a newer codecell`,
    );
  }
  return version;
}

function refused(schema: string, why: string): CodeModeError {
  return new CodeModeError(
    "ERR_STORE_UNAVAILABLE",
    `The schema "${schema}" of PostgreSQL cannot be used: ${why}.`,
  );
}
