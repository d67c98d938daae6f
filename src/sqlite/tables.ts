import { assertNever } from "../base/assert-never.js";
import type {
  AppendResult,
  CellQuery,
  ClaimResult,
  DecideResult,
  Forgotten,
  JournalPosition,
  NewCell,
  SessionQuery,
  StoredApproval,
  StoredApprovalQuery,
  StoredCell,
  StoredDecision,
  StoredEnd,
  StoredRecord,
  StoredSession,
} from "../durable/store.js";
import type { Database, Row, Statement, Value } from "./database.js";
import { unpackRecords } from "./packed-records.js";
import type { StoreRequest } from "./requests.js";

const cellColumns = "id, session, status, epoch, next_seq, created_at, ended_at";
const defaultLimit = 1000;
/** Records that one statement writes, where there are as many. */
const rowsAtOnce = 16;

/** Reads and writes the tables of one open file. Who calls it begins and ends the transactions. */
export class StoreTables {
  readonly #database: Database;
  readonly #statements = new Map<string, Statement>();

  constructor(database: Database) {
    this.#database = database;
  }

  answer(request: StoreRequest): unknown {
    switch (request.type) {
      case "create":
        return this.#create(
          { ...request.cell, records: unpackRecords(request.records) },
          request.at,
        );
      case "append":
        return this.#append(request.at, unpackRecords(request.records), request.end);
      case "claim":
        return this.#claim(request.cellId, request.host, request.living);
      case "release":
        this.#run("UPDATE cells SET owner = NULL WHERE id = ? AND epoch = ?", [
          request.cellId,
          request.epoch,
        ]);
        return undefined;
      case "forget":
        return this.#forget(request.what, request.living);
      case "read":
        return this.#read(request);
      case "find":
        return this.#cellOf(request.cellId);
      case "cells":
        return this.#cells(request.query);
      case "sessions":
        return this.#sessions(request.query);
      case "decide":
        return this.#decide(request.approvalId, request.decision);
      case "approvals":
        return this.#approvals(request.query);
      case "values":
        return this.#all("SELECT key, json FROM stored_values WHERE session = ? ORDER BY key", [
          request.sessionId,
        ]).flatMap(({ key, json }) => [JSON.parse(String(key)) as string, String(json)]);
      default:
        return assertNever(request);
    }
  }

  #create({ cellId, sessionId, host, records, end }: NewCell, at: number): undefined {
    this.#run(
      "INSERT INTO cells (id, session, status, owner, epoch, next_seq, created_at) VALUES (?, ?, 'open', ?, 1, ?, ?)",
      [cellId, sessionId, host, records.length, at],
    );
    this.#insert(cellId, records);
    if (end !== undefined) this.#end(cellId, end);
    return undefined;
  }

  #append(
    { cellId, epoch, seq }: JournalPosition,
    records: readonly StoredRecord[],
    end: StoredEnd | undefined,
  ): AppendResult {
    const changes = this.#run(
      "UPDATE cells SET next_seq = next_seq + ? WHERE id = ? AND epoch = ? AND next_seq = ?",
      [records.length, cellId, epoch, seq],
    );
    if (changes === 0) return "fenced";
    this.#insert(cellId, records);
    if (end !== undefined) this.#end(cellId, end);
    return "appended";
  }

  /** Several at a time: half of what a record costs is the call of a statement. */
  #insert(cellId: string, records: readonly StoredRecord[]): void {
    for (let from = 0; from < records.length; ) {
      const left = records.length - from;
      const part = records.slice(from, from + (left >= rowsAtOnce ? rowsAtOnce : 1));
      from += part.length;
      this.#run(
        `INSERT INTO journal (cell, seq, kind, at, body) VALUES ${part.map(() => "(?, ?, ?, ?, ?)").join(", ")}`,
        part.flatMap(({ seq, kind, at, body }) => [cellId, seq, kind, at, body]),
      );
    }
    for (const { seq, asks } of records) {
      if (asks !== undefined) {
        this.#run("INSERT INTO approvals (id, cell, seq) VALUES (?, ?, ?)", [asks, cellId, seq]);
      }
    }
  }

  #end(cellId: string, { status, at, writes }: StoredEnd): void {
    this.#run("UPDATE cells SET status = ?, ended_at = ?, owner = NULL WHERE id = ?", [
      status,
      at,
      cellId,
    ]);
    for (let i = 0; i + 1 < writes.length; i += 2) {
      this.#run(
        "INSERT OR REPLACE INTO stored_values (session, key, json) SELECT session, ?, ? FROM cells WHERE id = ?",
        // As JSON: a key may have what UTF-8 has not.
        [JSON.stringify(writes[i]), writes[i + 1] ?? "", cellId],
      );
    }
  }

  #claim(cellId: string, host: string, living: readonly string[]): ClaimResult {
    const cell = this.#get("SELECT status, owner, epoch, next_seq FROM cells WHERE id = ?", [
      cellId,
    ]);
    if (cell === undefined) return { type: "missing" };
    if (cell["status"] !== "open") return { type: "ended" };
    const owner = String(cell["owner"]);
    if (owner !== host && living.includes(owner)) return { type: "owned" };
    const epoch = Number(cell["epoch"]) + 1;
    this.#run("UPDATE cells SET owner = ?, epoch = ? WHERE id = ?", [host, epoch, cellId]);
    return { type: "claimed", epoch, seq: Number(cell["next_seq"]) };
  }

  #forget(what: Forgotten, living: readonly string[]): number {
    if ("idleSince" in what) {
      const idle = this.#all(
        "SELECT id FROM cells c WHERE ended_at IS NULL AND (SELECT at FROM journal WHERE cell = c.id AND seq = c.next_seq - 1) < ?",
        [what.idleSince],
      );
      return idle
        .map(({ id }) => this.#forget({ cellId: String(id) }, living))
        .reduce((sum, deleted) => sum + deleted, 0);
    }
    const free = `(owner IS NULL OR owner NOT IN (${living.map(() => "?").join(", ")}))`;
    const [which, value] = conditionOf(what);
    const values: readonly Value[] = [value, ...living];
    const chosen = `SELECT id FROM cells WHERE ${which} AND ${free}`;
    this.#run(`DELETE FROM journal WHERE cell IN (${chosen})`, values);
    this.#run(`DELETE FROM approvals WHERE cell IN (${chosen})`, values);
    const cells = this.#run(`DELETE FROM cells WHERE ${which} AND ${free}`, values);
    if ("sessionId" in what) {
      this.#run("DELETE FROM stored_values WHERE session = ?", [what.sessionId]);
    }
    return cells;
  }

  #read({
    cellId,
    from,
    limit,
  }: StoreRequest & { readonly type: "read" }): readonly StoredRecord[] {
    return this.#all(
      "SELECT seq, kind, at, body FROM journal WHERE cell = ? AND seq >= ? ORDER BY seq LIMIT ?",
      [cellId, from, limit],
    ).map(toStoredRecord);
  }

  #decide(approvalId: string, { at, body }: StoredDecision): DecideResult {
    const row = this.#get(
      "SELECT decided_at, decision, ended_at FROM approvals JOIN cells ON cells.id = cell WHERE approvals.id = ?",
      [approvalId],
    );
    if (row === undefined) return { type: "missing" };
    const decision = toDecision(row);
    if (decision !== undefined) return { type: "alreadyDecided", decision };
    if (row["ended_at"] !== null) return { type: "ended" };
    this.#run("UPDATE approvals SET decided_at = ?, decision = ? WHERE id = ?", [
      at,
      body,
      approvalId,
    ]);
    return { type: "decided" };
  }

  #approvals(query: StoredApprovalQuery): readonly StoredApproval[] {
    const { approvalIds, cellId, sessionId, sessionPrefix, isOpen = false } = query;
    const { after, limit = defaultLimit } = query;
    const conditions: readonly (readonly [string, readonly Value[]] | undefined)[] = [
      approvalIds && [`a.id IN (${approvalIds.map(() => "?").join(", ")})`, approvalIds],
      cellId === undefined ? undefined : ["a.cell = ?", [cellId]],
      sessionId === undefined ? undefined : ["c.session = ?", [sessionId]],
      sessionPrefix === undefined
        ? undefined
        : [beginsWith("c.session"), [sessionPrefix, sessionPrefix]],
      isOpen ? ["a.decided_at IS NULL AND c.ended_at IS NULL", []] : undefined,
      after === undefined
        ? undefined
        : [
            `(j.at, a.cell, j.seq) > (SELECT p.at, p.cell, p.seq FROM approvals b JOIN journal p
             ON p.cell = b.cell AND p.seq = b.seq WHERE b.id = ?)`,
            [after],
          ],
    ];
    const set = conditions.filter((condition) => condition !== undefined);
    const filter = set.length === 0 ? "" : `WHERE ${set.map(([sql]) => sql).join(" AND ")}`;
    return this.#all(
      `SELECT a.id, a.cell, c.session, c.ended_at, a.decided_at, a.decision, j.seq, j.kind, j.at, j.body
       FROM approvals a JOIN cells c ON c.id = a.cell JOIN journal j ON j.cell = a.cell AND j.seq = a.seq
       ${filter} ORDER BY j.at, a.cell, j.seq LIMIT ?`,
      [...set.flatMap(([, values]) => values), limit],
    ).map(toStoredApproval);
  }

  #cellOf(cellId: string): StoredCell | undefined {
    const row = this.#get(`SELECT ${cellColumns} FROM cells WHERE id = ?`, [cellId]);
    return row && toStoredCell(row);
  }

  #cells({
    sessionId,
    sessionPrefix,
    state,
    limit = defaultLimit,
  }: CellQuery): readonly StoredCell[] {
    const where = [
      ...(sessionId === undefined ? [] : ["session = ?"]),
      ...(sessionPrefix === undefined ? [] : [beginsWith("session")]),
      ...(state === undefined ? [] : [`ended_at IS ${state === "open" ? "NULL" : "NOT NULL"}`]),
    ];
    const filter = where.length === 0 ? "" : `WHERE ${where.join(" AND ")}`;
    return this.#all(
      `SELECT ${cellColumns} FROM cells ${filter} ORDER BY created_at DESC, id DESC LIMIT ?`,
      [
        ...(sessionId === undefined ? [] : [sessionId]),
        ...(sessionPrefix === undefined ? [] : [sessionPrefix, sessionPrefix]),
        limit,
      ],
    ).map(toStoredCell);
  }

  #sessions({
    sessionPrefix,
    after,
    limit = defaultLimit,
  }: SessionQuery): readonly StoredSession[] {
    const filter = sessionPrefix === undefined ? "" : `WHERE ${beginsWith("session")}`;
    const place = after === undefined ? "" : "HAVING (last_at, session) < (?, ?)";
    return this.#all(
      `SELECT session, count(*) AS cells, sum(ended_at IS NULL) AS open, max(created_at) AS last_at
       FROM cells ${filter} GROUP BY session ${place} ORDER BY last_at DESC, session DESC LIMIT ?`,
      [
        ...(sessionPrefix === undefined ? [] : [sessionPrefix, sessionPrefix]),
        ...(after === undefined ? [] : [after.lastCellAt, after.sessionId]),
        limit,
      ],
    ).map(toStoredSession);
  }

  #run(sql: string, values: readonly Value[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  #get(sql: string, values: readonly Value[]): Row | undefined {
    return this.#statement(sql).get(...values);
  }

  #all(sql: string, values: readonly Value[]): readonly Row[] {
    return this.#statement(sql).all(...values);
  }

  #statement(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const made = this.#database.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }
}

/** Takes the prefix twice. The index of sessions finds them: bytes 0xff come in no text. */
function beginsWith(column: string): string {
  return `${column} >= ? AND ${column} < ? || CAST(x'ff' AS TEXT)`;
}

function conditionOf(
  what: Exclude<Forgotten, { readonly idleSince: number }>,
): readonly [string, Value] {
  if ("cellId" in what) return ["id = ?", what.cellId];
  if ("sessionId" in what) return ["session = ?", what.sessionId];
  return ["ended_at < ?", what.endedBefore];
}

function toStoredCell(row: Row): StoredCell {
  return {
    cellId: String(row["id"]),
    sessionId: String(row["session"]),
    status: row["status"] as StoredCell["status"],
    createdAt: Number(row["created_at"]),
    endedAt: row["ended_at"] === null ? undefined : Number(row["ended_at"]),
    records: Number(row["next_seq"]),
    epoch: Number(row["epoch"]),
  };
}

function toStoredSession({ session, cells, open, last_at: lastCellAt }: Row): StoredSession {
  return {
    sessionId: String(session),
    cells: Number(cells),
    open: Number(open),
    lastCellAt: Number(lastCellAt),
  };
}

function toStoredRecord({ seq, kind, at, body }: Row): StoredRecord {
  return { seq: Number(seq), kind: String(kind), at: Number(at), body: String(body) };
}

function toStoredApproval(row: Row): StoredApproval {
  return {
    approvalId: String(row["id"]),
    cellId: String(row["cell"]),
    sessionId: String(row["session"]),
    record: toStoredRecord(row),
    decision: toDecision(row),
    hasEnded: row["ended_at"] !== null,
  };
}

function toDecision({ decided_at: at, decision: body }: Row): StoredDecision | undefined {
  return at === null ? undefined : { at: Number(at), body: String(body) };
}
