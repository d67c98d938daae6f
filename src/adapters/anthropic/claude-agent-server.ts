import { createMcpServer } from "../../mcp/server/create-mcp-server.js";
import type { ModelToolsOptions } from "../../model/model-tools.js";
import type { Session } from "../../session/session.js";

/** Options of `claudeAgentServer`: those of `createMcpServer` that are of use there. */
// The MCP SDK's types are not imported: programs that use only the rest of codecell/anthropic compile without it.
export interface ClaudeAgentServerOptions extends ModelToolsOptions {
  /** What the server calls itself. Default: `codecell`. */
  readonly name?: string | undefined;
  /** What the model is told of the server. Default: two sentences on exec and wait. */
  readonly instructions?: string | undefined;
}

/** An entry of the option `mcpServers` of the Claude Agent SDK. */
export interface ClaudeAgentServer {
  type: "sdk";
  name: string;
  /** A server of the MCP SDK; the Agent SDK's types have another version of it. */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  instance: any;
}

/**
 * Makes exec and wait for the Claude Agent SDK, as an MCP server in this process, with all that
 * `createMcpServer` does. It needs the package `@modelcontextprotocol/server`. Each `query` needs one of its
 * own; servers of one session know each other's cells.
 *
 * ```js
 * const codecell = await claudeAgentServer(session);
 * const allowedTools = ["mcp__codecell__exec", "mcp__codecell__wait"];
 * for await (const message of query({ prompt, options: { mcpServers: { codecell }, allowedTools } })) …
 * ```
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION. ERR_PACKAGE_MISSING if that package is not installed.
 */
export async function claudeAgentServer(
  session: Session,
  options: ClaudeAgentServerOptions = {},
): Promise<ClaudeAgentServer> {
  const { name = "codecell" } = options;
  return { type: "sdk", name, instance: await createMcpServer(session, options) };
}
