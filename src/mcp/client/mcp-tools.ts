import { checkBoolean } from "../../base/option-checks.js";
import { inSlices } from "../../base/slices.js";
import type { NamedTool, ToolContext } from "../../tools/tool-definition.js";
import { toToolNames } from "../../tools/tool-names.js";
import { noTimeoutMs } from "../as-it-came.js";
import { checkMcpApproval, type McpApproval, mcpToolApproval } from "./approval.js";
import { clientResourceTools } from "./client-resources.js";
import { listServerTools } from "./list-tools.js";
import type { ListedTool } from "./listed-tool.js";
import { explainNeededPages } from "./needed-pages.js";
import type { McpProgress } from "./request-options.js";
import { ResultCheck } from "./result-check.js";
import { checkResultForm, type McpResultForm } from "./result-form.js";
import { mcpResultValue } from "./result-value.js";
import type { McpCallProgress } from "./servers.js";
import type { ToolFilter } from "./tool-filter.js";
import { type McpClient, type ToolRequests, toolRequests } from "./tool-requests.js";
import { spaceOf, uniqueNames } from "./unique-names.js";
import { type OnMcpWarning, quote, tellOnce } from "./warnings.js";

export interface McpToolsOptions extends ToolFilter {
  /** The server's name: its tools become `mcp__<server>__<tool>`, in the module `tools/mcp/<server>.js`. */
  readonly server: string;
  /**
   * Milliseconds after which the client cancels a call. By default a call may last as long as its
   * cell, which aborts it; the official client's own default would be a minute.
   */
  readonly callTimeoutMs?: number;
  /** Gets progress of calls. Default: servers are not asked for progress. */
  readonly onProgress?: (progress: McpCallProgress) => void;
  /** What happens to calls before they run. Default: `"auto"`. */
  readonly approval?: McpApproval | undefined;
  /**
   * Gives cells two more tools if the server has resources: `read_resource` and `list_resources`, under
   * the server's name as all its tools: `mcp__<server>__read_resource`. Default: false.
   */
  readonly resources?: boolean | undefined;
  /**
   * What programs get for results: `"value"`, as `mcpResultValue` describes, or `"raw"`, the
   * `CallToolResult` itself. A raw result that is marked as an error does not reject the call.
   * Default: `"value"`.
   */
  readonly results?: McpResultForm | undefined;
  /** Stops the listing. */
  readonly signal?: AbortSignal;
  /**
   * Called once for each fault of the server's tools that codecell works around. Default:
   * `process.emitWarning`.
   */
  readonly onWarning?: OnMcpWarning | undefined;
}

/**
 * The tools of an MCP server, ready for `createCodeMode({ tools })` or `exec(source, { tools })`.
 * Results reach the cell as `mcpResultValue` describes, unless `results` says otherwise; a result
 * marked as an error rejects the call.
 *
 * @param client - A connected client.
 * @throws {CodeModeError} ERR_MCP_SERVER if the list of tools is not one; ERR_INVALID_OPTION.
 */
export async function mcpTools(
  client: McpClient,
  options: McpToolsOptions,
): Promise<readonly NamedTool[]> {
  checkMcpApproval(options.approval);
  checkBoolean("resources", options.resources);
  checkResultForm(options.results);
  const onWarning = tellOnce(options.onWarning);
  const { server } = options;
  const listed = await listMcpTools(
    { requests: toolRequests(client), instructions: () => client.getInstructions?.() },
    { ...options, onWarning },
    [options.approval],
  );
  const ofResources = options.resources ? clientResourceTools(client, options) : [];
  const tools = [...listed, ...ofResources].map((tool) => ({
    ...tool,
    execute: async (input: unknown, context: ToolContext): Promise<unknown> => {
      try {
        return await tool.execute(input, context);
      } catch (error) {
        throw explainNeededPages(server, error);
      }
    },
  }));
  return uniqueNames([{ server, tools }], onWarning).flat();
}

/** What is asked of a connected server, and what it says of itself. */
export interface ToolServer {
  readonly requests: ToolRequests;
  /** Asked when the tools have been listed. */
  instructions(): string | undefined;
}

export type ListMcpToolsOptions = Omit<McpToolsOptions, "approval" | "onWarning" | "resources"> & {
  readonly onWarning: OnMcpWarning;
  /** Called with the tools as the server lists them, without those that are filtered out. */
  readonly onListed?: ((tools: readonly ListedTool[]) => void) | undefined;
};

/**
 * The tools of a server under the names that the server gives them, which programs may be unable to tell
 * apart: `uniqueNames` makes them differ.
 *
 * @param approvals - All policies that are set for calls; the strictest applies.
 */
export async function listMcpTools(
  { requests, instructions }: ToolServer,
  options: ListMcpToolsOptions,
  approvals: readonly (McpApproval | undefined)[],
): Promise<readonly NamedTool[]> {
  const listed = await listServerTools(requests, options);
  options.onListed?.(listed);
  const namespaceDescription = instructions();
  const tools: NamedTool[] = [];
  await inSlices(listed, (tool) => {
    const definition = toDefinition(requests, tool, options);
    const { name } = toToolNames(tool.name, definition.namespace);
    const approval = mcpToolApproval(
      { names: [tool.name, name], annotations: tool.annotations },
      approvals,
    );
    tools.push({
      ...definition,
      ...(approval && { approval }),
      ...(namespaceDescription && { namespaceDescription }),
    });
  });
  return tools;
}

function toDefinition(
  requests: ToolRequests,
  tool: ListedTool,
  { server, callTimeoutMs, onWarning, onProgress, results: form = "value" }: ListMcpToolsOptions,
): NamedTool {
  const results = new ResultCheck(server, tool, onWarning);
  return {
    name: tool.name,
    namespace: spaceOf(server),
    description: tool.description,
    inputSchema: tool.inputSchema,
    ...(tool.outputSchema && { outputSchema: tool.outputSchema }),
    resultType: form === "raw" ? "mcpResult" : "mcp",
    onInvalidSchema: (problem) => {
      const message = `MCP server "${server}": the inputSchema of its tool ${quote(tool.name)} cannot be used (${problem}), so inputs go to the server unchecked.`;
      onWarning({ code: "MCP_INPUT_SCHEMA", server, message });
    },
    async execute(input: unknown, context: ToolContext): Promise<unknown> {
      const call = { name: tool.name, arguments: (input ?? {}) as Record<string, unknown> };
      const request = {
        signal: context.signal,
        timeout: callTimeoutMs ?? noTimeoutMs,
        ...(onProgress && {
          onprogress: (progress: McpProgress) =>
            onProgress({ server, tool: tool.name, ...progress, context }),
        }),
      };
      const result = tool.isTask
        ? await requests.callAsTask(call, request)
        : await requests.call(call, request);
      results.check(result);
      return form === "raw" ? result : mcpResultValue(result);
    },
  };
}
