import type {
  CellQuery,
  SessionQuery,
  StoredApproval,
  StoredApprovalQuery,
  StoredCell,
  StoredRecord,
  StoredSession,
  ValuesSince,
} from "../durable/store.js";
import type { Database } from "./database.js";
import type { Row } from "./query.js";
import { toStoredApproval, toStoredCell, toStoredRecord, toStoredSession } from "./rows.js";
import type { Statements } from "./statements.js";
import { fromColumn, toColumn } from "./texts.js";

/** Rows that a query gives that asks for no number of them. */
const defaultLimit = 1000;

/** What a store is asked that changes nothing: the methods of `DurableStore`, in its tables. */
export class StoreReads {
  readonly #database: Database;
  readonly #statements: Statements;

  constructor(database: Database, statements: Statements) {
    this.#database = database;
    this.#statements = statements;
  }

  async read(cellId: string, from: number, limit: number): Promise<readonly StoredRecord[]> {
    const rows = await this.#run("read", [toColumn(cellId), from, limit]);
    return rows.map(toStoredRecord);
  }

  async find(cellId: string): Promise<StoredCell | undefined> {
    const [row] = await this.#run("find", [toColumn(cellId)]);
    return row && toStoredCell(row);
  }

  async cells(query: CellQuery): Promise<readonly StoredCell[]> {
    const { sessionId, sessionPrefix, state, limit = defaultLimit } = query;
    const rows = await this.#run("cells", [
      columnOf(sessionId),
      state === undefined ? null : state === "ended",
      limit,
      columnOf(sessionPrefix),
    ]);
    return rows.map(toStoredCell);
  }

  async sessions(query: SessionQuery): Promise<readonly StoredSession[]> {
    const { sessionPrefix, after, limit = defaultLimit } = query;
    const rows = await this.#run("sessions", [
      columnOf(sessionPrefix),
      after?.lastCellAt ?? null,
      columnOf(after?.sessionId),
      limit,
    ]);
    return rows.map(toStoredSession);
  }

  async values(sessionId: string): Promise<readonly string[]> {
    return (await this.#run("values", [toColumn(sessionId)])).flatMap(keyAndJson);
  }

  async valuesSince(sessionId: string, version: string | undefined): Promise<ValuesSince> {
    const rows = await this.#run("valuesSince", [toColumn(sessionId), version ?? null]);
    const found = rows[0]?.["version"] ?? "";
    if (found === version) return { type: "same" };
    // Where there are no values, the one row has the version alone.
    const values = rows.filter(({ key }) => typeof key === "string").flatMap(keyAndJson);
    return { type: "changed", version: found, values };
  }

  async approvals(query: StoredApprovalQuery): Promise<readonly StoredApproval[]> {
    const { approvalIds, cellId, sessionId, sessionPrefix, isOpen = false } = query;
    const { after, limit = defaultLimit } = query;
    const rows = await this.#run("approvals", [
      approvalIds?.map(toColumn) ?? null,
      columnOf(cellId),
      columnOf(sessionId),
      isOpen,
      limit,
      columnOf(sessionPrefix),
      columnOf(after),
    ]);
    return rows.map(toStoredApproval);
  }

  async #run(name: keyof Statements, values: readonly unknown[]): Promise<readonly Row[]> {
    return (await this.#database.run(this.#statements[name], values)).rows;
  }
}

function keyAndJson({ key, json }: Row): readonly string[] {
  return [fromColumn(key ?? ""), fromColumn(json ?? "")];
}

function columnOf(text: string | undefined): string | null {
  return text === undefined ? null : toColumn(text);
}
