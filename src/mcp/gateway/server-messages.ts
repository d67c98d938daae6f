import type { LoggingLevel } from "@modelcontextprotocol/server";
import type { McpServerNotification } from "../client/servers.js";
import type { Reach } from "../server/reach.js";

/** Passes a server's log message on, under a logger's name that tells the server. */
export function passMessage(
  { server, params }: McpServerNotification,
  reaches: readonly Reach[],
): void {
  const { level = "info", logger, data } = params;
  const name = typeof logger === "string" && logger !== "" ? `${server}/${logger}` : server;
  for (const reach of reaches) {
    // A client that has just left needs no news.
    reach.log({ level: level as LoggingLevel, logger: name, data }).catch(() => undefined);
  }
}
