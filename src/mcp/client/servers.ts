import type { NamedTool, ToolContext } from "../../tools/tool-definition.js";
import type { McpResult } from "../as-it-came.js";
import type { McpApproval } from "./approval.js";
import type { McpProgress, McpRequestOptions } from "./request-options.js";
import type { OnMcpWarning } from "./warnings.js";

/** Options of `connectMcpServers`. */
export interface ConnectMcpOptions {
  /** Milliseconds a server has to start and list its tools; default 30 000. */
  readonly startTimeoutMs?: number;
  /** Milliseconds until one tool call is given up; by default a call may last as long as its cell. */
  readonly callTimeoutMs?: number;
  /**
   * What becomes of calls of all servers' tools before they run, besides what the configuration says of
   * each server: of the two the stricter holds. Default: `"auto"`.
   */
  readonly approval?: McpApproval | undefined;
  /** Gives up starting: every process that was started is ended before the promise rejects. */
  readonly signal?: AbortSignal;
  /** Gets each line a server writes to its standard error. */
  readonly onStderr?: (server: string, line: string) => void;
  readonly onEvent?: (event: McpServerEvent) => void;
  /**
   * Told of what is odd about a server or the configuration and worked around, each thing once. Default:
   * `process.emitWarning`.
   */
  readonly onWarning?: OnMcpWarning | undefined;
  /**
   * Starts servers again that die or do not start, also such as cannot be reached: after `delayMs`
   * (default 1000), then after twice as long each time, `maxDelayMs` (default 60 000) at most. Meanwhile
   * calls of their tools fail, and say why. `true` takes the defaults. Default: false, a server that
   * does not start fails the whole, and one that dies stays dead.
   */
  readonly restart?: boolean | McpRestartOptions | undefined;
  /**
   * Uses the logins that `codecell login` has kept for servers with a `url`, and renews them; a server
   * whose `headers` have an Authorization is not among them. Default: false.
   */
  readonly logins?: boolean | undefined;
  /**
   * What servers are told that they may ask for, each time they start: `elicitation`, `sampling` and
   * `roots`, as the protocol has them. `onRequest` answers. Default: nothing.
   */
  readonly capabilities?: McpClientCapabilities | undefined;
  /**
   * Answers what a server asks for, with the protocol's result for the method; what it throws is the
   * error that the server gets.
   */
  readonly onRequest?: ((request: McpServerRequest) => Promise<McpResult>) | undefined;
  /**
   * Gets what servers say by themselves: log messages, changed lists of prompts and resources, updated
   * resources, completed elicitations.
   */
  readonly onNotification?: ((notification: McpServerNotification) => void) | undefined;
  /** Gets progress of tool calls. Default: servers are not asked to tell it. */
  readonly onProgress?: ((progress: McpCallProgress) => void) | undefined;
}

/** What servers may ask for. */
export interface McpClientCapabilities {
  readonly elicitation?: { readonly form?: object; readonly url?: object };
  readonly sampling?: { readonly tools?: object; readonly context?: object };
  readonly roots?: { readonly listChanged?: boolean };
}

/** What a server says that it can do. */
export interface McpServerCapabilities {
  readonly tools?: object | undefined;
  readonly prompts?: object | undefined;
  readonly resources?: { readonly subscribe?: boolean | undefined } | undefined;
  readonly completions?: object | undefined;
  readonly logging?: object | undefined;
}

export type McpRequestMethod = "elicitation/create" | "sampling/createMessage" | "roots/list";

/** What a server asks for: a person's input, a model's answer, or the client's directories. */
export interface McpServerRequest {
  readonly server: string;
  readonly method: McpRequestMethod;
  readonly params: Readonly<Record<string, unknown>>;
  /**
   * The requests that the server is working on; one of them has probably caused this: the
   * `ToolContext`s of tool calls, and what `ConnectedMcpServer.request` was given as `cause`.
   */
  readonly causes: readonly object[];
  /** Aborted when the server takes the request back. */
  readonly signal: AbortSignal;
}

/** What a server says by itself, such as `notifications/message`. */
export interface McpServerNotification {
  readonly server: string;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** As in `McpServerRequest`. */
  readonly causes: readonly object[];
}

/** How far a tool call is. */
export interface McpCallProgress extends McpProgress {
  readonly server: string;
  readonly tool: string;
  /** The call. */
  readonly context: ToolContext;
}

/** How servers are started again. */
export interface McpRestartOptions {
  /** Milliseconds before the first attempt. */
  readonly delayMs?: number | undefined;
  /** Milliseconds before an attempt at most. */
  readonly maxDelayMs?: number | undefined;
}

/** What happens to a server, told at once to `onEvent`. */
export type McpServerEvent =
  | {
      readonly type: "started";
      readonly server: string;
      readonly toolCount: number;
      readonly durationMs: number;
    }
  /** The server has said so; `McpServers.tools` is up to date. */
  | { readonly type: "toolsChanged"; readonly server: string; readonly toolCount: number }
  /**
   * The server ended without being closed, and every call of its tools fails from now on. Only
   * without the option `restart`.
   */
  | { readonly type: "died"; readonly server: string; readonly error: Error }
  /** The server is down and will be started again; only with the option `restart`. */
  | {
      readonly type: "restarting";
      readonly server: string;
      readonly delayMs: number;
      /** Why it is down. */
      readonly error: Error;
    };

/** One of the servers that run. */
export interface ConnectedMcpServer {
  readonly name: string;
  /** Under names that differ from those of the other servers' tools. */
  readonly tools: readonly NamedTool[];
  /** What the server says about its use, for the prompt; undefined where it says nothing. */
  readonly instructions: string | undefined;
  /** What the server can do, as it said when it last started; undefined where it never has. */
  readonly capabilities: McpServerCapabilities | undefined;
  /**
   * Sends a request of the protocol, such as `prompts/get`, and resolves with the result as it came.
   *
   * @throws {CodeModeError} ERR_MCP_SERVER where the server is down or cannot be reached.
   * @throws The server's own error, with its `code`.
   */
  request(
    method: string,
    params?: Readonly<Record<string, unknown>>,
    options?: McpRequestOptions,
  ): Promise<McpResult>;
  /** Sends a notification of the protocol; where the server is down it gets none. */
  notify(method: string, params?: Readonly<Record<string, unknown>>): Promise<void>;
}

/** The servers of a configuration, running. Closing ends their processes. */
export interface McpServers extends AsyncDisposable {
  /**
   * The tools of all servers, as they are at the moment; where some server has resources, also
   * `read_resource` and `list_resources`.
   */
  readonly tools: readonly NamedTool[];
  readonly servers: readonly ConnectedMcpServer[];
  /** Resolves when every process is gone. Idempotent. */
  close(): Promise<void>;
}
