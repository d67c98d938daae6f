import { checkMcpApproval } from "./approval.js";
import { withMcpClient } from "./client-package.js";
import { type McpConfig, type McpServerConfig, readMcpConfig } from "./config.js";
import { defaultStartTimeoutMs, type KeptServers, keepServers } from "./keep-servers.js";
import { defaultRestart, readRestart } from "./kept-server.js";
import { ResourceDirectory } from "./resource-directory.js";
import { checkResultForm } from "./result-form.js";
import { ServerGroup, type ServerGroupOptions } from "./server-group.js";
import type { ConnectMcpOptions, McpServers } from "./servers.js";
import type { ToolCache } from "./tool-cache.js";
import { type OnMcpWarning, tellOnce } from "./warnings.js";

/**
 * Starts all servers of a configuration at once, with the official MCP client
 * (`@modelcontextprotocol/client`), and lists their tools.
 *
 * ```ts
 * await using servers = await connectMcpServers({ mcpServers: { files: { command: "npx", args } } });
 * const codeMode = createCodeMode({ tools: servers.tools });
 * ```
 *
 * @throws {CodeModeError} ERR_MCP_CONFIG if the configuration has the wrong shape; ERR_MCP_SERVER
 *   if a server does not start, with its name and its last lines. The others are closed by then;
 *   ERR_PACKAGE_MISSING without `@codecell/mcp`, which has the client.
 */
export async function connectMcpServers(
  config: McpConfig,
  given: ConnectMcpOptions = {},
): Promise<McpServers> {
  const { enabled, options, shared } = await readOptions(config, given);
  if (enabled.length === 0) {
    return new ServerGroup([], shared);
  }
  const { openServer } = await withMcpClient(() => import("./open-server.js"));
  const restart = readRestart(options.restart);
  if (restart !== undefined) {
    const { servers } = await keepServers(enabled, { ...options, restart }, shared);
    if (options.signal?.aborted) {
      await servers.close();
      throw options.signal.reason;
    }
    return servers;
  }
  const { onWarning } = options;
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])]);
  const opened = await Promise.allSettled(
    enabled.map(async ([name, server]) => {
      try {
        return await openServer(name, server, {
          ...options,
          onWarning,
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
    shared,
  );
  if (signal.aborted) {
    await group.close();
    throw signal.reason;
  }
  return group;
}

/** How servers are kept that may be known before they run. */
export interface KeepMcpOptions extends ConnectMcpOptions {
  readonly cache: ToolCache | undefined;
  /** Servers that the cache knows are started when this has settled. Default: at once. */
  readonly startWhen: Promise<unknown> | undefined;
}

/**
 * As `connectMcpServers` with `restart`, but does not wait for servers whose tools are in the cache.
 *
 * @throws {CodeModeError} ERR_MCP_CONFIG.
 */
export async function keepMcpServers(
  config: McpConfig,
  given: KeepMcpOptions,
): Promise<KeptServers> {
  const { enabled, options, shared } = await readOptions(config, given);
  return keepServers(enabled, { ...options, restart: defaultRestart }, shared);
}

async function readOptions<Options extends ConnectMcpOptions>(
  config: McpConfig,
  given: Options,
): Promise<{
  readonly enabled: readonly (readonly [name: string, config: McpServerConfig])[];
  readonly options: Options & { readonly onWarning: OnMcpWarning };
  readonly shared: ServerGroupOptions;
}> {
  checkMcpApproval(given.approval);
  checkResultForm(given.results);
  const onWarning = tellOnce(given.onWarning);
  const resources = new ResourceDirectory();
  const { mcpServers } = await readMcpConfig(config, "the MCP config", onWarning);
  return {
    enabled: Object.entries(mcpServers).filter(([, server]) => server.disabled !== true),
    options: { ...resources.following(given), onWarning },
    shared: { onWarning, resources, approval: given.approval },
  };
}
