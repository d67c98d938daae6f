import { CodeModeError } from "../../base/errors.js";
import { checkOptionsObject, invalidOption } from "../../base/option-checks.js";
import type { NamedTool, ToolContext } from "../../tools/tool-definition.js";
import type { McpResult } from "../as-it-came.js";
import type { McpApproval } from "./approval.js";
import type { McpServerConfig } from "./config.js";
import { isSame } from "./followed-tools.js";
import type { ListedTool } from "./listed-tool.js";
import type { OpenServer } from "./open-server-options.js";
import type { McpRequestOptions } from "./request-options.js";
import type { RunningServer } from "./server-group.js";
import type { ConnectMcpOptions, McpServerCapabilities, McpServerEvent } from "./servers.js";
import type { OnMcpWarning } from "./warnings.js";

/** Milliseconds before and between attempts to start a server again. */
export interface Restart {
  readonly delayMs: number;
  readonly maxDelayMs: number;
}

export interface KeepServerOptions extends ConnectMcpOptions {
  readonly startTimeoutMs: number;
  readonly onWarning: OnMcpWarning;
  readonly restart: Restart;
  /** Starts or reaches the server. */
  readonly open: OpenServer;
  /** What is known of the server before it runs. Default: nothing. */
  readonly known?: KnownServer | undefined;
  /** Called with the tools of the server whenever it has started; it will begin with these the next time too. */
  readonly onKnown?: (tools: readonly ListedTool[], server: KeptServer) => void;
  /** The server is started when this has settled, and not before. Default: at once. */
  readonly startWhen?: Promise<unknown> | undefined;
}

/** What a server said of itself when it last ran. */
export interface KnownServer {
  /** Under the names that the server gives them; they are not executed. */
  readonly tools: readonly NamedTool[];
  readonly instructions: string | undefined;
  readonly capabilities: McpServerCapabilities | undefined;
}

/**
 * If a server has run for so many milliseconds, the next restart waits for the first delay again.
 */
const trustedAfterMs = 60_000;

export const defaultRestart: Restart = { delayMs: 1_000, maxDelayMs: 60_000 };

/**
 * Reads the option `restart`; undefined where servers are not started again.
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION.
 */
export function readRestart(option: ConnectMcpOptions["restart"]): Restart | undefined {
  if (option === undefined || option === false) return undefined;
  const given = option === true ? {} : option;
  checkOptionsObject('"restart"', given, ["delayMs", "maxDelayMs"]);
  const { delayMs = defaultRestart.delayMs, maxDelayMs = defaultRestart.maxDelayMs } = given;
  for (const [name, ms] of Object.entries({ delayMs, maxDelayMs })) {
    if (!Number.isSafeInteger(ms) || ms < 1) {
      throw invalidOption(`restart.${name}`, "a whole number of milliseconds, 1 or more", ms);
    }
  }
  return { delayMs, maxDelayMs: Math.max(delayMs, maxDelayMs) };
}

/** An MCP server that is started again whenever it is down, until it is closed. */
export class KeptServer implements RunningServer {
  readonly name: string;
  /** Resolves when the server runs or has failed once to start; never rejects. */
  readonly triedOnce: Promise<void>;
  readonly #config: McpServerConfig;
  readonly #options: KeepServerOptions;
  readonly #closing = new AbortController();
  #connection: RunningServer | undefined;
  #down = new Error("it has not been started yet");
  #openedAt = 0;
  #delayMs: number;
  #retry: NodeJS.Timeout | undefined;
  /** The attempt or the clean-up that is under way. */
  #work: Promise<void>;
  /** By the tools as the connection lists them. */
  #ownTools = new WeakMap<NamedTool, NamedTool>();
  #listed: readonly NamedTool[];
  /** The tools of `#ownOf`, as callers get them. */
  #own: readonly NamedTool[] = [];
  #ownOf: readonly NamedTool[] = this.#own;
  /** The tools that it had before it was started. */
  #knownTools: readonly NamedTool[] | undefined;
  #instructions: string | undefined;
  #capabilities: McpServerCapabilities | undefined;

  constructor(name: string, config: McpServerConfig, options: KeepServerOptions) {
    this.name = name;
    this.#config = config;
    this.#options = options;
    this.#delayMs = options.restart.delayMs;
    const { known, startWhen } = options;
    this.#knownTools = known?.tools;
    this.#listed = known?.tools ?? [];
    this.#instructions = known?.instructions;
    this.#capabilities = known?.capabilities;
    const open = (): Promise<void> => this.#open();
    this.triedOnce = startWhen === undefined ? open() : this.#closingOr(startWhen).then(open, open);
    this.#work = this.triedOnce;
  }

  /** As the server has listed them last, under its own names. */
  get listedTools(): readonly NamedTool[] {
    this.#listed = this.#connection?.listedTools ?? this.#listed;
    // One list as long as the server lists the same: what is made of it can be kept.
    if (this.#ownOf !== this.#listed) {
      this.#ownOf = this.#listed;
      this.#own = this.#listed.map((tool) => this.#toOwn(tool));
    }
    return this.#own;
  }

  get instructions(): string | undefined {
    return this.#instructions;
  }

  get capabilities(): McpServerCapabilities | undefined {
    return this.#capabilities;
  }

  get approval(): McpApproval | undefined {
    return this.#config.approval;
  }

  async request(
    method: string,
    params?: Readonly<Record<string, unknown>>,
    options?: McpRequestOptions,
  ): Promise<McpResult> {
    if (this.#connection === undefined) await this.triedOnce;
    if (this.#connection === undefined) throw this.#downError();
    return this.#connection.request(method, params, options);
  }

  async notify(method: string, params?: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#connection?.notify(method, params);
  }

  /** Ends the server and resolves when it is gone. Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort(new Error("the server is being closed"));
    clearTimeout(this.#retry);
    await this.#work;
    await this.#connection?.close();
  }

  /** Settles at the latest when the server is closed. */
  #closingOr(promise: Promise<unknown>): Promise<unknown> {
    const { signal } = this.#closing;
    const closing = new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    return Promise.race([promise, closing]);
  }

  async #open(): Promise<void> {
    const { signal: given } = this.#options;
    const signal = given ? AbortSignal.any([given, this.#closing.signal]) : this.#closing.signal;
    let lost: Error | undefined;
    let started: McpServerEvent | undefined;
    let listed: readonly ListedTool[] = [];
    try {
      signal.throwIfAborted();
      const connection = await this.#options.open(this.name, this.#config, {
        ...this.#options,
        signal,
        onEvent: (event) => {
          // Told when the tools are there; and an end is told with what comes of it.
          if (event.type === "started") started = event;
          else if (event.type !== "died") this.#options.onEvent?.(event);
        },
        onListed: (tools) => {
          listed = tools;
        },
        onLost: (error) => {
          lost = error;
          this.#lose(error);
        },
      });
      await this.#keepKnown(connection);
      this.#connection = connection;
      this.#instructions = connection.instructions;
      this.#capabilities = connection.capabilities;
      this.#openedAt = performance.now();
      this.#options.onKnown?.(listed, this);
      if (started !== undefined) this.#options.onEvent?.(started);
      // It may have ended before it was ours.
      if (lost !== undefined) this.#lose(lost);
    } catch (error) {
      if (!signal.aborted) this.#retryLater(error as Error);
    }
  }

  /** Where the server has what was known of it, callers keep the tools that they have. */
  async #keepKnown({ listedTools }: RunningServer): Promise<void> {
    const known = this.#knownTools;
    this.#knownTools = undefined;
    if (known === undefined || !(await isSame(known, listedTools))) return;
    this.#own = this.listedTools;
    this.#ownOf = listedTools;
  }

  #lose(error: Error): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#listed = connection.listedTools;
    this.#connection = undefined;
    if (performance.now() - this.#openedAt > trustedAfterMs) {
      this.#delayMs = this.#options.restart.delayMs;
    }
    this.#work = connection.close().catch(() => undefined);
    this.#retryLater(error);
  }

  #retryLater(error: Error): void {
    this.#down = error;
    if (this.#closing.signal.aborted) return;
    const delayMs = this.#delayMs;
    this.#delayMs = Math.min(2 * delayMs, this.#options.restart.maxDelayMs);
    this.#options.onEvent?.({ type: "restarting", server: this.name, delayMs, error });
    this.#retry = setTimeout(() => {
      this.#work = this.#work.then(() => this.#open());
    }, delayMs);
  }

  /** The tool, as long as the server has it, whichever of its processes it then is. */
  #toOwn(tool: NamedTool): NamedTool {
    const known = this.#ownTools.get(tool);
    if (known !== undefined) return known;
    const own: NamedTool = {
      ...tool,
      execute: (input: unknown, context: ToolContext) => this.#call(tool.name, input, context),
    };
    this.#ownTools.set(tool, own);
    return own;
  }

  async #call(name: string, input: unknown, context: ToolContext): Promise<unknown> {
    if (this.#connection === undefined) await this.triedOnce;
    if (this.#connection === undefined) throw this.#downError();
    const tool = this.#connection.listedTools.find((candidate) => candidate.name === name);
    if (tool !== undefined) return tool.execute(input, context);
    throw new CodeModeError(
      "ERR_MCP_SERVER",
      `MCP server "${this.name}" has no tool "${name}" any more.`,
    );
  }

  #downError(): CodeModeError {
    return new CodeModeError(
      "ERR_MCP_SERVER",
      `MCP server "${this.name}" is down and will be started again; try later, or go on without it. The reason: ${this.#down.message}`,
      { cause: this.#down },
    );
  }
}
