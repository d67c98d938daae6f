import { builtin } from "../base/builtin.js";
import { CodeModeError } from "../base/errors.js";
import { invalidOption } from "../base/option-checks.js";
import { boundsOf, type RuntimeBounds } from "../bounds/runtime-bounds.js";
import { readApproval } from "../durable/decisions.js";
import { DurableCounters } from "../durable/durable-counters.js";
import { readEntries } from "../durable/kept-cell.js";
import { OpenQuestions } from "../durable/open-questions.js";
import type { JournalEntry } from "../journal/entry.js";
import { type ReplayReport, replayCell } from "../journal/replay.js";
import { checkApprovalsQuery, checkDecision } from "../options/approval-options.js";
import {
  checkRevertOptions,
  type Durability,
  type RevertOptions,
} from "../options/durability-options.js";
import { type ResolvedLimits, readRecordedLimits } from "../options/limits.js";
import { checkSessionId, type SessionOptions } from "../options/options.js";
import { type Settings, withSessionOptions } from "../options/settings.js";
import type {
  ApprovalsQuery,
  DecideOutcome,
  Decision,
  KeptApproval,
} from "../protocol/approvals.js";
import type { CellBackend } from "../protocol/cell-backend.js";
import type { RevertReport } from "../protocol/revert.js";
import type { CodeModeStats, IsolateStats } from "../protocol/stats.js";
import type { Telemetry } from "../protocol/telemetry.js";
import type { DurableHost } from "./durable-cells.js";
import { Retention } from "./retention.js";
import { revertWith } from "./reverts.js";
import { Session } from "./session.js";

/** What a runtime is made of. */
export interface CodeModeDependencies {
  /** Where the cells of all sessions live; the runtime closes it. */
  readonly backend: CellBackend;
  readonly settings: Settings;
  /** Those of all sessions together. */
  readonly limits: ResolvedLimits;
  /** Bytes that the heap of the host's own engine may have; defaults of limits depend on it. */
  readonly hostHeapBytes: number;
  /** The isolates that there are without a cell. Default: none. */
  readonly isolates?: () => IsolateStats;
  /** Where the cells are kept; undefined where they are not. */
  readonly durability?: Durability | undefined;
  readonly telemetry?: Telemetry | undefined;
}

/** A runtime: opens sessions and closes them. `createCodeMode` makes it. */
export class CodeMode implements AsyncDisposable {
  readonly #backend: CellBackend;
  readonly #settings: Settings;
  readonly #hostHeapBytes: number;
  readonly #bounds: RuntimeBounds;
  readonly #isolates: () => IsolateStats;
  readonly #durable: DurableHost | undefined;
  readonly #telemetry: Telemetry | undefined;
  /** Ends what follows the runtime. */
  readonly #unfollow: (() => void) | undefined;
  readonly #sessions = new Set<Session>();
  /** Replays and reverts, which `close` waits for. */
  readonly #unfinished = new Set<Promise<unknown>>();
  readonly #closed = new AbortController();
  #closing: Promise<void> | undefined;

  /** @internal */
  constructor(dependencies: CodeModeDependencies) {
    const { backend, settings, limits, hostHeapBytes, isolates, durability, telemetry } =
      dependencies;
    this.#backend = backend;
    this.#settings = settings;
    this.#isolates = isolates ?? (() => ({ ready: 0, starting: 0, orphaned: 0 }));
    this.#hostHeapBytes = hostHeapBytes;
    this.#bounds = boundsOf(limits);
    this.#durable = durability && {
      store: durability.store,
      parkAfterMs: durability.parkAfterMs,
      retention: new Retention(durability),
      questions: new OpenQuestions(durability.store),
      counters: new DurableCounters(),
      host: builtin("node:crypto").randomUUID(),
      running: new Set(),
    };
    this.#telemetry = telemetry;
    this.#unfollow = telemetry?.runtime(() => this.stats());
  }

  /**
   * Opens a session. It shares nothing with other sessions.
   *
   * @throws {CodeModeError} ERR_INVALID_OPTION, ERR_INVALID_TOOL, ERR_TOOL_NAME_CONFLICT,
   *   ERR_SESSION_CLOSED if the runtime has been closed.
   */
  openSession(options: SessionOptions = {}): Session {
    const settings = withSessionOptions(this.#settings, "session", options);
    checkSessionId(options.id);
    if (this.#closing !== undefined) throw closedError();
    const session: Session = new Session({
      backend: this.#backend,
      hostHeapBytes: this.#hostHeapBytes,
      settings,
      runtimeTools: this.#settings.tools,
      bounds: this.#bounds,
      id: options.id,
      data: options.data,
      storedValues: options.storedValues,
      durable: this.#durable,
      telemetry: this.#telemetry,
      onClosed: () => this.#sessions.delete(session),
    });
    this.#sessions.add(session);
    return session;
  }

  /**
   * Runs a recorded cell again, from its journal: with the answers that its tools gave, and without
   * calling any. Says whether the cell does the same. It runs where the cells of this runtime do: with
   * `isolation: "process"` in a process of its own. It has the limits that the journal says, and no more than the
   * `limits` that this runtime was given: give some if somebody else may have written the journal.
   *
   * @throws {CodeModeError} ERR_INVALID_JOURNAL if the entries are not the journal of one cell;
   *   ERR_SESSION_CLOSED if the runtime is closed before the replay is over; ERR_THREAD_START,
   *   ERR_PROCESS_START, ERR_TOO_MANY_ORPHANS if no cell can be started.
   */
  async replay(entries: readonly JournalEntry[]): Promise<ReplayReport> {
    const { isolation, limits } = this.#settings;
    const { signal } = this.#closed;
    const replay = replayCell(this.#backend, entries, {
      isolation,
      signal,
      readLimits: (recorded) =>
        readRecordedLimits(recorded, { hostHeapBytes: this.#hostHeapBytes, most: limits }),
    });
    return this.#untilDone(replay);
  }

  /**
   * The journal of a durable cell, as far as it is in the store: for `replay`, or to see what the cell did.
   *
   * @throws {CodeModeError} ERR_INVALID_OPTION if the store has no such cell, or there is no store;
   *   ERR_STORE_UNAVAILABLE; ERR_INVALID_JOURNAL if a record is damaged.
   */
  async journal(cellId: string): Promise<readonly JournalEntry[]> {
    const store = this.#durable?.store;
    const cell = typeof cellId === "string" ? await store?.find(cellId) : undefined;
    if (store !== undefined && cell !== undefined) return readEntries(store, cell);
    throw invalidOption("cellId", "that of a cell in the store of this runtime", cellId);
  }

  /**
   * The calls of durable cells that wait for a decision, of all cells in the store, also of those whose process
   * has ended; with `state: "all"` also those that were decided, and how. The oldest first, `limit` of them (1000) after the
   * question `after`.
   *
   * @throws {CodeModeError} ERR_INVALID_OPTION, also if there is no store, or it has no question `after`; ERR_STORE_UNAVAILABLE;
   *   ERR_INVALID_JOURNAL if a record is damaged.
   */
  async approvals(query: ApprovalsQuery = {}): Promise<readonly KeptApproval[]> {
    checkApprovalsQuery(query);
    const { cellId, sessionId, state, after, limit } = query;
    const { store } = this.#needDurable("approvals");
    const isOpen = state !== "all";
    const found = await store.approvals({ cellId, sessionId, isOpen, after, limit });
    if (found.length === 0 && after !== undefined) {
      const [last] = await store.approvals({ approvalIds: [after] });
      if (last === undefined) {
        throw invalidOption("after", "the id of a question that the store has", after);
      }
    }
    return found.map(readApproval);
  }

  /**
   * Decides about a call that waits for approval. The first decision holds, from whatever process; a later one
   * is told of it. If the cell runs in this process or another, it goes on; else `Session.wait` resumes it.
   * Whoever can call this, or write to the store, can approve every call: check who asks before you do.
   *
   * @param approvalId - That of an entry of `approvals`, or of the request that `onApproval` got.
   * @throws {CodeModeError} ERR_INVALID_OPTION, also if there is no store; ERR_STORE_UNAVAILABLE.
   */
  async decide(approvalId: string, decision: Decision): Promise<DecideOutcome> {
    if (typeof approvalId !== "string") throw invalidOption("approvalId", "a string", approvalId);
    checkDecision(decision);
    return this.#needDurable("decide").questions.decide(approvalId, decision);
  }

  /**
   * Another process has decided about a call: if it is one of a cell of this runtime, that goes on at once.
   *
   * @internal
   */
  async decided(approvalId: string): Promise<void> {
    await this.#durable?.questions.look(approvalId);
  }

  /**
   * Undoes what the calls of a durable cell did that has ended: runs `revert` of their tools, the last call first,
   * each once, also if a process ends meanwhile. Stops at the first that fails; called again, it goes on there. The
   * journal has what was reverted. docs/durable-cells.md says what it cannot promise.
   *
   * @throws {CodeModeError} ERR_INVALID_OPTION if there is no store or no such cell, or a tool that the cell called is
   *   missing: then nothing was done; ERR_INVALID_TOOL, ERR_TOOL_NAME_CONFLICT; ERR_CELL_BUSY if the cell has not
   *   ended, or is being reverted; ERR_SESSION_CLOSED; ERR_STORE_UNAVAILABLE; ERR_STORE_KEY; ERR_INVALID_JOURNAL.
   */
  async revert(cellId: string, options: RevertOptions = {}): Promise<RevertReport> {
    checkRevertOptions(options);
    const { store } = this.#needDurable("revert");
    if (this.#closing !== undefined) throw closedError();
    const tools = this.#settings.tools.with(options.tools);
    const { signal } = this.#closed;
    const retriesLost = options.onLost === "retry";
    return this.#untilDone(revertWith(cellId, { store, tools, retriesLost, signal }));
  }

  /**
   * What the runtime does now and has done since it was made: numbers only, frozen. Cheap enough to ask each second,
   * and costs nothing else. docs/telemetry.md says what to watch.
   */
  stats(): CodeModeStats {
    const { counters, slots, unseen, toolInputs } = this.#bounds;
    return deepFreeze({
      since: counters.since,
      sessions: this.#sessions.size,
      cells: counters.cellStats(slots.waiting),
      isolates: this.#isolates(),
      memory: { unseenBytes: unseen.held, toolInputBytes: toolInputs.taken },
      toolCalls: counters.callStats(),
      openApprovals: counters.openApprovals,
      durable: this.#durable?.counters.stats(),
    });
  }

  async #untilDone<Result>(work: Promise<Result>): Promise<Result> {
    this.#unfinished.add(work);
    try {
      return await work;
    } finally {
      this.#unfinished.delete(work);
    }
  }

  #needDurable(method: string): DurableHost {
    if (this.#durable !== undefined) return this.#durable;
    throw new CodeModeError(
      "ERR_INVALID_OPTION",
      `${method} needs a store, which this runtime has not: set durability in the options of createCodeMode.`,
    );
  }

  /** Closes every session, ends every replay, and resolves when all their threads are gone. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#closed.abort(closedError());
    const sessions = [...this.#sessions].map((session) => session.close());
    await Promise.all([...sessions, Promise.allSettled(this.#unfinished)]);
    await this.#backend.close();
    this.#unfollow?.();
  }
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}

function closedError(): CodeModeError {
  return new CodeModeError("ERR_SESSION_CLOSED", "This runtime has been closed.");
}
