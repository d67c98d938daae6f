import { randomUUID } from "node:crypto";
import { CodeModeError } from "../../base/errors.js";
import { packageVersion } from "../../base/package-version.js";
import type { CellOwner, ClusterStore, ServerInfo } from "../../durable/cluster-store.js";
import type { CellOutcome, FailedOutcome } from "../../protocol/outcome.js";
import { requestedCellId } from "../../session/cell-ids.js";
import type {
  CellService,
  DecidedQuestion,
  ServiceExecOptions,
  ServiceObservation,
  ServiceWaitOptions,
} from "../cell-service.js";
import type { LocalCells } from "../local-cells.js";
import { ServiceError } from "../service-error.js";
import { readStoreId, type SessionName, storeIdOf } from "../session-name.js";
import { askServer, HopLost, tellServer } from "./hop-client.js";
import { HopKey } from "./hop-key.js";
import type { HopRequest } from "./hop-message.js";
import { HopServer } from "./hop-server.js";
import { OrphanKeeper } from "./orphan-keeper.js";
import { Peers } from "./peers.js";
import { Rounds } from "./rounds.js";
import { type TenantQuota, TenantShares } from "./tenant-shares.js";

export interface RoutedCellsOptions {
  readonly local: LocalCells;
  /** The one of the runtime of `local`, or what it is sealed in. */
  readonly store: ClusterStore;
  /** The same for all servers; without it they do not ask each other, and each runs what it is asked for. */
  readonly secret?: string | undefined;
  /** Cells that this server wants to run at most, before others get the new ones. */
  readonly targetCells: number;
  /** What a tenant may use of all servers together. Default: no bound. */
  readonly quotaOf?: ((tenant: string) => TenantQuota | undefined) | undefined;
  /** Milliseconds for which a cell is followed whose server does not answer. Default: 45 000. */
  readonly followMs?: number | undefined;
  /** Gets what no client is told: a store or a server that does not answer, a cell that does not go on. */
  readonly onProblem: (thrown: unknown) => void;
}

const defaultFollowMs = 45_000;

/** How often a cell is asked for again that its server has lost. */
const maxLosses = 3;

/** Why a server takes no cell now, which others may. */
const hasNoRoom: ReadonlySet<unknown> = new Set([
  "ERR_DRAINING",
  "ERR_QUEUE_FULL",
  "ERR_TOO_MANY_ORPHANS",
  "ERR_THREAD_START",
  "ERR_PROCESS_START",
]);

/** Milliseconds from one look at what tenants use here to the next. */
const sharesMs = 1000;

/** Milliseconds between two tries. */
const pauseMs = 250;

/** Runs cells here, or asks the server that has them: one hop, never two. Goes on with cells whose server is gone. */
export class RoutedCells implements CellService {
  /** Of this run of the process. */
  readonly id: string = randomUUID();
  /** Answers the other servers. */
  readonly hops: HopServer;
  readonly #options: RoutedCellsOptions;
  readonly #key: HopKey | undefined;
  readonly #peers: Peers;
  readonly #orphans: OrphanKeeper;
  readonly #shares: Rounds;

  constructor(options: RoutedCellsOptions) {
    const { local, store, secret, targetCells, onProblem } = options;
    this.#options = options;
    this.#key = secret === undefined ? undefined : new HopKey(secret);
    this.hops = new HopServer({ local, key: this.#key, serverId: this.id });
    const load = (): number => local.running() / targetCells;
    const version = packageVersion();
    this.#peers = new Peers({ store, id: this.id, version, load, onProblem });
    this.#orphans = new OrphanKeeper({
      store,
      resume: (name, cellId) => local.resume(name, cellId),
      room: () => targetCells - local.running(),
      onProblem,
    });
    const shares = new TenantShares({
      store,
      server: this.id,
      quotaOf: (tenant) => options.quotaOf?.(tenant),
      runningOf: (tenant) => local.running(tenant),
    });
    this.#shares = new Rounds({
      delayMs: () => sharesMs,
      round: async () => shares.round(),
      onProblem,
    });
    local.admitBy(shares);
  }

  /**
   * Resolves when the other servers can see this one. From then on it brings back cells whose server is gone.
   *
   * @param address - A URL at which they reach it.
   * @throws {CodeModeError} ERR_STORE_UNAVAILABLE.
   */
  async start(address: string): Promise<void> {
    await this.#peers.start(address);
    this.#orphans.start();
    this.#shares.start();
  }

  /** @throws {CodeModeError} Also ERR_STORE_UNAVAILABLE if the store did not take the cell, which then has not begun. */
  async exec(name: SessionName, source: string, options: ServiceExecOptions): Promise<CellOutcome> {
    const outcome = await this.#whole(name, this.#exec(name, source, options), options);
    if (outcome.status !== "missing") return outcome;
    throw new CodeModeError(
      "ERR_STORE_UNAVAILABLE",
      "The store did not take the cell, so it has not begun; ask again.",
    );
  }

  wait(name: SessionName, cellId: string, options: ServiceWaitOptions): Promise<CellOutcome> {
    return this.#whole(name, this.#wait(name, cellId, options), options);
  }

  terminate(name: SessionName, cellId: string): Promise<CellOutcome> {
    const { local } = this.#options;
    const there = { action: "terminate", ...name, cellId } as const;
    const here = (): Promise<CellOutcome> => local.terminate(name, cellId);
    const ask = (): Promise<CellOutcome> => this.#follow(name, cellId, {}, { here, there });
    return this.#whole(name, ask(), {}, ask);
  }

  async runningIn(cellId: string): Promise<SessionName | undefined> {
    const here = await this.#options.local.runningIn(cellId);
    if (here !== undefined) return here;
    const owner = await this.#options.store.ownerOf(cellId);
    return owner.type === "elsewhere" ? readStoreId(owner.sessionId) : undefined;
  }

  async decided(name: SessionName, question: DecidedQuestion): Promise<boolean> {
    if (this.#key === undefined) return false;
    try {
      const owner = await this.#options.store.ownerOf(question.cellId);
      const other = otherServer(owner, name);
      if (other === undefined) return false;
      return await tellServer(other, this.#key, { action: "decided", ...name, ...question });
    } catch {
      return false;
    }
  }

  /** Leaves at once: the other servers send nothing new here, and get what has not ended when the signal is aborted. */
  async drain(signal?: AbortSignal): Promise<void> {
    const draining = this.#options.local.drain(signal);
    await Promise.all([this.#orphans.stop(), this.#peers.drain(), draining]);
  }

  /** Says nothing to the store any more, which may then be closed. */
  async close(): Promise<void> {
    await Promise.all([this.#orphans.stop(), this.#peers.close(), this.#shares.stop()]);
  }

  #exec(name: SessionName, source: string, options: ServiceExecOptions): Promise<CellOutcome> {
    const { requestId } = options;
    if (requestId !== undefined) return this.#execOnce(name, source, { ...options, requestId });
    const other = this.#key === undefined ? undefined : this.#peers.lessBusy();
    if (other === undefined) return this.#options.local.exec(name, source, options);
    // So that it is one cell, whatever becomes of the question.
    return this.#execOnce(name, source, { ...options, requestId: randomUUID() }, other);
  }

  #wait(name: SessionName, cellId: string, options: ServiceWaitOptions): Promise<CellOutcome> {
    const { after } = options;
    return this.#follow(name, cellId, options, {
      here: () => this.#options.local.wait(name, cellId, options),
      there: { action: "wait", ...name, cellId, after, ...observed(options) },
    });
  }

  /** @param chosen - Where it begins, if nobody has it yet. Default: here. */
  #execOnce(
    name: SessionName,
    source: string,
    options: ServiceExecOptions & { readonly requestId: string },
    chosen?: ServerInfo,
  ): Promise<CellOutcome> {
    const { requestId, limits } = options;
    const { local } = this.#options;
    const cellId = requestedCellId(storeIdOf(name), requestId);
    const what = { action: "exec", source, requestId, limits } as const;
    const here = (): Promise<CellOutcome> => local.exec(name, source, options);
    const there = { ...what, ...name, ...observed(options) };
    return this.#follow(name, cellId, options, { here, there }, chosen);
  }

  /**
   * Asks for a cell where it is, until it has been answered.
   *
   * @throws {ServiceError} ERR_UNAVAILABLE if the server that has it does not answer for long.
   */
  async #follow(
    name: SessionName,
    cellId: string,
    options: ServiceExecOptions,
    { here, there }: { readonly here: () => Promise<CellOutcome>; readonly there: HopRequest },
    chosen?: ServerInfo,
  ): Promise<CellOutcome> {
    const { store, onProblem, followMs = defaultFollowMs } = this.#options;
    const startedAt = performance.now();
    let first = chosen;
    for (;;) {
      options.signal?.throwIfAborted();
      const owner = await store.ownerOf(cellId);
      const other = otherServer(owner, name) ?? (owner.type === "missing" ? first : undefined);
      first = undefined;
      try {
        if (other === undefined || this.#key === undefined) return await here();
        return await askServer(other, this.#key, there, options);
      } catch (thrown) {
        // Of many that wait for it, one says so.
        if (thrown instanceof HopLost && this.#peers.shun(other?.id ?? "")) onProblem(thrown);
        const isOver = performance.now() - startedAt > followMs;
        if (!(await this.#mayFollow(thrown, cellId, owner, other)) || isOver) throw told(thrown);
      }
      await pause(pauseMs, options.signal);
    }
  }

  /** Whether another server may have the cell, or this one may soon. */
  async #mayFollow(
    thrown: unknown,
    cellId: string,
    before: CellOwner,
    asked: Pick<ServerInfo, "id"> | undefined,
  ): Promise<boolean> {
    if (thrown instanceof HopLost) return true;
    const { code } = thrown as { readonly code?: unknown };
    // Of this server it is said to the client: it asks another, or this one when there is room.
    if (hasNoRoom.has(code)) return asked !== undefined;
    if (code !== "ERR_CELL_BUSY") return false;
    const owner = await this.#options.store.ownerOf(cellId);
    // It may have come here meanwhile, or have ended.
    if (owner.type === "none" || owner.type !== before.type) return true;
    return (
      owner.type === "elsewhere" && owner.server !== undefined && owner.server.id !== asked?.id
    );
  }

  /**
   * An outcome that is the cell's. If another server has taken the cell over, the one before knows nothing of its
   * end: the cell is asked for again.
   *
   * @param askAgain - Default: waits for what the client has not had.
   */
  async #whole(
    name: SessionName,
    asked: Promise<CellOutcome>,
    options: ServiceWaitOptions,
    askAgain = (lost: FailedOutcome): Promise<CellOutcome> => this.#waitOn(name, lost, options),
  ): Promise<CellOutcome> {
    let outcome = await asked;
    for (let tries = 0; isLost(outcome) && tries < maxLosses; tries += 1) {
      await pause(pauseMs, options.signal);
      outcome = await askAgain(outcome);
    }
    return outcome;
  }

  /** Waits for a cell that its server has lost. */
  #waitOn(
    name: SessionName,
    { cellId, output, cursor = output.length }: FailedOutcome,
    options: ServiceWaitOptions,
  ): Promise<CellOutcome> {
    const { yieldAfterMs, yieldOnApproval, signal, onEvent } = options;
    const after = options.after ?? cursor - output.length;
    return this.#wait(name, cellId, { after, yieldAfterMs, yieldOnApproval, signal, onEvent });
  }
}

function isLost(outcome: CellOutcome): outcome is FailedOutcome {
  return outcome.status === "failed" && outcome.error.code === "ERR_CELL_STORE";
}

/** Where it is another's, of another session it is none of its client's business. */
function otherServer(
  owner: CellOwner,
  name: SessionName,
): Pick<ServerInfo, "id" | "address"> | undefined {
  if (owner.type !== "elsewhere" || owner.sessionId !== storeIdOf(name)) return undefined;
  return owner.server;
}

function observed({ yieldAfterMs, yieldOnApproval, onEvent }: ServiceObservation) {
  return {
    yieldAfterMs: yieldAfterMs === Number.POSITIVE_INFINITY ? null : yieldAfterMs,
    yieldOnApproval,
    wantsEvents: onEvent !== undefined,
  };
}

function told(thrown: unknown): unknown {
  if (!(thrown instanceof HopLost)) return thrown;
  return new ServiceError(
    "ERR_UNAVAILABLE",
    "The server that runs the cell does not answer, and its time is not over; ask again.",
    { retryAfterMs: 1000, cause: thrown },
  );
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end, { once: true });
  });
}
