import type { NamedTool } from "../../tools/tool-definition.js";
import { checkMcpConfig, type McpConfig } from "./config.js";
import type { KeptServer } from "./kept-server.js";
import type { ServerConnection } from "./server-connection.js";

export interface ConnectMcpOptions {
  /** Milliseconds a server has to start and list its tools; default 30 000. */
  readonly startTimeoutMs?: number;
  /** Milliseconds until one tool call is given up; by default a call may last as long as its cell. */
  readonly callTimeoutMs?: number;
  /** Gives up starting: every process that was started is ended before the promise rejects. */
  readonly signal?: AbortSignal;
  /** Gets each line a server writes to its standard error. */
  readonly onStderr?: (server: string, line: string) => void;
  readonly onEvent?: (event: McpServerEvent) => void;
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

const defaultStartTimeoutMs = 30_000;

/**
 * Starts all servers of a configuration at once, with the official MCP client
 * (`@modelcontextprotocol/client`), and lists their tools.
 *
 * ```ts
 * await using servers = await connectMcpServers({ mcpServers: { files: { command: "npx", args } } });
 * const codeMode = createCodeMode({ tools: servers.tools });
 * ```
 *
 * @throws {CodeModeError} ERR_MCP_CONFIG where the configuration has the wrong shape; ERR_MCP_SERVER
 * where a server does not start, with its name and its last lines. The others are closed by then.
 */
export async function connectMcpServers(
  config: McpConfig,
  options: ConnectMcpOptions = {},
): Promise<McpServers> {
  const { mcpServers } = await checkMcpConfig(config, "the MCP config");
  const enabled = Object.entries(mcpServers).filter(([, server]) => server.disabled !== true);
  if (enabled.length === 0) {
    return new ServerGroup([]);
  }
  const [{ openServer }, { KeptServer, readRestart }] = await Promise.all([
    import("./server-connection.js"),
    import("./kept-server.js"),
  ]);
  const restart = readRestart(options.restart);
  if (restart !== undefined) {
    const kept = enabled.map(([name, server]) => {
      return new KeptServer(name, server, {
        startTimeoutMs: defaultStartTimeoutMs,
        ...options,
        restart,
      });
    });
    await Promise.all(kept.map((server) => server.triedOnce));
    const group = new ServerGroup(kept);
    if (options.signal?.aborted) {
      await group.close();
      throw options.signal.reason;
    }
    return group;
  }
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])]);
  const opened = await Promise.allSettled(
    enabled.map(async ([name, server]) => {
      try {
        return await openServer(name, server, {
          ...options,
          signal,
          startTimeoutMs: options.startTimeoutMs ?? defaultStartTimeoutMs,
        });
      } catch (error) {
        // The first failure is the one to tell; it stops the servers that are still starting.
        failed.abort(error);
        throw error;
      }
    }),
  );
  const group = new ServerGroup(
    opened.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])),
  );
  if (signal.aborted) {
    await group.close();
    throw signal.reason;
  }
  return group;
}

class ServerGroup implements McpServers {
  readonly servers: readonly (ServerConnection | KeptServer)[];

  constructor(servers: readonly (ServerConnection | KeptServer)[]) {
    this.servers = servers;
  }

  get tools(): readonly NamedTool[] {
    return this.servers.flatMap((server) => server.tools);
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
