import { CodeModeError } from "../../base/errors.js";
import type { NamedTool, ToolContext } from "../../tools/tool-definition.js";
import { toToolNames } from "../../tools/tool-names.js";
import {
  checkMcpApproval,
  type McpApproval,
  type McpToolAnnotations,
  mcpToolApproval,
} from "./approval.js";
import { mcpResultValue } from "./result-value.js";

/**
 * An MCP client, known by its shape: the `Client` of the official SDK, version 1 or 2, or anything
 * that lists and calls tools in the same way.
 */
export interface McpClient {
  listTools(params?: { cursor?: string }, ...rest: unknown[]): Promise<unknown>;
  callTool(params: McpToolCall, ...rest: unknown[]): Promise<unknown>;
  /** What the server says about itself; becomes the description of its namespace. */
  getInstructions?(): string | undefined;
}

interface McpToolCall {
  readonly name: string;
  readonly arguments: Record<string, unknown>;
}

export interface McpToolsOptions {
  /** The server's name: its tools become `mcp__<server>__<tool>`, in the module `tools/mcp/<server>.js`. */
  readonly server: string;
  /**
   * Milliseconds until the client gives a call up. By default a call may last as long as its cell,
   * which aborts it; the official client's own default would be a minute.
   */
  readonly callTimeoutMs?: number;
  /** What becomes of calls before they run. Default: `"auto"`. */
  readonly approval?: McpApproval | undefined;
  /** Stops the listing. */
  readonly signal?: AbortSignal;
}

/** The longest delay a Node timer can hold. */
const noTimeoutMs = 2 ** 31 - 1;

/**
 * The tools of an MCP server, ready for `createCodeMode({ tools })` or `exec(source, { tools })`.
 * Results reach the cell as `mcpResultValue` describes; a result marked as an error rejects the call.
 *
 * @param client - A connected client.
 * @throws {CodeModeError} ERR_MCP_SERVER where the list of tools is not one; ERR_INVALID_OPTION.
 */
export async function mcpTools(
  client: McpClient,
  options: McpToolsOptions,
): Promise<readonly NamedTool[]> {
  checkMcpApproval(options.approval);
  return listMcpTools(client, options, [options.approval]);
}

/** @param approvals - What is said in each place of what becomes of calls; the strictest holds. */
export async function listMcpTools(
  client: McpClient,
  options: Omit<McpToolsOptions, "approval">,
  approvals: readonly (McpApproval | undefined)[],
): Promise<readonly NamedTool[]> {
  const listed = await listAllTools(client, options);
  const instructions = client.getInstructions?.();
  return listed.map((tool) => {
    const definition = toDefinition(client, tool, options);
    const { name } = toToolNames(tool.name, definition.namespace);
    const approval = mcpToolApproval(
      { names: [tool.name, name], annotations: tool.annotations },
      approvals,
    );
    return {
      ...definition,
      ...(approval && { approval }),
      ...(instructions && { namespaceDescription: instructions }),
    };
  });
}

interface ListedTool {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema?: Readonly<Record<string, unknown>>;
  readonly outputSchema?: Readonly<Record<string, unknown>>;
  readonly annotations?: McpToolAnnotations;
}

async function listAllTools(client: McpClient, options: McpToolsOptions): Promise<ListedTool[]> {
  const tools: ListedTool[] = [];
  const seenCursors = new Set<string>();
  const request = { timeout: noTimeoutMs, ...(options.signal && { signal: options.signal }) };
  let cursor: string | undefined;
  do {
    // Without parameters the second version of the SDK walks the pages itself.
    const page = (await client.listTools(
      cursor === undefined ? undefined : { cursor },
      request,
    )) as {
      readonly tools?: unknown;
      readonly nextCursor?: string;
    };
    if (!Array.isArray(page?.tools)) {
      throw new CodeModeError(
        "ERR_MCP_SERVER",
        `MCP server "${options.server}" answered tools/list with no list of tools`,
      );
    }
    tools.push(...(page.tools as ListedTool[]));
    cursor = page.nextCursor;
    if (cursor !== undefined && seenCursors.has(cursor)) {
      throw new CodeModeError(
        "ERR_MCP_SERVER",
        `MCP server "${options.server}" never ends its list of tools: it repeats the cursor "${cursor}"`,
      );
    }
    seenCursors.add(cursor ?? "");
  } while (cursor !== undefined);
  return tools;
}

function toDefinition(client: McpClient, tool: ListedTool, options: McpToolsOptions): NamedTool {
  return {
    name: tool.name,
    namespace: `mcp/${options.server}`,
    description: tool.description ?? "",
    ...(tool.inputSchema && { inputSchema: tool.inputSchema }),
    ...(tool.outputSchema && { outputSchema: tool.outputSchema }),
    resultType: "mcp",
    async execute(input: unknown, context: ToolContext): Promise<unknown> {
      const call = { name: tool.name, arguments: (input ?? {}) as Record<string, unknown> };
      const request = { signal: context.signal, timeout: options.callTimeoutMs ?? noTimeoutMs };
      return mcpResultValue(await callTool(client, call, request));
    },
  };
}

/**
 * The first version of the SDK takes `(params, resultSchema?, options?)`, the second
 * `(params, options?)`. The second alone has `listen`; a look-alike tells by its parameter count.
 */
function callTool(client: McpClient, call: McpToolCall, request: object): Promise<unknown> {
  const takesOptionsSecond =
    typeof (client as { listen?: unknown }).listen === "function" || client.callTool.length === 2;
  return takesOptionsSecond
    ? client.callTool(call, request)
    : client.callTool(call, undefined, request);
}
