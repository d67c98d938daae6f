import type { NamedTool } from "../../tools/tool-definition.js";
import type { McpApproval } from "./approval.js";
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
   * The server ended though nobody asked it to, and every call of its tools fails from now on; only
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
}

/** The servers of a configuration, running. Closing ends their processes. */
export interface McpServers extends AsyncDisposable {
  /** The tools of all servers, as they are at the moment. */
  readonly tools: readonly NamedTool[];
  readonly servers: readonly ConnectedMcpServer[];
  /** Resolves when every process is gone. Idempotent. */
  close(): Promise<void>;
}
