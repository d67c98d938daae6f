import type { CellEvent } from "../protocol/events.js";
import type { CellOutcome } from "../protocol/outcome.js";
import type { Session } from "../session/session.js";

type EventListener = (event: CellEvent) => void;

export interface KeptSessionOptions {
  readonly tenant: string;
  readonly open: (onEvent: EventListener) => Session;
  /** Milliseconds. */
  readonly idleMs: number;
  /** Nobody has used it for that long, and nothing of it runs. */
  readonly onIdle: () => void;
  /** A cell of it does not run any more. */
  readonly onRests: () => void;
}

/** Who observes one cell, until its outcome. */
export interface CellObserver {
  /** It is this cell. */
  readonly follow: (cellId: string) => void;
  /** Notes whether the cell goes on. */
  readonly ends: (outcome: CellOutcome) => CellOutcome;
  readonly leave: () => void;
}

/** A session that is open for as long as it is used, or something of it runs, and a while longer. */
export class KeptSession {
  readonly tenant: string;
  readonly session: Session;
  readonly #options: KeptSessionOptions;
  readonly #observers = new Map<string, Set<EventListener>>();
  /** Cells that run, whether somebody observes them or not. */
  readonly #running = new Set<string>();
  /** Those of them that wait for nothing but decisions, and have no isolate. */
  readonly #parked = new Set<string>();
  /** Execs that have not been answered, with the ids of their cells where they have them. */
  readonly #execs = new Set<{ cellId: string | undefined }>();
  /** Execs and waits. */
  #users = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: KeptSessionOptions) {
    this.#options = options;
    this.tenant = options.tenant;
    this.session = options.open((event) => this.#happened(event));
  }

  /** How many cells run or are about to begin. A parked cell does not count, and a wait makes no cell count. */
  get running(): number {
    const all = new Set(this.#running);
    let unnamed = 0;
    for (const { cellId } of this.#execs) {
      if (cellId === undefined) unnamed += 1;
      else all.add(cellId);
    }
    for (const cellId of this.#parked) all.delete(cellId);
    return all.size + unnamed;
  }

  /** Whether a cell of it runs, or is parked. */
  has(cellId: string): boolean {
    return this.#running.has(cellId);
  }

  /** Whether a cell of it runs, or is parked. */
  get runs(): boolean {
    return this.#running.size > 0;
  }

  get isIdle(): boolean {
    return this.#users === 0 && this.#running.size === 0;
  }

  enter(): void {
    this.#users += 1;
    clearTimeout(this.#idle);
  }

  exit(): void {
    this.#users -= 1;
    this.#rest();
  }

  /** @param awaited - The cell that is waited for. Default: one that is about to begin. */
  observer(onEvent: EventListener | undefined, awaited?: string): CellObserver {
    let followed: string | undefined;
    const exec: { cellId: string | undefined } = { cellId: undefined };
    let hasEnded = false;
    let hasYielded = false;
    const hear = (event: CellEvent): void => {
      hasEnded ||= event.type === "ended";
      // What comes after that belongs to the next observation.
      if (!hasYielded) onEvent?.(event);
      hasYielded ||= event.type === "yielded";
    };
    const follow = (cellId: string): void => {
      followed = cellId;
      exec.cellId = cellId;
      const all = this.#observers.get(cellId) ?? new Set();
      this.#observers.set(cellId, all.add(hear));
    };
    if (awaited === undefined) this.#execs.add(exec);
    else follow(awaited);
    return {
      follow,
      ends: (outcome) => {
        // Its end may have come while its outcome was on its way.
        if (outcome.status === "yielded" && !hasEnded) this.#running.add(outcome.cellId);
        return outcome;
      },
      leave: () => {
        this.#execs.delete(exec);
        if (followed === undefined) return;
        const all = this.#observers.get(followed);
        all?.delete(hear);
        if (all?.size === 0) this.#observers.delete(followed);
      },
    };
  }

  /** Ends each exec and wait: it resolves as yielded, with the output so far. */
  yieldAll(): void {
    for (const cellId of this.#running) void this.session.yieldNow(cellId);
  }

  /** A cell runs that nobody observes. */
  keep(cellId: string, released: Promise<void>): void {
    this.#running.add(cellId);
    void released.then(() => {
      this.#parked.delete(cellId);
      // Its end may have been told before.
      if (!this.#running.delete(cellId)) return;
      this.#options.onRests();
      this.#rest();
    });
  }

  close(): Promise<void> {
    clearTimeout(this.#idle);
    return this.session.close();
  }

  #happened(event: CellEvent): void {
    for (const hear of this.#observers.get(event.cellId) ?? []) hear(event);
    switch (event.type) {
      case "started":
        this.#running.add(event.cellId);
        break;
      case "parked":
        this.#parked.add(event.cellId);
        this.#options.onRests();
        break;
      case "unparked":
        this.#parked.delete(event.cellId);
        break;
      case "ended":
        this.#running.delete(event.cellId);
        this.#parked.delete(event.cellId);
        this.#options.onRests();
        this.#rest();
        break;
    }
  }

  #rest(): void {
    if (!this.isIdle) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(this.#options.onIdle, this.#options.idleMs);
    this.#idle.unref();
  }
}
