import type { ServerInfo } from "../durable/cluster-store.js";
import type {
  NewCell,
  StoredApproval,
  StoredCell,
  StoredDecision,
  StoredEnd,
  StoredRecord,
  StoredSession,
} from "../durable/store.js";
import type { Append } from "./cell-queue.js";
import type { Row } from "./query.js";
import { fromColumn, PackedTexts, toColumn } from "./texts.js";

/** The parameters of `create`. @param isServed - A server has made it. */
export function valuesOfCreate(
  { cellId, host, sessionId, records, end }: NewCell,
  isServed: boolean,
): unknown[] {
  const slash = sessionId.indexOf("/");
  const tenant = isServed && slash > 0 ? toColumn(sessionId.slice(0, slash)) : null;
  const ids = [toColumn(cellId), toColumn(host), toColumn(sessionId)];
  return [...ids, ...writtenValues(records, end), ...waitingValues(records), tenant];
}

/** The parameters of `append`. */
export function valuesOfAppend({ at: { cellId, epoch, seq }, records, end }: Append): unknown[] {
  const ids = [toColumn(cellId), epoch, seq];
  return [...ids, ...writtenValues(records, end), ...waitingValues(records)];
}

/**
 * Whether the cell waits for nothing but decisions from here on, null where that stays as it was; and how many
 * decisions it has followed.
 */
function waitingValues(records: readonly StoredRecord[]): readonly [boolean | null, number] {
  const doings = records.filter(({ kind }) => kind !== "told");
  const isParked = doings.length === 0 ? null : doings.at(-1)?.kind === "parked";
  return [isParked, records.filter(({ kind }) => kind === "decided").length];
}

function writtenValues(records: readonly StoredRecord[], end: StoredEnd | undefined): unknown[] {
  const bodies = new PackedTexts();
  for (const { body } of records) bodies.add(body);
  const asking = records.filter(({ asks }) => asks !== undefined);
  const texts = new PackedTexts();
  const writes = writesOf(end);
  for (const json of writes.values()) texts.add(json);
  return [
    end?.status ?? null,
    ...bodies.values,
    records.map(({ seq }) => seq),
    records.map(({ kind }) => toColumn(kind)),
    records.map(({ at }) => at),
    asking.map(({ asks }) => toColumn(asks ?? "")),
    asking.map(({ seq }) => seq),
    ...texts.values,
    [...writes.keys()],
    end?.at ?? null,
  ];
}

/** By the key, in an order that is everywhere the same: two cells of a session may end at once. */
function writesOf(end: StoredEnd | undefined): ReadonlyMap<string, string> {
  const writes = new Map<string, string>();
  const list = end?.writes ?? [];
  for (let i = 0; i + 1 < list.length; i += 2) {
    writes.set(toColumn(list[i] ?? ""), list[i + 1] ?? "");
  }
  return new Map([...writes].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function toStoredCell(row: Row): StoredCell {
  return {
    cellId: text(row["id"]),
    sessionId: text(row["session"]),
    status: row["status"] as StoredCell["status"],
    createdAt: Number(row["created_at"]),
    endedAt: row["ended_at"] === null ? undefined : Number(row["ended_at"]),
    records: Number(row["next_seq"]),
    epoch: Number(row["epoch"]),
  };
}

export function toStoredSession({ session, cells, open, last_at: lastCellAt }: Row): StoredSession {
  return {
    sessionId: text(session),
    cells: Number(cells),
    open: Number(open),
    lastCellAt: Number(lastCellAt),
  };
}

export function toStoredRecord({ seq, kind, at, body }: Row): StoredRecord {
  return { seq: Number(seq), kind: text(kind), at: Number(at), body: text(body) };
}

export function toStoredApproval(row: Row): StoredApproval {
  return {
    approvalId: text(row["id"]),
    cellId: text(row["cell"]),
    sessionId: text(row["session"]),
    record: toStoredRecord(row),
    decision: toDecision(row),
    hasEnded: row["ended_at"] !== null,
  };
}

/** Undefined where nobody has decided. */
export function toDecision({ decided_at: at, decision: body }: Row): StoredDecision | undefined {
  return at === null || at === undefined ? undefined : { at: Number(at), body: text(body) };
}

export function toServerInfo(row: Row): ServerInfo {
  return {
    id: text(row["id"]),
    address: text(row["address"]),
    load: Number(row["load"]),
    isDraining: row["draining"] === "t",
    protocol: Number(row["protocol"]),
    version: text(row["version"]),
  };
}

function text(column: string | null | undefined): string {
  return fromColumn(column ?? "");
}
