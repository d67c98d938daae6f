import { checkMcpApproval } from "./approval.js";
import { withMcpClient } from "./client-package.js";
import { type McpConfig, readMcpConfig } from "./config.js";
import { ResourceDirectory } from "./resource-directory.js";
import { checkResultForm } from "./result-form.js";
import { ServerGroup } from "./server-group.js";
import type { ConnectMcpOptions, McpServers } from "./servers.js";
import { tellOnce } from "./warnings.js";

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
 * @throws {CodeModeError} ERR_MCP_CONFIG if the configuration has the wrong shape; ERR_MCP_SERVER
 *   if a server does not start, with its name and its last lines. The others are closed by then;
 *   ERR_PACKAGE_MISSING without `@codecell/mcp`, which has the client.
 */
export async function connectMcpServers(
  config: McpConfig,
  given: ConnectMcpOptions = {},
): Promise<McpServers> {
  checkMcpApproval(given.approval);
  checkResultForm(given.results);
  const onWarning = tellOnce(given.onWarning);
  const resources = new ResourceDirectory();
  const shared = { onWarning, resources, approval: given.approval };
  const options = resources.following(given);
  const { mcpServers } = await readMcpConfig(config, "the MCP config", onWarning);
  const enabled = Object.entries(mcpServers).filter(([, server]) => server.disabled !== true);
  if (enabled.length === 0) {
    return new ServerGroup([], shared);
  }
  const [{ openServer }, { KeptServer, readRestart }] = await withMcpClient(() =>
    Promise.all([import("./open-server.js"), import("./kept-server.js")]),
  );
  const restart = readRestart(options.restart);
  if (restart !== undefined) {
    const kept = enabled.map(([name, server]) => {
      return new KeptServer(name, server, {
        startTimeoutMs: defaultStartTimeoutMs,
        ...options,
        onWarning,
        restart,
      });
    });
    await Promise.all(kept.map((server) => server.triedOnce));
    const group = new ServerGroup(kept, shared);
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
