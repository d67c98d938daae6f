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
} from "../../src/sqlite.js";
import { Held } from "./cells.js";

/**
 * A store whose host is gone as soon as so many records are durable: from then on nothing is written and
 * nothing is answered, as if the process had been killed in that moment.
 */
export class CrashingStore implements DurableStore {
  /** Resolves when the host is gone. */
  readonly crashed: Held = new Held();
  readonly #store: DurableStore;
  #left: number;
  #isGone = false;
  #letGo: ((error: Error) => void)[] = [];

  constructor(store: DurableStore, records: number) {
    this.#store = store;
    this.#left = records;
  }

  async create(cell: NewCell): Promise<void> {
    const part = this.#takePart(cell.records);
    if (part.length === cell.records.length) return this.#store.create(cell);
    if (part.length > 0) await this.#store.create({ ...cell, records: part, end: undefined });
    return this.#crash();
  }

  async append(
    at: JournalPosition,
    records: readonly StoredRecord[],
    end?: StoredEnd,
  ): Promise<AppendResult> {
    const part = this.#takePart(records);
    if (part.length === records.length) return this.#store.append(at, records, end);
    // A store writes all of what it is given or none; but it could have been given this much.
    if (part.length > 0) await this.#store.append(at, part);
    return this.#crash();
  }

  read(cellId: string, from: number, limit: number): Promise<readonly StoredRecord[]> {
    return this.#store.read(cellId, from, limit);
  }

  claim(cellId: string, host: string): Promise<ClaimResult> {
    return this.#store.claim(cellId, host);
  }

  async release(cellId: string, epoch: number): Promise<void> {
    if (!this.#isGone) await this.#store.release(cellId, epoch);
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

  decide(approvalId: string, decision: StoredDecision): Promise<DecideResult> {
    return this.#isGone ? new Promise(() => {}) : this.#store.decide(approvalId, decision);
  }

  approvals(query?: StoredApprovalQuery): Promise<readonly StoredApproval[]> {
    return this.#store.approvals(query);
  }

  values(sessionId: string): Promise<readonly string[]> {
    return this.#store.values(sessionId);
  }

  forget(what: Forgotten): Promise<number> {
    return this.#store.forget(what);
  }

  /** What hangs is refused, so that the host's threads can be ended. */
  async close(): Promise<void> {
    this.#isGone = true;
    for (const refuse of this.#letGo.splice(0)) refuse(new Error("The host is gone."));
    await this.#store.close();
  }

  #takePart(records: readonly StoredRecord[]): readonly StoredRecord[] {
    const part = records.slice(0, this.#left);
    this.#left -= part.length;
    return part;
  }

  #crash(): Promise<never> {
    this.#isGone = true;
    this.crashed.resolve();
    return new Promise((_resolve, reject) => this.#letGo.push(reject));
  }
}
