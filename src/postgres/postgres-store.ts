import {
  checkBoolean,
  checkMilliseconds,
  checkOptionsObject,
  invalidOption,
} from "../base/option-checks.js";
import type {
  CellOwner,
  ClusterStore,
  OrphanedCell,
  ServerInfo,
  ShareRequest,
  TenantShare,
} from "../durable/cluster-store.js";
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
  ValuesSince,
} from "../durable/store.js";
import { type Append, CellQueue } from "./cell-queue.js";
import { Claims } from "./claims.js";
import { closedError, Database } from "./database.js";
import { unavailable } from "./failures.js";
import { HostLeases } from "./host-leases.js";
import { isPool, notAPool, type PostgresPool } from "./pool.js";
import { toDecision, valuesOfAppend, valuesOfCreate } from "./rows.js";
import { Servers } from "./servers.js";
import { makeStatements, preparedStatements, type Statements } from "./statements.js";
import { StoreReads } from "./store-reads.js";
import { toColumn } from "./texts.js";

export interface PostgresStoreOptions {
  /**
   * The schema of the database in which the tables are, which are made where there are none. Letters, digits and
   * `_`. Default: `"codecell"`.
   */
  readonly schema?: string | undefined;
  /**
   * Milliseconds after which another process may take the cells of one that has not been heard of. A process says
   * three times in this time that it lives. Default: 10 000.
   */
  readonly leaseMs?: number | undefined;
  /**
   * Milliseconds for which a cell that runs waits for a database that cannot be reached. What needs no wait, such
   * as a new exec, is refused after half a second. Default: 60 000.
   */
  readonly patienceMs?: number | undefined;
  /** Makes no tables and writes nothing: to look at cells. Default: false. */
  readonly readOnly?: boolean | undefined;
}

/** Cells that one statement deletes. */
const forgottenAtOnce = 500;

/**
 * Keeps durable cells in a PostgreSQL, of version 12 or later, for any number of processes and machines at once.
 * Each cell is run by one of them; a process that has died, or does not reach the database, loses its cells to
 * others after `leaseMs`. A pooler may stand between, such as pgbouncer in its transaction mode.
 *
 * @param pool - A `Pool` of the package `pg`, which the store does not end; or a URL, for which it makes one with
 *   at most 10 connections.
 * @throws {CodeModeError} ERR_INVALID_OPTION. What else is wrong is told by the first use: an exec rejects with
 *   ERR_STORE_UNAVAILABLE, or with ERR_PACKAGE_MISSING where a URL is given and `pg` is not installed.
 */
export function postgresStore(
  pool: PostgresPool | string,
  options: PostgresStoreOptions = {},
): ClusterStore {
  const isUrl = typeof pool === "string" && /^postgres(ql)?:\/\//.test(pool);
  if (!isUrl && !isPool(pool)) throw notAPool(pool);
  checkOptionsObject("the options of postgresStore", options, [
    "schema",
    "leaseMs",
    "patienceMs",
    "readOnly",
  ]);
  const { schema = "codecell", leaseMs = 10_000, patienceMs = 60_000, readOnly = false } = options;
  if (typeof schema !== "string" || !/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(schema)) {
    throw invalidOption("schema", "letters, digits and _, 63 at most", schema);
  }
  checkMilliseconds("leaseMs", leaseMs, 1);
  checkMilliseconds("patienceMs", patienceMs, 0);
  checkBoolean("readOnly", readOnly);
  if (leaseMs > 3_600_000) throw invalidOption("leaseMs", "an hour or less", leaseMs);
  return new PostgresStore(pool, { schema, leaseMs, patienceMs, readOnly });
}

class PostgresStore implements ClusterStore {
  readonly #database: Database;
  readonly #statements: Statements;
  readonly #leases: HostLeases;
  readonly #servers: Servers;
  readonly #claims: Claims;
  readonly #reads: StoreReads;
  readonly #patienceMs: number;
  readonly #queues = new Map<string, CellQueue>();
  readonly #open = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(
    pool: PostgresPool | string,
    {
      schema,
      leaseMs,
      patienceMs,
      readOnly,
    }: { schema: string; leaseMs: number; patienceMs: number; readOnly: boolean },
  ) {
    const statements = makeStatements(schema);
    const prepared = preparedStatements.map((name) => statements[name]);
    const database = new Database(pool, { schema, readOnly, prepared });
    const leases = new HostLeases(database, statements, leaseMs);
    const servers = new Servers(database, statements, leases, leaseMs);
    this.#statements = statements;
    this.#database = database;
    this.#leases = leases;
    this.#servers = servers;
    this.#claims = new Claims({ database, statements, leases, servers });
    this.#reads = new StoreReads(database, statements);
    this.#patienceMs = patienceMs;
  }

  create(cell: NewCell): Promise<void> {
    return this.#do(() => this.#queueOf(cell.cellId).run(() => this.#create(cell)));
  }

  append(
    at: JournalPosition,
    records: readonly StoredRecord[],
    end?: StoredEnd,
  ): Promise<AppendResult> {
    return this.#do(() => this.#queueOf(at.cellId).append({ at, records, end }));
  }

  read(cellId: string, from: number, limit: number): Promise<readonly StoredRecord[]> {
    return this.#do(() => this.#reads.read(cellId, from, limit));
  }

  claim(cellId: string, host: string): Promise<ClaimResult> {
    return this.#do(() => this.#queueOf(cellId).run(() => this.#claims.claim(cellId, host)));
  }

  release(cellId: string, epoch: number): Promise<void> {
    return this.#do(() =>
      this.#queueOf(cellId).run(async () => {
        await this.#run("release", [toColumn(cellId), epoch]);
      }),
    );
  }

  find(cellId: string): Promise<StoredCell | undefined> {
    return this.#do(() => this.#reads.find(cellId));
  }

  cells(query: CellQuery = {}): Promise<readonly StoredCell[]> {
    return this.#do(() => this.#reads.cells(query));
  }

  sessions(query: SessionQuery = {}): Promise<readonly StoredSession[]> {
    return this.#do(() => this.#reads.sessions(query));
  }

  values(sessionId: string): Promise<readonly string[]> {
    return this.#do(() => this.#reads.values(sessionId));
  }

  valuesSince(sessionId: string, version: string | undefined): Promise<ValuesSince> {
    return this.#do(() => this.#reads.valuesSince(sessionId, version));
  }

  decide(approvalId: string, decision: StoredDecision): Promise<DecideResult> {
    return this.#do(() => this.#decide(approvalId, decision));
  }

  approvals(query: StoredApprovalQuery = {}): Promise<readonly StoredApproval[]> {
    return this.#do(() => this.#reads.approvals(query));
  }

  forget(what: Forgotten): Promise<number> {
    return this.#do(async () => {
      if ("cellId" in what) {
        return (await this.#run("forgetCell", [toColumn(what.cellId)])).count;
      }
      if ("sessionId" in what) {
        return (await this.#run("forgetSession", [toColumn(what.sessionId)])).count;
      }
      return "idleSince" in what
        ? this.#forgetAll("forgetIdle", what.idleSince)
        : this.#forgetAll("forgetEnded", what.endedBefore);
    });
  }

  beat(server: ServerInfo): Promise<readonly ServerInfo[]> {
    return this.#do(() => this.#servers.beat(server));
  }

  ownerOf(cellId: string): Promise<CellOwner> {
    return this.#do(() => this.#servers.ownerOf(cellId));
  }

  orphans(limit: number): Promise<readonly OrphanedCell[]> {
    return this.#do(() => this.#servers.orphans(limit));
  }

  share(request: ShareRequest): Promise<TenantShare> {
    return this.#do(() => this.#servers.share(request));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #create(cell: NewCell): Promise<void> {
    if (cell.end === undefined) await this.#leases.hold(cell.host);
    const values = valuesOfCreate(cell, this.#servers.isServed);
    const { rows, isRepeated } = await this.#run("create", values);
    if (Number(rows[0]?.["changed"]) > 0) return;
    const { schema } = this.#database;
    // The first time may have been the one that made it.
    if (isRepeated) {
      const place = await this.#run("place", [toColumn(cell.cellId)]);
      if (place.rows[0]?.["maker"] === toColumn(cell.host)) return;
    }
    throw unavailable(
      schema,
      `it has a cell ${cell.cellId} already, which another process has begun; wait for that`,
    );
  }

  async #append(append: Append): Promise<AppendResult> {
    const { cellId, epoch, seq } = append.at;
    const { rows, isRepeated } = await this.#run(
      "append",
      valuesOfAppend(append),
      this.#patienceMs,
    );
    if (Number(rows[0]?.["changed"]) > 0) return "appended";
    if (!isRepeated) return "fenced";
    // Nobody else writes in this epoch: where the journal is as long as it would be, it was this.
    const place = await this.#run("place", [toColumn(cellId)], this.#patienceMs);
    const { epoch: ownEpoch, next_seq: length } = place.rows[0] ?? {};
    const isDone = Number(ownEpoch) === epoch && Number(length) === seq + append.records.length;
    return isDone ? "appended" : "fenced";
  }

  async #decide(approvalId: string, decision: StoredDecision): Promise<DecideResult> {
    const id = toColumn(approvalId);
    const { at, body } = decision;
    const { rows, isRepeated } = await this.#run("decide", [id, at, toColumn(body)]);
    if (rows.length > 0) return { type: "decided" };
    const [row] = (await this.#run("question", [id])).rows;
    if (row === undefined) return { type: "missing" };
    const first = toDecision(row);
    if (first === undefined) return { type: "ended" };
    const isOurs = isRepeated && first.at === at && first.body === body;
    return isOurs ? { type: "decided" } : { type: "alreadyDecided", decision: first };
  }

  async #forgetAll(which: "forgetEnded" | "forgetIdle", before: number): Promise<number> {
    let forgotten = 0;
    for (;;) {
      const { count } = await this.#run(which, [before, forgottenAtOnce]);
      forgotten += count;
      if (count < forgottenAtOnce) return forgotten;
    }
  }

  #queueOf(cellId: string): CellQueue {
    const known = this.#queues.get(cellId);
    if (known !== undefined) return known;
    const made = new CellQueue(
      (append) => this.#append(append),
      () => this.#queues.delete(cellId),
    );
    this.#queues.set(cellId, made);
    return made;
  }

  #run(name: keyof Statements, values: readonly unknown[], patienceMs?: number) {
    return this.#database.run(this.#statements[name], values, patienceMs);
  }

  #do<Result>(action: () => Promise<Result>): Promise<Result> {
    if (this.#closing !== undefined) return Promise.reject(closedError(this.#database.schema));
    const done = action();
    this.#open.add(done);
    const forget = (): void => void this.#open.delete(done);
    done.then(forget, forget);
    return done;
  }

  async #close(): Promise<void> {
    this.#claims.stop();
    this.#database.hurry();
    await Promise.allSettled(this.#open);
    await this.#servers.leave();
    await this.#leases.close();
    await this.#database.close();
  }
}
