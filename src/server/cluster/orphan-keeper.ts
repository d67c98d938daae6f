import type { ClusterStore, OrphanedCell } from "../../durable/cluster-store.js";
import { readStoreId, type SessionName } from "../session-name.js";
import { Rounds } from "./rounds.js";

export interface OrphanKeeperOptions {
  readonly store: Pick<ClusterStore, "orphans">;
  /** Goes on with a cell here. */
  readonly resume: (name: SessionName, cellId: string) => Promise<void>;
  /** How many more cells this server wants. */
  readonly room: () => number;
  /** Why the store could not be asked, or a cell does not go on. */
  readonly onProblem: (thrown: unknown) => void;
}

/** Milliseconds from one look to the next: half as much to one and a half, so that servers do not look at once. */
const lookMs = 1000;

/** Cells that are brought back at a time. */
const maxAtOnce = 8;

/** Milliseconds after which a cell is tried again that could not be brought back: twice as many each time. */
const firstDelayMs = 2000;
const lastDelayMs = 5 * 60_000;

/** Brings back the cells whose servers are gone. */
export class OrphanKeeper {
  readonly #options: OrphanKeeperOptions;
  /** Cells that could not be brought back: how long they are left alone, and until when. */
  readonly #left = new Map<string, { readonly delayMs: number; readonly until: number }>();
  readonly #rounds: Rounds;
  #isStopped = false;

  constructor(options: OrphanKeeperOptions) {
    this.#options = options;
    this.#rounds = new Rounds({
      delayMs: () => lookMs * (0.5 + Math.random()),
      round: () => this.#look(),
      onProblem: options.onProblem,
    });
  }

  start(): void {
    this.#rounds.start();
  }

  /** Resolves when it brings none back any more. */
  stop(): Promise<void> {
    this.#isStopped = true;
    return this.#rounds.stop();
  }

  async #look(): Promise<void> {
    const limit = Math.min(maxAtOnce, Math.ceil(this.#options.room()));
    if (limit <= 0) return;
    const now = performance.now();
    for (const [id, { until, delayMs }] of this.#left) {
      if (until + delayMs < now) this.#left.delete(id);
    }
    // Those that are left alone must not be all that is found.
    const found = await this.#options.store.orphans(limit + this.#left.size);
    const due = found.filter(({ cellId }) => (this.#left.get(cellId)?.until ?? 0) <= now);
    await Promise.all(due.slice(0, limit).map((cell) => this.#resume(cell)));
  }

  async #resume({ cellId, sessionId }: OrphanedCell): Promise<void> {
    const name = readStoreId(sessionId);
    if (name === undefined || this.#isStopped) return;
    try {
      await this.#options.resume(name, cellId);
      this.#left.delete(cellId);
    } catch (thrown) {
      const { delayMs = firstDelayMs / 2 } = this.#left.get(cellId) ?? {};
      const next = Math.min(2 * delayMs, lastDelayMs);
      this.#left.set(cellId, { delayMs: next, until: performance.now() + next });
      // Another server was faster.
      if ((thrown as { code?: unknown }).code !== "ERR_CELL_BUSY") this.#options.onProblem(thrown);
    }
  }
}
