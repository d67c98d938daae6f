import type { Server, ServerContext, Tool } from "@modelcontextprotocol/server";
import type { ModelSession } from "../../model/model-session.js";
import {
  type FunctionModelTool,
  type ModelToolsOptions,
  modelToolsOf,
} from "../../model/model-tools.js";
import { McpCalls } from "./mcp-calls.js";
import { loadServerSdk } from "./server-sdk.js";

const titles = { exec: "Run JavaScript", wait: "Wait for a program" };

export interface ServeToolsOptions extends ModelToolsOptions {
  /** Lists of tools and calls wait until it has settled. */
  readonly ready: Promise<unknown> | undefined;
  /** What lists of tools wait for instead. */
  readonly listed?: Promise<unknown> | undefined;
  /** Gets each call before it is looked at. */
  readonly onCall?: ((tool: string, input: unknown) => void) | undefined;
}

/**
 * Lets a server answer `tools/list` and `tools/call` with exec and wait of a session.
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION.
 */
export async function serveTools(
  server: Server,
  session: ModelSession,
  options: ServeToolsOptions,
): Promise<void> {
  const { ready, listed = ready, onCall, description = "short", ...modelOptions } = options;
  const { exec, wait } = modelToolsOf(session, { ...modelOptions, description });
  const { ProtocolError, ProtocolErrorCode } = await loadServerSdk();
  const calls = McpCalls.of(session);
  server.setRequestHandler("tools/list", async () => {
    await listed;
    return { tools: [exec, wait].map(toTool) };
  });
  server.setRequestHandler("tools/call", async ({ params }, context) => {
    await ready;
    onCall?.(params.name, params.arguments);
    const by = { server, context: context as ServerContext };
    switch (params.name) {
      case "exec":
        return calls.exec(exec, params.arguments, by);
      case "wait":
        return calls.wait(wait, params.arguments, by);
      default:
        throw new ProtocolError(
          ProtocolErrorCode.InvalidParams,
          `There is no tool ${JSON.stringify(params.name)}; there are exec and wait.`,
        );
    }
  });
}

function toTool({ name, description, inputSchema }: FunctionModelTool): Tool {
  return {
    name,
    title: titles[name],
    description,
    inputSchema: { ...inputSchema, type: "object" },
    // Claude Code else shows such tools to the model only when it searches for them.
    _meta: { "anthropic/alwaysLoad": true },
  };
}
