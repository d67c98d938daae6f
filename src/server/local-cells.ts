import { setMaxListeners } from "node:events";
import type { ExecOptions } from "../options/exec-options.js";
import type { CellOutcome } from "../protocol/outcome.js";
import { requestedCellId } from "../session/cell-ids.js";
import type { Session } from "../session/session.js";
import type { Admission } from "./admission.js";
import type {
  CellService,
  DecidedQuestion,
  ServiceExecOptions,
  ServiceWaitOptions,
} from "./cell-service.js";
import type { KeptSession } from "./kept-session.js";
import { KeptSessions, type KeptSessionsOptions, type SessionHandlers } from "./kept-sessions.js";
import { tooManyRunning } from "./quota-errors.js";
import { ServiceError } from "./service-error.js";
import { type SessionName, storeIdOf } from "./session-name.js";
import { StopSignal } from "./stop-signal.js";

export interface LocalCellsOptions extends KeptSessionsOptions {
  /** The most cells of a tenant that run here at once. Default: no bound but those of the runtime. */
  readonly maxRunningOf?: ((tenant: string) => number | undefined) | undefined;
}

export interface LocalExecOptions extends ServiceExecOptions {
  /** What has no meaning at another server: who is asked and told while the cell runs, also after it has yielded. */
  readonly inProcess?:
    | Pick<
        ExecOptions,
        "signal" | "context" | "console" | "dialect" | "onNotify" | "onEvent" | "onApproval"
      >
    | undefined;
}

export interface HeldSession {
  readonly session: Session;
  /** Whether a cell of it runs here, or is parked. */
  readonly runs: () => boolean;
  readonly release: () => void;
}

/** Milliseconds that observers have to be told, when all that runs is left in the store. */
const tellMs = 2000;

/** Runs the cells of all tenants in one runtime of this process. */
export class LocalCells implements CellService {
  readonly #options: LocalCellsOptions;
  readonly #sessions: KeptSessions;
  /** Execs and waits. */
  readonly #observations = new Set<Promise<unknown>>();
  /** Aborted when nothing here is observed any more. */
  readonly #leaving = new AbortController();
  #isDraining = false;
  #draining: Promise<void> | undefined;
  #onRests: () => void = () => {};
  #admission: Admission | undefined;

  constructor(options: LocalCellsOptions) {
    this.#options = options;
    this.#sessions = new KeptSessions(options, (tenant) => this.#rests(tenant));
    // Each wait listens to it.
    setMaxListeners(0, this.#leaving.signal);
  }

  /** From now on it says which cells may begin, besides what this server knows of itself. */
  admitBy(admission: Admission): void {
    this.#admission = admission;
  }

  /** Cells that run here, and are not parked. @param tenant - Only its own. Default: all. */
  running(tenant?: string): number {
    return this.#sessions.running(tenant);
  }

  /**
   * A session that is used elsewhere than by execs and waits, until it is given up.
   *
   * @param handlers - Of the session, if it is not open already.
   * @throws {ServiceError} ERR_DRAINING.
   */
  hold(name: SessionName, handlers?: SessionHandlers): HeldSession {
    if (this.#isDraining) throw drainingError();
    const kept = this.#sessions.open(name, handlers);
    kept.enter();
    let isHeld = true;
    const release = (): void => {
      if (isHeld) kept.exit();
      isHeld = false;
    };
    return { session: kept.session, runs: () => kept.runs, release };
  }

  async exec(name: SessionName, source: string, options: LocalExecOptions): Promise<CellOutcome> {
    const { requestId, limits, yieldAfterMs, yieldOnApproval, signal, inProcess } = options;
    // One that was sent before needs no more room.
    const isNew = requestId === undefined || !this.#runs(name, requestId);
    if (isNew && this.#isDraining) throw drainingError();
    if (isNew) this.#checkQuota(name.tenant);
    return this.#observe(name, async (kept) => {
      const observer = kept.observer(options.onEvent);
      // Its cell goes on, whoever leaves.
      using stop = new StopSignal(signal, this.#leaving.signal);
      try {
        if (isNew) await this.#admission?.admit(name.tenant);
        const outcome = await kept.session.exec(source, {
          ...inProcess,
          ...(requestId !== undefined && { requestId }),
          ...(limits !== undefined && { limits }),
          ...(yieldAfterMs !== undefined && { yieldAfterMs }),
          ...(yieldOnApproval !== undefined && { yieldOnApproval }),
          yieldSignal: stop.signal,
          onCellId: (cellId) => {
            observer.follow(cellId);
            options.onCellId?.(cellId);
          },
        });
        return observer.ends(outcome);
      } finally {
        observer.leave();
      }
    });
  }

  async wait(name: SessionName, cellId: string, options: ServiceWaitOptions): Promise<CellOutcome> {
    const { after, yieldAfterMs, yieldOnApproval, signal } = options;
    return this.#observe(name, async (kept) => {
      const observer = kept.observer(options.onEvent, cellId);
      try {
        const outcome = await kept.session.wait(cellId, {
          ...(after !== undefined && { after }),
          ...(yieldAfterMs !== undefined && { yieldAfterMs }),
          ...(yieldOnApproval !== undefined && { yieldOnApproval }),
          ...(signal !== undefined && { signal }),
          yieldSignal: this.#leaving.signal,
        });
        return observer.ends(outcome);
      } finally {
        observer.leave();
      }
    });
  }

  terminate(name: SessionName, cellId: string): Promise<CellOutcome> {
    return this.#observe(name, (kept) => kept.session.terminate(cellId));
  }

  /**
   * Goes on with a cell of the session without observing it. What it says waits for the next who does.
   *
   * @throws {CodeModeError} As `Session.wait`; ERR_CELL_BUSY if another runtime has it; ERR_INVALID_TOOL if a tool is
   *   missing with which it began.
   * @throws {ServiceError} ERR_DRAINING.
   */
  async resume(name: SessionName, cellId: string): Promise<void> {
    if (this.#isDraining) throw drainingError();
    await this.#use(name, async (kept) => {
      const cell = await kept.session.resume(cellId);
      if (cell !== undefined) kept.keep(cellId, cell.released);
    });
  }

  async runningIn(cellId: string): Promise<SessionName | undefined> {
    return this.#sessions.runningIn(cellId);
  }

  decided(_session: SessionName, { approvalId }: DecidedQuestion): Promise<boolean> {
    return this.#options.codeMode.decided(approvalId).then(
      () => true,
      () => false,
    );
  }

  /** Gives the sessions of all tenants the tools that they have now. */
  renewTools(): void {
    this.#sessions.renewTools();
  }

  drain(signal?: AbortSignal): Promise<void> {
    this.#isDraining = true;
    this.#draining ??= this.#drain(signal);
    return this.#draining;
  }

  async #drain(signal: AbortSignal | undefined): Promise<void> {
    await this.#whenIdle(signal);
    this.#leaving.abort();
    this.#sessions.yieldAll();
    await settledWithin([...this.#observations], tellMs);
    await this.#sessions.close();
    // Those that were not told in time are told now that they wait in vain.
    await Promise.allSettled(this.#observations);
  }

  /** Resolves when nothing runs here, or the signal is aborted. */
  #whenIdle(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.running() === 0 || signal?.aborted) resolve();
      };
      this.#onRests = look;
      signal?.addEventListener("abort", look, { once: true });
      look();
    });
  }

  async #observe(
    name: SessionName,
    observe: (kept: KeptSession) => Promise<CellOutcome>,
  ): Promise<CellOutcome> {
    const outcome = await this.#use(name, observe);
    // The cell is in the store, and has not ended.
    if (outcome.status === "terminated" && outcome.reason === "closed") throw drainingError();
    return outcome;
  }

  async #use<Result>(
    name: SessionName,
    use: (kept: KeptSession) => Promise<Result>,
  ): Promise<Result> {
    if (this.#leaving.signal.aborted) throw drainingError();
    const kept = this.#sessions.open(name);
    kept.enter();
    const used = use(kept);
    this.#observations.add(used);
    try {
      return await used;
    } finally {
      this.#observations.delete(used);
      kept.exit();
      this.#rests(name.tenant);
    }
  }

  #runs(name: SessionName, requestId: string): boolean {
    return this.#sessions.runs(name, requestedCellId(storeIdOf(name), requestId));
  }

  #rests(tenant: string): void {
    this.#onRests();
    this.#admission?.rests(tenant);
  }

  #checkQuota(tenant: string): void {
    const most = this.#options.maxRunningOf?.(tenant);
    if (most !== undefined && this.running(tenant) >= most) throw tooManyRunning(most);
  }
}

function drainingError(): ServiceError {
  return new ServiceError(
    "ERR_DRAINING",
    "This server is about to end. Its cells are in the store: ask again, another server or this one when it is back.",
    { retryAfterMs: 1000 },
  );
}

async function settledWithin(promises: readonly Promise<unknown>[], ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([Promise.allSettled(promises), late]);
  clearTimeout(timer);
}
