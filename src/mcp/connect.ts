import type { NamedTool } from "../tool-definition.js";
import { checkMcpConfig, type McpConfig } from "./config.js";
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
}

/** What happens to a server, told at once to `onEvent`. */
export type McpServerEvent =
  | {
      readonly type: "started";
      readonly server: string;
      readonly toolCount: number;
      readonly durationMs: number;
    }
  /** The server ended though nobody asked it to; every call of its tools fails from now on. */
  | { readonly type: "died"; readonly server: string; readonly error: Error };

/** One of the servers that run. */
export interface ConnectedMcpServer {
  readonly name: string;
  readonly tools: readonly NamedTool[];
  /** What the server says about its use, for the prompt; undefined where it says nothing. */
  readonly instructions: string | undefined;
}

/** The servers of a configuration, running. Closing ends their processes. */
export interface McpServers extends AsyncDisposable {
  /** The tools of all servers. */
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
  const { openServer } = await import("./server-connection.js");
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
  readonly tools: readonly NamedTool[];
  readonly servers: readonly ServerConnection[];

  constructor(servers: readonly ServerConnection[]) {
    this.servers = servers;
    this.tools = servers.flatMap((server) => server.tools);
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
