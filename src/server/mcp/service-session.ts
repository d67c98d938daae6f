import { McpCalls } from "../../mcp/server/mcp-calls.js";
import type { ModelSession } from "../../model/model-session.js";
import type { ExecOptions, WaitOptions } from "../../options/exec-options.js";
import type { Settings } from "../../options/settings.js";
import type { CellEvent } from "../../protocol/events.js";
import type { CellOutcome } from "../../protocol/outcome.js";
import type { Session } from "../../session/session.js";
import type { CellService } from "../cell-service.js";
import type { LocalCells } from "../local-cells.js";
import type { SessionName } from "../session-name.js";

export interface ServiceSessionOptions {
  /** Who is waited for: cells here and elsewhere. */
  readonly cells: CellService;
  /** Who begins cells: where their client is, which is asked and told while they run. */
  readonly local: LocalCells;
  readonly name: SessionName;
  /** The one of that name here, which is held. */
  readonly session: Session;
}

/** A session of a service for one MCP client: its cells begin here, and it waits for those of its tenant wherever they are. */
export class ServiceSession implements ModelSession {
  readonly #options: ServiceSessionOptions;

  constructor(options: ServiceSessionOptions) {
    this.#options = options;
  }

  get settings(): Settings {
    return this.#options.session.settings;
  }

  get maxOutputTokens(): number {
    return this.#options.session.maxOutputTokens;
  }

  exec(source: string, options: ExecOptions): Promise<CellOutcome> {
    const { local, name } = this.#options;
    const { yieldAfterMs, yieldOnApproval, ...inProcess } = options;
    return local.exec(name, source, { yieldAfterMs, yieldOnApproval, inProcess });
  }

  async wait(cellId: string, options: WaitOptions): Promise<CellOutcome> {
    const { cells } = this.#options;
    const { yieldAfterMs, yieldOnApproval, signal } = options;
    const name = await this.#sessionOf(cellId);
    // What its own cells say comes to it in any case.
    const onEvent = name === this.#options.name ? undefined : this.#hear;
    return cells.wait(name, cellId, { yieldAfterMs, yieldOnApproval, signal, onEvent });
  }

  async terminate(cellId: string): Promise<CellOutcome> {
    return this.#options.cells.terminate(await this.#sessionOf(cellId), cellId);
  }

  /** A client that begins a new session, because the server was another one, knows its cells by their ids. */
  async #sessionOf(cellId: string): Promise<SessionName> {
    const { cells, name } = this.#options;
    const found = await cells.runningIn(cellId);
    const isOthers = found?.tenant === name.tenant && found.session !== name.session;
    return isOthers ? found : name;
  }

  readonly #hear = (event: CellEvent): void => {
    if (event.type !== "notify") return;
    const feed = McpCalls.of(this).resumedFeedOf(event.cellId);
    feed?.notify(event).catch(() => undefined);
  };
}
