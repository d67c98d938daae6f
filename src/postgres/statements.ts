import { canGoOn, quoted } from "./schema.js";

/**
 * Has the commit wait for the disk where the database does not do so by itself. The setting is read when the
 * statement ends, since that is the whole transaction.
 */
const durably = `CASE WHEN current_setting('synchronous_commit') = 'off'
  THEN set_config('synchronous_commit', 'on', true) END AS sync`;

const now = "floor(extract(epoch FROM clock_timestamp()) * 1000)::float8";

/** Of a host or a server; the second parameter is the milliseconds of its lease. */
const leaseEnd = "clock_timestamp() + $2::float8 * interval '1 millisecond'";

const longGone = "lease_until < clock_timestamp() - interval '1 day'";

const cellColumns = "id, session, status, epoch, next_seq, created_at, ended_at";

/** One text of a parameter of `PackedTexts`. */
const packed = (bytes: string, of: string) =>
  `convert_from(substring(${bytes}::bytea FROM ${of}.start FOR ${of}.length), 'UTF8')`;

type StatementName =
  | "create"
  | "append"
  | "place"
  | "read"
  | "owner"
  | "claim"
  | "release"
  | "find"
  | "cells"
  | "sessions"
  | "values"
  | "valuesSince"
  | "decide"
  | "question"
  | "approvals"
  | "forgetCell"
  | "forgetSession"
  | "forgetEnded"
  | "forgetIdle"
  | "beat"
  | "leave"
  | "beatServer"
  | "leaveServer"
  | "holder"
  | "orphans"
  | "share";

export type Statements = Readonly<Record<StatementName, string>>;

/** Those that cells and requests wait for. They read and write by keys, so one plan is right for all values. */
export const preparedStatements: readonly StatementName[] = [
  "create",
  "append",
  "read",
  "find",
  "values",
  "valuesSince",
  "holder",
];

/**
 * The statements of a store. Each is one transaction and needs nothing of its connection, so a pooler may stand
 * between. The comment of a statement names its parameters in order.
 */
export function makeStatements(schema: string): Statements {
  const s = quoted(schema);
  /** Writes what `writtenValues` has, parameters 4 to 17, of the cell that is in `cell`. */
  const written = `
    records AS (
      INSERT INTO ${s}.journal (cell, seq, kind, at, body)
      SELECT cell.id, r.seq, r.kind, r.at, ${packed("$5", "r")}
      FROM cell, unnest($6::int[], $7::int[], $8::bigint[], $9::text[], $10::float8[])
        AS r(start, length, seq, kind, at)
    ), questions AS (
      INSERT INTO ${s}.approvals (id, cell, seq)
      SELECT q.id, cell.id, q.seq FROM cell, unnest($11::text[], $12::bigint[]) AS q(id, seq)
    ), stored AS (
      INSERT INTO ${s}.stored_values (session, key_hash, key, json)
      SELECT cell.session, sha256(convert_to(w.key, 'UTF8')), w.key, ${packed("$13", "w")}
      FROM cell, unnest($14::int[], $15::int[], $16::text[]) AS w(start, length, key)
      ON CONFLICT (session, key_hash) DO UPDATE SET json = excluded.json
    )
    SELECT count(*) AS changed, ${durably} FROM cell`;
  /** The host of the cell `c` lives. */
  const lives = `EXISTS (SELECT 1 FROM ${s}.hosts h WHERE h.id = c.owner AND h.lease_until > clock_timestamp())`;
  return {
    /** id, host, session, `writtenValues`, whether it is parked, decisions that it has followed, tenant. */
    create: `WITH cell AS (
        INSERT INTO ${s}.cells (id, session, status, maker, owner, epoch, next_seq, created_at, ended_at, parked,
          followed, tenant)
        VALUES ($1, $3, coalesce($4::text, 'open'), $2, CASE WHEN $4::text IS NULL THEN $2::text END, 1,
          cardinality($6::int[]), ${now}, $17::float8, coalesce($18::boolean, false), $19::bigint, $20::text)
        ON CONFLICT DO NOTHING RETURNING id, session
      ), ${written}`,
    /** id, epoch, seq, `writtenValues`, whether it is parked, decisions that it has followed. */
    append: `WITH cell AS (
        UPDATE ${s}.cells SET next_seq = next_seq + cardinality($6::int[]), status = coalesce($4::text, status),
          ended_at = coalesce($17::float8, ended_at), owner = CASE WHEN $4::text IS NULL THEN owner END,
          parked = coalesce($18::boolean, parked), followed = followed + $19::bigint
        WHERE id = $1 AND epoch = $2::bigint AND next_seq = $3::bigint RETURNING id, session
      ), ${written}`,
    place: `SELECT maker, epoch, next_seq FROM ${s}.cells WHERE id = $1`,
    read: `SELECT seq, kind, at, body FROM ${s}.journal
      WHERE cell = $1 AND seq >= $2::bigint ORDER BY seq LIMIT $3::bigint`,
    owner: `SELECT c.status, c.owner, c.epoch, h.lease_until,
        extract(epoch FROM h.lease_until - clock_timestamp()) * 1000 AS left_ms
      FROM ${s}.cells c LEFT JOIN ${s}.hosts h ON h.id = c.owner WHERE c.id = $1`,
    /** id, host, the epoch that was seen. */
    claim: `UPDATE ${s}.cells c SET owner = $2, epoch = epoch + 1
      WHERE id = $1 AND epoch = $3::bigint AND status = 'open' AND (owner = $2 OR NOT ${lives})
      RETURNING epoch, next_seq, ${durably}`,
    release: `UPDATE ${s}.cells SET owner = NULL WHERE id = $1 AND epoch = $2::bigint`,
    find: `SELECT ${cellColumns} FROM ${s}.cells WHERE id = $1`,
    /** Session, whether it has ended, limit, how the session begins. */
    cells: `SELECT ${cellColumns} FROM ${s}.cells
      WHERE ($1::text IS NULL OR session = $1)
        AND ($2::boolean IS NULL OR (ended_at IS NOT NULL) = $2::boolean)
        AND ($4::text IS NULL OR starts_with(session, $4::text))
      ORDER BY created_at DESC, id DESC LIMIT $3::bigint`,
    /** How the session begins; of the last one of the page before, when its newest cell began, and its id; limit. */
    sessions: `SELECT c.session, c.created_at AS last_at, n.cells, n.open FROM ${s}.cells c
        CROSS JOIN LATERAL (SELECT count(*) AS cells, count(*) FILTER (WHERE o.ended_at IS NULL) AS open
          FROM ${s}.cells o WHERE o.session = c.session) n
      WHERE ($1::text IS NULL OR starts_with(c.session, $1::text))
        AND ($2::float8 IS NULL OR (c.created_at, c.session) < ($2::float8, $3::text))
        AND NOT EXISTS (SELECT 1 FROM ${s}.cells o
          WHERE o.session = c.session AND (o.created_at, o.id) > (c.created_at, c.id))
      ORDER BY c.created_at DESC, c.session DESC LIMIT $4::bigint`,
    values: `SELECT key, json FROM ${s}.stored_values WHERE session = $1 ORDER BY key_hash`,
    /**
     * Session, version. A version stands for the transactions that have written the rows last. Where it is still the
     * same, or there are no values, the answer is one row without a key.
     */
    valuesSince: `SELECT v.version, w.key, w.json FROM (
        SELECT encode(sha256(convert_to(coalesce(string_agg(xmin::text, ' ' ORDER BY key_hash), ''), 'UTF8')), 'hex')
          AS version FROM ${s}.stored_values WHERE session = $1
      ) v LEFT JOIN ${s}.stored_values w ON w.session = $1 AND v.version IS DISTINCT FROM $2::text
      ORDER BY w.key_hash`,
    /** id, when, decision. */
    decide: `WITH done AS (
        UPDATE ${s}.approvals a SET decided_at = $2::float8, decision = $3
        FROM ${s}.cells c
        WHERE a.id = $1 AND c.id = a.cell AND a.decided_at IS NULL AND c.ended_at IS NULL
        RETURNING a.id, a.cell
      ), counted AS (UPDATE ${s}.cells c SET decided = decided + 1 FROM done WHERE c.id = done.cell)
      SELECT id, ${durably} FROM done`,
    question: `SELECT a.decided_at, a.decision, c.ended_at
      FROM ${s}.approvals a JOIN ${s}.cells c ON c.id = a.cell WHERE a.id = $1`,
    /** ids, cell, session, only open ones, limit, how the session begins, the id before the first. */
    approvals: `SELECT a.id, a.cell, c.session, c.ended_at, a.decided_at, a.decision, j.seq, j.kind, j.at, j.body
      FROM ${s}.approvals a JOIN ${s}.cells c ON c.id = a.cell
        JOIN ${s}.journal j ON j.cell = a.cell AND j.seq = a.seq
      WHERE ($1::text[] IS NULL OR a.id = ANY ($1::text[])) AND ($2::text IS NULL OR a.cell = $2)
        AND ($3::text IS NULL OR c.session = $3)
        AND ($6::text IS NULL OR starts_with(c.session, $6::text))
        AND (NOT $4::boolean OR (a.decided_at IS NULL AND c.ended_at IS NULL))
        AND ($7::text IS NULL OR (j.at, a.cell, j.seq) > (
          SELECT p.at, p.cell, p.seq FROM ${s}.approvals b
            JOIN ${s}.journal p ON p.cell = b.cell AND p.seq = b.seq WHERE b.id = $7))
      ORDER BY j.at, a.cell, j.seq LIMIT $5::bigint`,
    forgetCell: `DELETE FROM ${s}.cells c WHERE c.id = $1 AND NOT ${lives}`,
    forgetSession: `WITH stored AS (DELETE FROM ${s}.stored_values WHERE session = $1)
      DELETE FROM ${s}.cells c WHERE c.session = $1 AND NOT ${lives}`,
    /** Before when, limit. Those that another host deletes at the time are left to it. */
    forgetEnded: `DELETE FROM ${s}.cells WHERE id IN (
      SELECT id FROM ${s}.cells WHERE ended_at < $1::float8 ORDER BY ended_at LIMIT $2::bigint
      FOR UPDATE SKIP LOCKED)`,
    /** The same, of cells that have not ended and whose hosts are gone. */
    forgetIdle: `DELETE FROM ${s}.cells WHERE id IN (
      SELECT c.id FROM ${s}.cells c JOIN ${s}.journal j ON j.cell = c.id AND j.seq = c.next_seq - 1
      WHERE c.ended_at IS NULL AND j.at < $1::float8 AND NOT ${lives} LIMIT $2::bigint
      FOR UPDATE OF c SKIP LOCKED)`,
    /** Hosts, milliseconds, server. */
    beat: `INSERT INTO ${s}.hosts (id, lease_until, server)
      SELECT id, ${leaseEnd}, $3::text FROM unnest($1::text[]) AS id
      ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until, server = excluded.server`,
    leave: `DELETE FROM ${s}.hosts WHERE id = ANY ($1::text[]) OR ${longGone}`,
    /** id, milliseconds, address, load, whether it drains, protocol, version. Gives the others that live. */
    beatServer: `WITH own AS (
        INSERT INTO ${s}.servers (id, address, load, draining, protocol, version, lease_until)
        VALUES ($1, $3, $4::float8, $5::boolean, $6::int, $7, ${leaseEnd})
        ON CONFLICT (id) DO UPDATE SET address = excluded.address, load = excluded.load,
          draining = excluded.draining, lease_until = excluded.lease_until
      )
      SELECT id, address, load, draining, protocol, version FROM ${s}.servers
      WHERE id <> $1 AND lease_until > clock_timestamp()`,
    leaveServer: `DELETE FROM ${s}.servers WHERE id = $1 OR ${longGone}`,
    holder: `SELECT c.session, c.status, c.owner, ${lives} AS lives, s.id AS server, s.address, s.draining
      FROM ${s}.cells c LEFT JOIN ${s}.hosts h ON h.id = c.owner LEFT JOIN ${s}.servers s ON s.id = h.server
      WHERE c.id = $1`,
    orphans: `SELECT c.id, c.session FROM ${s}.cells c WHERE ${canGoOn} AND NOT ${lives}
      ORDER BY random() LIMIT $1::bigint`,
    /**
     * Tenant, server, cells that run there, cells that it wants to run, the most; begins that it asks for (below 0:
     * gives back), the most in a minute. What a server had that is gone does not count. Does not wait for the disk.
     */
    share: `INSERT INTO ${s}.tenants AS t (tenant, shares, begins, given, at)
      VALUES ($1, jsonb_build_object($2::text, greatest($3::int, least($4::int, $5::int))),
        $7::float8 - greatest(0, floor(least($6::float8, $7::float8))),
        coalesce(greatest(0, floor(least($6::float8, $7::float8))), 0), clock_timestamp())
      ON CONFLICT (tenant) DO UPDATE SET (shares, begins, given, at) = (
        SELECT o.shares || jsonb_build_object($2::text, greatest($3::int, least($4::int, $5::int - o.cells))),
          least($7::float8, b.begins - g.given), g.given, clock_timestamp()
        FROM (
          SELECT coalesce(jsonb_object_agg(e.key, e.value), '{}') AS shares, coalesce(sum(e.value::int), 0)::int AS cells
          FROM jsonb_each(t.shares) e JOIN ${s}.servers s ON s.id = e.key
          WHERE e.key <> $2::text AND s.lease_until > clock_timestamp()
        ) o, (
          SELECT least($7::float8, coalesce(t.begins, $7::float8)
            + greatest(0, extract(epoch FROM clock_timestamp() - t.at)) / 60 * $7::float8) AS begins
        ) b, LATERAL (
          SELECT coalesce(CASE WHEN $6::float8 < 0 THEN $6::float8 ELSE greatest(0, floor(least($6::float8, b.begins))) END, 0) AS given
        ) g)
      RETURNING (shares ->> $2::text)::int AS cells, given, begins,
        set_config('synchronous_commit', 'off', true) AS sync`,
  };
}
