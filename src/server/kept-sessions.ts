import type { SessionLimits } from "../options/limits.js";
import type { SessionOptions } from "../options/options.js";
import type { CellEvent } from "../protocol/events.js";
import type { CodeMode } from "../session/code-mode.js";
import type { Session } from "../session/session.js";
import type { ToolSet } from "../tools/tool-set.js";
import { KeptSession } from "./kept-session.js";
import { readStoreId, type SessionName, storeIdOf } from "./session-name.js";

export interface KeptSessionsOptions {
  /** With a store; who has made it closes it. */
  readonly codeMode: CodeMode;
  /** The tools of a tenant besides the runtime's. Default: none. */
  readonly toolsOf?: ((tenant: string) => ToolSet) | undefined;
  /** The limits of each session of a tenant. Default: the runtime's. */
  readonly limitsOf?: ((tenant: string) => SessionLimits | undefined) | undefined;
  /** Milliseconds after its last use for which a session stays open. Default: a minute. */
  readonly idleMs?: number | undefined;
}

/** Of sessions whose clients are asked and told otherwise than in answers. */
export type SessionHandlers = Pick<SessionOptions, "onApproval" | "onNotify">;

/** With more sessions than this, the one whose last use is longest ago is closed. */
const maxIdleSessions = 1000;

/** The sessions of all tenants that are open in one runtime. */
export class KeptSessions {
  readonly #options: KeptSessionsOptions;
  readonly #onRests: (tenant: string) => void;
  /** By their ids in the store; the one that was used last is the last. */
  readonly #sessions = new Map<string, KeptSession>();

  /** @param onRests - A cell of the tenant does not run any more. */
  constructor(options: KeptSessionsOptions, onRests: (tenant: string) => void) {
    this.#options = options;
    this.#onRests = onRests;
  }

  /** Cells that run, and are not parked. @param tenant - Only its own. Default: all. */
  running(tenant?: string): number {
    let count = 0;
    for (const kept of this.#sessions.values()) {
      if (tenant === undefined || kept.tenant === tenant) count += kept.running;
    }
    return count;
  }

  /** Whether a cell of the session runs, or is parked. */
  runs(name: SessionName, cellId: string): boolean {
    return this.#sessions.get(storeIdOf(name))?.has(cellId) ?? false;
  }

  /** The session in which a cell runs, or is parked. */
  runningIn(cellId: string): SessionName | undefined {
    for (const [id, kept] of this.#sessions) if (kept.has(cellId)) return readStoreId(id);
    return undefined;
  }

  /** @param handlers - Of the session, if it is not open already. */
  open(name: SessionName, handlers: SessionHandlers = {}): KeptSession {
    const id = storeIdOf(name);
    const known = this.#sessions.get(id);
    if (known !== undefined) {
      this.#sessions.delete(id);
      this.#sessions.set(id, known);
      return known;
    }
    const kept: KeptSession = new KeptSession({
      tenant: name.tenant,
      open: (onEvent) => this.#openSession(name, handlers, onEvent),
      idleMs: this.#options.idleMs ?? 60_000,
      onIdle: () => this.#drop(id, kept),
      onRests: () => this.#onRests(name.tenant),
    });
    this.#sessions.set(id, kept);
    this.#dropIdle();
    return kept;
  }

  /** Gives all of them the tools that their tenants have now. */
  renewTools(): void {
    const { toolsOf } = this.#options;
    if (toolsOf === undefined) return;
    for (const kept of this.#sessions.values()) kept.session.setToolSet(toolsOf(kept.tenant));
  }

  /** Ends each exec and wait: it resolves as yielded, with the output so far. */
  yieldAll(): void {
    for (const kept of this.#sessions.values()) kept.yieldAll();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((kept) => kept.close()));
    this.#sessions.clear();
  }

  #openSession(
    name: SessionName,
    handlers: SessionHandlers,
    onEvent: (event: CellEvent) => void,
  ): Session {
    const { codeMode, toolsOf, limitsOf } = this.#options;
    const limits = limitsOf?.(name.tenant);
    const session = codeMode.openSession({
      ...handlers,
      id: storeIdOf(name),
      onEvent,
      ...(limits && { limits }),
    });
    // Other servers of the store may serve it too.
    session.share();
    const tools = toolsOf?.(name.tenant);
    if (tools !== undefined) session.setToolSet(tools);
    return session;
  }

  /** Closes the one of too many that was not used for the longest time. */
  #dropIdle(): void {
    if (this.#sessions.size <= maxIdleSessions) return;
    for (const [id, kept] of this.#sessions) {
      if (!kept.isIdle) continue;
      this.#drop(id, kept);
      return;
    }
  }

  #drop(id: string, kept: KeptSession): void {
    this.#sessions.delete(id);
    void kept.close();
  }
}
