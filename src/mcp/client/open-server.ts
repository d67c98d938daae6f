import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { CodeModeError } from "../../base/errors.js";
import type { McpServerConfig, McpStdioServerConfig } from "./config.js";
import { httpTransport } from "./http-transport.js";
import type { OpenServerOptions } from "./open-server-options.js";
import { ServerConnection } from "./server-connection.js";
import { ServerProcess } from "./server-process.js";

/** Starts or reaches one server and lists its tools. */
export async function openServer(
  name: string,
  config: McpServerConfig,
  options: OpenServerOptions,
): Promise<ServerConnection> {
  options.signal.throwIfAborted();
  const startedAt = performance.now();
  const transport =
    "url" in config
      ? httpTransport(config, options)
      : await processTransport(name, config, options);
  const connection = new ServerConnection(name, transport, {
    ...options,
    ownApproval: config.approval,
    filter: { enabledTools: config.enabledTools, disabledTools: config.disabledTools },
  });
  await connection.open(options);
  options.onEvent?.({
    type: "started",
    server: name,
    toolCount: connection.listedTools.length,
    durationMs: performance.now() - startedAt,
  });
  return connection;
}

async function processTransport(
  name: string,
  config: McpStdioServerConfig,
  options: OpenServerOptions,
): Promise<ServerProcess> {
  const { onStderr } = options;
  const cwd = resolve(config.cwd ?? ".");
  // A missing directory would be reported as a missing command.
  const isDirectory = await stat(cwd).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isDirectory) {
    throw new CodeModeError(
      "ERR_MCP_SERVER",
      `MCP server "${name}" did not start: its "cwd" is not a directory: ${cwd}`,
    );
  }
  return new ServerProcess({
    command: config.command,
    args: config.args ?? [],
    env: config.env ?? {},
    cwd,
    onStderr: onStderr && ((line) => onStderr(name, line)),
  });
}
