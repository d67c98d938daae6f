import type { NamedTool, ToolContext } from "../../tools/tool-definition.js";
import type { McpResult } from "../as-it-came.js";
import type { McpApproval } from "./approval.js";
import type { McpProgress, McpRequestOptions } from "./request-options.js";
import type { McpResultForm } from "./result-form.js";
import type { OnMcpWarning } from "./warnings.js";

/** Options of `connectMcpServers`. */
export interface ConnectMcpOptions {
  /** Milliseconds a server has to start and list its tools; default 30 000. */
  readonly startTimeoutMs?: number;
  /** Milliseconds after which a tool call fails; by default a call may last as long as its cell. */
  readonly callTimeoutMs?: number;
  /**
   * What happens to calls of all servers' tools before they run. If the configuration sets a policy
   * too, the stricter one applies. Default: `"auto"`.
   */
  readonly approval?: McpApproval | undefined;
  /**
   * What programs get for results: `"value"`, as `mcpResultValue` describes, or `"raw"`, the
   * `CallToolResult` itself. A raw result that is marked as an error does not reject the call.
   * Default: `"value"`.
   */
  readonly results?: McpResultForm | undefined;
  /**
   * Stops starting the servers: every process that was started is ended before the promise rejects.
   */
  readonly signal?: AbortSignal;
  /** Gets each line a server writes to its standard error. */
  readonly onStderr?: (server: string, line: string) => void;
  readonly onEvent?: (event: McpServerEvent) => void;
  /**
   * Called once for each fault of a server or the configuration that codecell works around.
   * Default: `process.emitWarning`.
   */
  readonly onWarning?: OnMcpWarning | undefined;
  /**
   * Restarts servers that die, do not start or cannot be reached: after `delayMs` (default 1000),
   * then after twice as long each time, up to `maxDelayMs` (default 60 000). Until then calls of
   * their tools fail with the reason. `true` uses the defaults. Default: false: if a server does
   * not start, the promise rejects, and a server that dies is not restarted.
   */
  readonly restart?: boolean | McpRestartOptions | undefined;
  /**
   * Uses the logins that `codecell login` has saved for servers with a `url`, and renews them. A
   * server whose `headers` contain an Authorization does not use a login. Default: false.
   */
  readonly logins?: boolean | undefined;
  /**
   * The requests that servers are told they may send: `elicitation`, `sampling` and `roots`, as in
   * the protocol. `onRequest` answers. Default: nothing.
   */
  readonly capabilities?: McpClientCapabilities | undefined;
  /**
   * Answers a request of a server with the protocol's result for the method. If it throws, the
   * server gets the error.
   */
  readonly onRequest?: ((request: McpServerRequest) => Promise<McpResult>) | undefined;
  /**
   * Gets notifications of servers: log messages, changed lists of prompts and resources, updated
   * resources, completed elicitations.
   */
  readonly onNotification?: ((notification: McpServerNotification) => void) | undefined;
  /** Gets progress of tool calls. Default: servers are not asked for progress. */
  readonly onProgress?: ((progress: McpCallProgress) => void) | undefined;
}

/** The kinds of requests that servers may send. */
export interface McpClientCapabilities {
  readonly elicitation?: { readonly form?: object; readonly url?: object };
  readonly sampling?: { readonly tools?: object; readonly context?: object };
  readonly roots?: { readonly listChanged?: boolean };
}

/** The capabilities of a server. */
export interface McpServerCapabilities {
  readonly tools?: object | undefined;
  readonly prompts?: object | undefined;
  readonly resources?: { readonly subscribe?: boolean | undefined } | undefined;
  readonly completions?: object | undefined;
  readonly logging?: object | undefined;
}

export type McpRequestMethod = "elicitation/create" | "sampling/createMessage" | "roots/list";

/** A request of a server: for a person's input, a model's answer, or the client's directories. */
export interface McpServerRequest {
  readonly server: string;
  readonly method: McpRequestMethod;
  readonly params: Readonly<Record<string, unknown>>;
  /**
   * The requests that the server is working on; one of them has probably caused this: the
   * `ToolContext`s of tool calls, and what `ConnectedMcpServer.request` was given as `cause`.
   */
  readonly causes: readonly object[];
  /** Aborted when the server cancels the request. */
  readonly signal: AbortSignal;
}

/** A notification of a server, such as `notifications/message`. */
export interface McpServerNotification {
  readonly server: string;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** As in `McpServerRequest`. */
  readonly causes: readonly object[];
}

/** The progress of a tool call. */
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

/** An event of a server, for `onEvent`. */
export type McpServerEvent =
  | {
      readonly type: "started";
      readonly server: string;
      readonly toolCount: number;
      readonly durationMs: number;
    }
  /** The server has reported other tools; `McpServers.tools` is up to date. */
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

/** A running server. */
export interface ConnectedMcpServer {
  readonly name: string;
  /** Their names differ from those of the other servers' tools. */
  readonly tools: readonly NamedTool[];
  /** What the server says about its use, for the prompt; undefined if it says nothing. */
  readonly instructions: string | undefined;
  /** What the server can do, as it said when it last started; undefined if it never has. */
  readonly capabilities: McpServerCapabilities | undefined;
  /**
   * Sends a request of the protocol, such as `prompts/get`, and resolves with the result as it came.
   *
   * @throws {CodeModeError} ERR_MCP_SERVER if the server is down or cannot be reached.
   * @throws The server's own error, with its `code`.
   */
  request(
    method: string,
    params?: Readonly<Record<string, unknown>>,
    options?: McpRequestOptions,
  ): Promise<McpResult>;
  /** Sends a notification of the protocol; it is lost if the server is down. */
  notify(method: string, params?: Readonly<Record<string, unknown>>): Promise<void>;
}

/** The servers of a configuration, running. Closing ends their processes. */
export interface McpServers extends AsyncDisposable {
  /**
   * The current tools of all servers; if a server has resources, also `read_resource` and
   * `list_resources`.
   */
  readonly tools: readonly NamedTool[];
  readonly servers: readonly ConnectedMcpServer[];
  /** Resolves when every process is gone. Idempotent. */
  close(): Promise<void>;
}
