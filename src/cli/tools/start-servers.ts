import { uniqueNames } from "../../mcp/client/unique-names.js";
import type { McpConfig, McpServers } from "../../mcp.js";
import { connectMcpServers } from "../../mcp.js";
import type { RegisteredTool } from "../../tools/registered-tool.js";
import type { NamedTool } from "../../tools/tool-definition.js";
import { ToolSet } from "../../tools/tool-set.js";
import type { SessionContext } from "../open-session.js";
import { StartingServers } from "../starting-servers.js";

/** A server of a config, which runs or could not be started. */
export interface StartedServer {
  readonly name: string;
  readonly tools: readonly RegisteredTool[];
  readonly instructions: string | undefined;
  /** Why it does not run. */
  readonly error?: Error;
}

export interface StartServersOptions {
  readonly startTimeout?: number;
  readonly verbose?: boolean;
}

/**
 * Starts all servers at once, each by itself, so that one that fails leaves the others, and ends them
 * when they have been used.
 */
export async function useServers<T>(
  { mcpServers }: McpConfig,
  options: StartServersOptions,
  context: SessionContext,
  use: (servers: readonly StartedServer[]) => T,
): Promise<T> {
  const enabled = Object.entries(mcpServers).filter(([, { disabled }]) => disabled !== true);
  using starting = new StartingServers({ mcpServers }, context.terminal);
  const started = await Promise.all(
    enabled.map(async ([name, config]): Promise<Attempt> => {
      try {
        return {
          name,
          servers: await connect({ mcpServers: { [name]: config } }, options, context),
        };
      } catch (error) {
        return { name, error: error as Error };
      } finally {
        starting.answered(name);
      }
    }),
  );
  try {
    context.interrupt.signal.throwIfAborted();
    return use(toStartedServers(started, context));
  } finally {
    await Promise.all(started.map(({ servers }) => servers?.close()));
  }
}

interface Attempt {
  readonly name: string;
  readonly servers?: McpServers;
  readonly error?: Error;
}

/** Tools have the names that they would have in one session. */
function toStartedServers(
  started: readonly Attempt[],
  { report }: SessionContext,
): readonly StartedServer[] {
  const lists = started.map(({ name, servers }) => ({
    server: name,
    tools: servers?.servers[0]?.tools ?? [],
  }));
  const named = uniqueNames(lists, (warning) => report.warning(warning));
  return started.map(({ name, servers, error }, index) => ({
    name,
    tools: register(named[index] ?? []),
    instructions: servers?.servers[0]?.instructions,
    ...(error && { error }),
  }));
}

function register(tools: readonly NamedTool[]): readonly RegisteredTool[] {
  return ToolSet.empty.with(tools).tools;
}

function connect(
  config: McpConfig,
  { startTimeout, verbose }: StartServersOptions,
  { report, interrupt }: SessionContext,
): Promise<McpServers> {
  return connectMcpServers(config, {
    signal: interrupt.signal,
    logins: true,
    onEvent: (event) => report.server(event),
    onWarning: (warning) => report.warning(warning),
    ...(verbose && { onStderr: (server, line) => report.serverLine(server, line) }),
    ...(startTimeout !== undefined && { startTimeoutMs: startTimeout }),
  });
}
