import { CodeModeError } from "../../base/errors.js";
import { type CodeMode, createCodeMode } from "../../index.js";
import { connectMcpServers, type McpServerEvent, type McpServers } from "../../mcp.js";
import { createModelTools } from "../../model/model-tools.js";
import { estimateTokens } from "../../model/token-budget.js";
import type { Session } from "../../session/session.js";
import { count } from "../format.js";
import type { SessionContext } from "../open-session.js";
import { readConfig } from "../run-inputs.js";
import type { ListenAddress } from "./listen-address.js";

/** The options of `codecell mcp`. */
export interface GatewayOptions {
  readonly config: string;
  readonly listen: ListenAddress;
  readonly allowOrigin?: readonly string[];
  readonly describe: "all" | "none";
  /** By name; checked by createCodeMode. */
  readonly limit?: Readonly<Record<string, number>>;
  readonly yieldAfter?: number;
  readonly startTimeout?: number;
  /** Milliseconds until a client over HTTP that has no connection is taken to have gone. */
  readonly idle?: number;
  readonly verbose?: boolean;
}

/** A description of more tokens is worth a hint. */
const longDescriptionTokens = 10_000;

/** The servers of a config, and the sessions that use their tools. */
export class Gateway implements AsyncDisposable {
  readonly options: GatewayOptions;
  readonly context: SessionContext;
  /** Settled when every server runs or has failed to start once. */
  readonly ready: Promise<void>;
  readonly #codeMode: CodeMode;
  readonly #sessions = new Set<Session>();
  readonly #callbacks = new Set<() => void>();
  readonly #stop = new AbortController();
  #servers: McpServers | undefined;

  private constructor(
    options: GatewayOptions,
    context: SessionContext,
    config: Awaited<ReturnType<typeof readConfig>>,
  ) {
    this.options = options;
    this.context = context;
    this.#codeMode = createCodeMode({
      limits: { ...options.limit },
      ...(options.yieldAfter !== undefined && { yieldAfterMs: options.yieldAfter }),
    });
    this.ready = this.#start(config);
  }

  /** @throws {CodeModeError} ERR_INVALID_OPTION, ERR_MCP_CONFIG; a UsageError where the config cannot be read. */
  static async open(options: GatewayOptions, context: SessionContext): Promise<Gateway> {
    return new Gateway(options, context, await readConfig(options.config));
  }

  /** Opens a session that has the tools of all servers. */
  openSession(): Session {
    const session = this.#codeMode.openSession();
    this.#sessions.add(session);
    this.#giveTools(session);
    return session;
  }

  async closeSession(session: Session): Promise<void> {
    this.#sessions.delete(session);
    await session.close();
  }

  /** Calls back whenever the tools are others. */
  onToolsChanged(callback: () => void): void {
    this.#callbacks.add(callback);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error("codecell mcp ends"));
    await this.ready.catch(() => undefined);
    await Promise.all([this.#codeMode.close(), this.#servers?.close()]);
  }

  async #start(config: Awaited<ReturnType<typeof readConfig>>): Promise<void> {
    const { report } = this.context;
    const { verbose, startTimeout } = this.options;
    try {
      this.#servers = await connectMcpServers(config, {
        restart: true,
        signal: this.#stop.signal,
        onEvent: (event) => this.#serverEvent(event),
        onWarning: (warning) => report.warning(warning),
        ...(verbose && { onStderr: (server, line) => report.serverLine(server, line) }),
        ...(startTimeout !== undefined && { startTimeoutMs: startTimeout }),
      });
    } catch (error) {
      // Ended before the servers have started.
      if (this.#stop.signal.aborted) return;
      throw error;
    }
    // Nobody has been told of tools yet.
    for (const session of this.#sessions) this.#giveTools(session);
    this.#hintAtLength();
  }

  #serverEvent(event: McpServerEvent): void {
    this.context.report.server(event);
    if (this.#servers !== undefined && ["started", "toolsChanged"].includes(event.type)) {
      this.#toolsChanged();
    }
  }

  #toolsChanged(): void {
    for (const session of this.#sessions) this.#giveTools(session);
    for (const callback of this.#callbacks) callback();
  }

  /** Two servers whose tools would get one name leave a session with the tools it had. */
  #giveTools(session: Session): void {
    if (this.#servers === undefined) return;
    try {
      session.setTools(this.#servers.tools);
    } catch (error) {
      if (!(error instanceof CodeModeError)) throw error;
      const { terminal } = this.context;
      terminal.note(`${terminal.style.red("codecell:")} ${error.message}`);
    }
  }

  #hintAtLength(): void {
    if (this.options.describe === "none") return;
    const session = this.#codeMode.openSession();
    this.#giveTools(session);
    const { description } = createModelTools(session, { describeTools: "all" }).exec;
    void session.close();
    const tokens = estimateTokens(description);
    if (tokens < longDescriptionTokens) return;
    const { terminal } = this.context;
    terminal.note(
      `${terminal.style.yellow("●")} exec's description, with ${count(this.#servers?.tools.length ?? 0, "tool")}, takes about ${tokens} tokens of the model's context; --describe none leaves tools to be found by programs`,
    );
  }
}
