import type { McpConfig, McpServers } from "../../mcp.js";
import { connectMcpServers } from "../../mcp.js";
import type { RegisteredTool } from "../../tools/registered-tool.js";
import { ToolSet } from "../../tools/tool-set.js";
import type { SessionContext } from "../open-session.js";

/** A server of a config, which runs or could not be started. */
export interface StartedServer {
  readonly name: string;
  readonly tools: readonly RegisteredTool[];
  readonly instructions: string | undefined;
  /** Why it does not run. */
  readonly error?: Error;
  close(): Promise<void>;
}

export interface StartServersOptions {
  readonly startTimeout?: number;
  readonly verbose?: boolean;
}

/** Starts all servers at once, each by itself, so that one that fails leaves the others. */
export function startServers(
  { mcpServers }: McpConfig,
  options: StartServersOptions,
  context: SessionContext,
): Promise<readonly StartedServer[]> {
  const enabled = Object.entries(mcpServers).filter(([, { disabled }]) => disabled !== true);
  return Promise.all(
    enabled.map(async ([name, config]) => {
      try {
        const servers = await connect({ mcpServers: { [name]: config } }, options, context);
        const { tools } = ToolSet.empty.with(servers.servers[0]?.tools);
        const instructions = servers.servers[0]?.instructions;
        return { name, tools, instructions, close: () => servers.close() };
      } catch (error) {
        const close = async (): Promise<void> => {};
        return { name, tools: [], instructions: undefined, error: error as Error, close };
      }
    }),
  );
}

function connect(
  config: McpConfig,
  { startTimeout, verbose }: StartServersOptions,
  { report, interrupt }: SessionContext,
): Promise<McpServers> {
  return connectMcpServers(config, {
    signal: interrupt.signal,
    onEvent: (event) => report.server(event),
    ...(verbose && { onStderr: (server, line) => report.serverLine(server, line) }),
    ...(startTimeout !== undefined && { startTimeoutMs: startTimeout }),
  });
}
