import { builtin } from "../base/builtin.js";
import { CodeModeError } from "../base/errors.js";
import { checkOptionsObject, invalidOption } from "../base/option-checks.js";
import { packageFlags, packageRoot } from "../base/package-root.js";
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
import { packRecords } from "./packed-records.js";
import type { FromWorker, StoreAnswers, StoreRequest, ToWorker, WorkerSetup } from "./requests.js";
import { ValueVersions } from "./value-versions.js";

export interface SqliteStoreOptions {
  /**
   * `"full"`: what is written survives a loss of power; `"normal"`: it survives the end of the process, and
   * the last moments before a loss of power may be gone. Default: `"full"`.
   */
  readonly sync?: "full" | "normal" | undefined;
  /** Opens the file to look at it, also while another process writes to it. Default: false. */
  readonly readOnly?: boolean | undefined;
}

/**
 * Keeps durable cells in a file, which is made where there is none. SQLite runs on a thread of its own, so
 * that no commit blocks the event loop. One process at a time may run cells of a file; the file
 * `<file>-owner` beside it is its lock. Other processes may ask for `approvals` and `decide` meanwhile.
 *
 * @param file - Its path. It must be on a disk of this machine.
 * @throws {CodeModeError} ERR_INVALID_OPTION. What else is wrong is told by the first use: an exec rejects with
 *   ERR_STORE_UNAVAILABLE, or with ERR_PACKAGE_MISSING where there is no SQLite.
 */
export function sqliteStore(file: string, options: SqliteStoreOptions = {}): DurableStore {
  // To SQLite some of these are no files; a store that is gone with its process keeps nothing.
  if (typeof file !== "string" || /^$|\0|^:memory:$|^file:/.test(file)) {
    throw invalidOption("file", "the path of a file on a disk", file);
  }
  checkOptionsObject("the options of sqliteStore", options, ["sync", "readOnly"]);
  const { sync = "full", readOnly = false } = options;
  if (sync !== "full" && sync !== "normal") throw invalidOption("sync", '"full" or "normal"', sync);
  if (typeof readOnly !== "boolean") throw invalidOption("readOnly", "true or false", readOnly);
  return new SqliteStore({ file: builtin("node:path").resolve(file), readOnly, sync });
}

interface OpenRequest {
  readonly request: StoreRequest;
  resolve(answer: unknown): void;
  reject(error: CodeModeError): void;
}

type Worker = InstanceType<typeof import("node:worker_threads").Worker>;

/** Sends one message at a time to its worker; what comes meanwhile is the next, and one transaction. */
class SqliteStore implements DurableStore {
  readonly #setup: WorkerSetup;
  readonly #hosts = new Set<string>();
  readonly #versions = new ValueVersions();
  #worker: Worker | undefined;
  #waiting: OpenRequest[] = [];
  #sent: readonly OpenRequest[] = [];
  #isScheduled = false;
  #closing: Promise<void> | undefined;
  #onClosed: (() => void) | undefined;

  constructor(setup: WorkerSetup) {
    this.#setup = setup;
  }

  async create({ records, ...cell }: NewCell): Promise<void> {
    this.#hosts.add(cell.host);
    await this.#ask({ type: "create", cell, records: packRecords(records), at: Date.now() });
    const { cellId, sessionId, end } = cell;
    if (end === undefined) this.#versions.opened(cellId, sessionId);
    else this.#versions.left(cellId, end, sessionId);
  }

  async append(
    at: JournalPosition,
    records: readonly StoredRecord[],
    end?: StoredEnd,
  ): Promise<AppendResult> {
    const result = await this.#ask({ type: "append", at, records: packRecords(records), end });
    if (end !== undefined && result === "appended") this.#versions.left(at.cellId, end);
    return result;
  }

  read(cellId: string, from: number, limit: number): Promise<readonly StoredRecord[]> {
    return this.#ask({ type: "read", cellId, from, limit });
  }

  claim(cellId: string, host: string): Promise<ClaimResult> {
    this.#hosts.add(host);
    return this.#ask({ type: "claim", cellId, host, living: [...this.#hosts] });
  }

  release(cellId: string, epoch: number): Promise<void> {
    this.#versions.left(cellId, undefined);
    return this.#ask({ type: "release", cellId, epoch });
  }

  find(cellId: string): Promise<StoredCell | undefined> {
    return this.#ask({ type: "find", cellId });
  }

  cells(query: CellQuery = {}): Promise<readonly StoredCell[]> {
    return this.#ask({ type: "cells", query });
  }

  sessions(query: SessionQuery = {}): Promise<readonly StoredSession[]> {
    return this.#ask({ type: "sessions", query });
  }

  values(sessionId: string): Promise<readonly string[]> {
    return this.#ask({ type: "values", sessionId });
  }

  /** Nobody else writes to the file: what has not changed is not read. */
  async valuesSince(sessionId: string, version: string | undefined): Promise<ValuesSince> {
    const now = this.#versions.of(sessionId);
    if (version === now && !this.#setup.readOnly) return { type: "same" };
    return { type: "changed", version: now, values: await this.values(sessionId) };
  }

  decide(approvalId: string, decision: StoredDecision): Promise<DecideResult> {
    return this.#ask({ type: "decide", approvalId, decision });
  }

  approvals(query: StoredApprovalQuery = {}): Promise<readonly StoredApproval[]> {
    return this.#ask({ type: "approvals", query });
  }

  async forget(what: Forgotten): Promise<number> {
    const count = await this.#ask({ type: "forget", what, living: [...this.#hosts] });
    if ("sessionId" in what) this.#versions.changed(what.sessionId);
    return count;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #ask<Type extends StoreRequest["type"]>(
    request: StoreRequest & { readonly type: Type },
  ): Promise<StoreAnswers[Type]> {
    if (this.#closing !== undefined) return Promise.reject(this.#error("it has been closed"));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve: resolve as OpenRequest["resolve"], reject });
      this.#sendSoon();
    });
  }

  /** Not at once: what is asked for in the same turn is one transaction. */
  #sendSoon(): void {
    if (this.#isScheduled || this.#sent.length > 0 || this.#waiting.length === 0) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#send();
    });
  }

  #send(): void {
    this.#sent = this.#waiting;
    this.#waiting = [];
    this.#worker ??= this.#start();
    // A program ends when it has nothing else to do but to keep a store.
    this.#worker.ref();
    this.#post({ type: "requests", requests: this.#sent.map(({ request }) => request) });
  }

  #post(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #start(): Worker {
    const { Worker } = builtin("node:worker_threads");
    const { join } = builtin("node:path");
    const worker = new Worker(join(packageRoot, "dist/sqlite/worker.js"), {
      workerData: this.#setup,
      // Node 22 and 24 warn that their SQLite is new.
      execArgv: [...packageFlags(), "--no-warnings"],
    });
    worker.on("message", (message: FromWorker) => this.#take(message));
    worker.on("error", (error) => this.#fail(error.message));
    worker.on("exit", () => this.#fail("its thread has ended"));
    return worker;
  }

  #take(message: FromWorker): void {
    if (message.type === "closed") {
      this.#onClosed?.();
      return;
    }
    const sent = this.#sent;
    this.#sent = [];
    if (message.type === "answers") {
      for (const [index, { resolve }] of sent.entries()) resolve(message.answers[index]);
    } else {
      const { code, message: text } = message.failure;
      // The file may be another.
      this.#versions.allChanged();
      for (const { reject } of sent) reject(new CodeModeError(code, text));
    }
    if (this.#waiting.length === 0) this.#worker?.unref();
    this.#sendSoon();
  }

  /** The thread is gone: the next request starts another. */
  #fail(why: string): void {
    const lost = [...this.#sent, ...this.#waiting];
    this.#sent = [];
    this.#waiting = [];
    this.#worker = undefined;
    // Until it is open again, another process may write to the file.
    this.#versions.allChanged();
    for (const { reject } of lost) reject(this.#error(why));
    this.#onClosed?.();
  }

  async #close(): Promise<void> {
    while (this.#sent.length + this.#waiting.length > 0) {
      const last = [...this.#sent, ...this.#waiting].at(-1);
      await new Promise<void>((resolve) => {
        if (last === undefined) return resolve();
        const { resolve: answer, reject } = last;
        last.resolve = (value) => {
          answer(value);
          resolve();
        };
        last.reject = (error) => {
          reject(error);
          resolve();
        };
      });
    }
    const worker = this.#worker;
    if (worker === undefined) return;
    worker.ref();
    await new Promise<void>((resolve) => {
      this.#onClosed = resolve;
      this.#post({ type: "close" });
    });
    await worker.terminate();
  }

  #error(why: string): CodeModeError {
    return new CodeModeError(
      "ERR_STORE_UNAVAILABLE",
      `The store ${this.#setup.file} cannot be used: ${why}.`,
    );
  }
}
