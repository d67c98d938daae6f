import { invalidOption } from "../base/option-checks.js";
import {
  type CellOwner,
  type ClusterStore,
  isClusterStore,
  type OrphanedCell,
  type ServerInfo,
  type ShareRequest,
  type TenantShare,
} from "../durable/cluster-store.js";
import type {
  AppendResult,
  CellQuery,
  ClaimResult,
  DecideResult,
  DurableStore,
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
  ValuesSince,
} from "../durable/store.js";
import { KeyRing, type SealKeys } from "./seal-keys.js";
import { type CellIds, placeOfDecision, placeOfRecord, placeOfValue } from "./sealed-places.js";
import { openText, sealText } from "./sealed-text.js";

/**
 * The same store, but that all it is given is sealed: encrypted with AES-256-GCM, and bound to its session, its
 * cell and its place in the journal. Use it instead of the other. What was changed or moved in the store is
 * noticed when it is read. Ids, times, kinds of records, sizes and the keys of stored values can still be read.
 *
 * Its methods also reject with ERR_STORE_KEY where a key is missing, is another than the one with which something
 * was sealed, or something is not sealed; and with ERR_INVALID_JOURNAL where something is not what was sealed there.
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION.
 */
export function sealedStore<Store extends DurableStore>(
  store: Store,
  keys: SealKeys,
): Store extends ClusterStore ? ClusterStore : DurableStore;
export function sealedStore(store: DurableStore, keys: SealKeys): DurableStore {
  if (typeof store !== "object" || store === null || typeof store.append !== "function") {
    throw invalidOption("store", "a store, such as sqliteStore(file) makes", store);
  }
  const ring = new KeyRing(keys);
  return isClusterStore(store) ? new SealedClusterStore(store, ring) : new SealedStore(store, ring);
}

class SealedStore implements DurableStore {
  readonly #store: DurableStore;
  readonly #keys: KeyRing;
  /** Of the cells that are written here. */
  readonly #sessions = new Map<string, string>();

  constructor(store: DurableStore, keys: KeyRing) {
    this.#store = store;
    this.#keys = keys;
  }

  async create(cell: NewCell): Promise<void> {
    const { cellId, sessionId, records, end } = cell;
    const sealed = { ...cell, records: this.#sealRecords(cell, records) };
    if (end === undefined) this.#sessions.set(cellId, sessionId);
    await this.#store.create(
      end === undefined ? sealed : { ...sealed, end: this.#sealEnd(sessionId, end) },
    );
  }

  async append(
    at: JournalPosition,
    records: readonly StoredRecord[],
    end?: StoredEnd,
  ): Promise<AppendResult> {
    const { cellId } = at;
    // At once where it is known, as it is of a cell that runs: what is asked for in one turn keeps its order.
    const sessionId = this.#sessions.get(cellId) ?? (await this.#store.find(cellId))?.sessionId;
    if (sessionId === undefined) return "fenced";
    const sealed = this.#sealRecords({ cellId, sessionId }, records);
    if (end === undefined) return this.#store.append(at, sealed);
    const result = await this.#store.append(at, sealed, this.#sealEnd(sessionId, end));
    this.#sessions.delete(cellId);
    return result;
  }

  async read(cellId: string, from: number, limit: number): Promise<readonly StoredRecord[]> {
    const [records, sessionId] = await Promise.all([
      this.#store.read(cellId, from, limit),
      this.#sessionOf(cellId),
    ]);
    return records.map((record) => this.#openRecord({ cellId, sessionId }, record));
  }

  async claim(cellId: string, host: string): Promise<ClaimResult> {
    const result = await this.#store.claim(cellId, host);
    if (result.type === "claimed") {
      const cell = await this.#store.find(cellId);
      if (cell !== undefined) this.#sessions.set(cellId, cell.sessionId);
    }
    return result;
  }

  release(cellId: string, epoch: number): Promise<void> {
    this.#sessions.delete(cellId);
    return this.#store.release(cellId, epoch);
  }

  find(cellId: string): Promise<StoredCell | undefined> {
    return this.#store.find(cellId);
  }

  cells(query?: CellQuery): Promise<readonly StoredCell[]> {
    return this.#store.cells(query);
  }

  sessions(query?: SessionQuery): Promise<readonly StoredSession[]> {
    return this.#store.sessions(query);
  }

  async decide(approvalId: string, decision: StoredDecision): Promise<DecideResult> {
    const [approval] = await this.#store.approvals({ approvalIds: [approvalId] });
    if (approval === undefined) return { type: "missing" };
    const { sessionId } = approval;
    const { at, body: text } = decision;
    const sealed = sealText(this.#keys, { text, sessionId }, placeOfDecision(approval, at));
    const result = await this.#store.decide(approvalId, { at, body: sealed });
    if (result.type !== "alreadyDecided") return result;
    return { ...result, decision: this.#openDecision(approval, result.decision) };
  }

  async approvals(query?: StoredApprovalQuery): Promise<readonly StoredApproval[]> {
    const found = await this.#store.approvals(query);
    return found.map((approval) => ({
      ...approval,
      record: this.#openRecord(approval, approval.record),
      decision: approval.decision && this.#openDecision(approval, approval.decision),
    }));
  }

  async values(sessionId: string): Promise<readonly string[]> {
    return this.#openValues(sessionId, await this.#store.values(sessionId));
  }

  async valuesSince(sessionId: string, version: string | undefined): Promise<ValuesSince> {
    // Of a store without versions all are new each time.
    if (this.#store.valuesSince === undefined) {
      return { type: "changed", version: "", values: await this.values(sessionId) };
    }
    const found = await this.#store.valuesSince(sessionId, version);
    if (found.type === "same") return found;
    return { ...found, values: this.#openValues(sessionId, found.values) };
  }

  forget(what: Forgotten): Promise<number> {
    return this.#store.forget(what);
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async #sessionOf(cellId: string): Promise<string> {
    return this.#sessions.get(cellId) ?? (await this.#store.find(cellId))?.sessionId ?? "";
  }

  #sealRecords(cell: CellIds, records: readonly StoredRecord[]): readonly StoredRecord[] {
    return records.map((record) => {
      const content = { text: record.body, sessionId: cell.sessionId };
      return { ...record, body: sealText(this.#keys, content, placeOfRecord(cell, record)) };
    });
  }

  #sealEnd(sessionId: string, end: StoredEnd): StoredEnd {
    const writes = end.writes.map((text, index) => {
      if (index % 2 === 0) return text;
      const place = placeOfValue(sessionId, end.writes[index - 1] ?? "");
      return sealText(this.#keys, { text, sessionId }, place);
    });
    return { ...end, writes };
  }

  #openRecord(cell: CellIds, record: StoredRecord): StoredRecord {
    return { ...record, body: openText(this.#keys, record.body, placeOfRecord(cell, record)) };
  }

  #openValues(sessionId: string, values: readonly string[]): readonly string[] {
    return values.map((text, index) => {
      if (index % 2 === 0) return text;
      return openText(this.#keys, text, placeOfValue(sessionId, values[index - 1] ?? ""));
    });
  }

  #openDecision(approval: StoredApproval, { at, body }: StoredDecision): StoredDecision {
    return { at, body: openText(this.#keys, body, placeOfDecision(approval, at)) };
  }
}

/** Who has which cell is not secret. */
class SealedClusterStore extends SealedStore implements ClusterStore {
  readonly #cluster: ClusterStore;

  constructor(store: ClusterStore, keys: KeyRing) {
    super(store, keys);
    this.#cluster = store;
  }

  beat(server: ServerInfo): Promise<readonly ServerInfo[]> {
    return this.#cluster.beat(server);
  }

  ownerOf(cellId: string): Promise<CellOwner> {
    return this.#cluster.ownerOf(cellId);
  }

  orphans(limit: number): Promise<readonly OrphanedCell[]> {
    return this.#cluster.orphans(limit);
  }

  share(request: ShareRequest): Promise<TenantShare> {
    return this.#cluster.share(request);
  }
}
