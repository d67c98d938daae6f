import { CodeModeError } from "../../base/errors.js";
import { uniqueNames } from "../../mcp/client/unique-names.js";
import type { McpConfig, McpServerConfig, McpWarning, McpWarningCode } from "../../mcp.js";
import { jsonSchemaProblem } from "../../tools/json-schema.js";
import type { JsonSchema, NamedTool } from "../../tools/tool-definition.js";
import { count, formatDuration, oneLine } from "../format.js";
import { readConfig } from "../run-inputs.js";
import { UsageError } from "../usage-error.js";
import { type Check, ok, problem, warning } from "./check.js";
import { describeServerFailure } from "./server-failure.js";

export interface ServerCheckOptions {
  readonly startTimeoutMs: number | undefined;
  readonly signal: AbortSignal;
}

/** Whether the config can be read, and each of its servers starts. All start at once. */
export async function checkServers(
  file: string,
  options: ServerCheckOptions,
): Promise<readonly Check[]> {
  const oddities: McpWarning[] = [];
  let config: McpConfig;
  try {
    config = await readConfig(file, (oddity) => oddities.push(oddity));
  } catch (error) {
    return [configProblem(error)];
  }
  const servers = Object.entries(config.mcpServers);
  const results = await Promise.all(
    servers.map(([name, server]) => checkServer(name, server, options)),
  );
  const lists = results.map(({ tools }, index) => ({ server: servers[index]?.[0] ?? "", tools }));
  uniqueNames(lists, (clash) => oddities.push(clash));
  return [
    ok("config", `${file} has ${count(servers.length, "server")}`),
    ...results.flatMap(({ checks }) => checks),
    ...oddities.map(oddityCheck),
  ];
}

function configProblem(error: unknown): Check {
  const finding = error instanceof Error ? error.message : String(error);
  return problem("config", oneLine(finding, 600), configRemedy(error));
}

function configRemedy(error: unknown): string {
  if (error instanceof UsageError) return "Name a file that can be read.";
  return error instanceof CodeModeError
    ? "Mend the file; codecell run --help shows what it looks like."
    : "Start Node without the flags told here.";
}

interface ServerResult {
  readonly checks: readonly Check[];
  readonly tools: readonly NamedTool[];
}

async function checkServer(
  name: string,
  server: McpServerConfig,
  { startTimeoutMs, signal }: ServerCheckOptions,
): Promise<ServerResult> {
  const checkName = `server ${name}`;
  if (server.disabled) return { checks: [ok(checkName, "disabled in the config")], tools: [] };
  const { connectMcpServers } = await import("../../mcp.js");
  const startedAt = performance.now();
  const oddities: McpWarning[] = [];
  try {
    await using connected = await connectMcpServers(
      { mcpServers: { [name]: server } },
      {
        signal,
        logins: true,
        onWarning: (oddity) => oddities.push(oddity),
        ...(startTimeoutMs !== undefined && { startTimeoutMs }),
      },
    );
    const duration = formatDuration(performance.now() - startedAt);
    const { tools } = connected;
    // Otherwise a schema is looked at when its tool is first called.
    for (const tool of tools) {
      const problem = jsonSchemaProblem((tool.inputSchema ?? {}) as JsonSchema);
      if (problem !== undefined) tool.onInvalidSchema?.(problem);
    }
    const finding = `${count(tools.length, "tool")}, started in ${duration}`;
    const check =
      tools.length > 0
        ? ok(checkName, finding)
        : warning(checkName, finding, "See what the server needs to offer tools.");
    return { checks: [check, ...oddities.map(oddityCheck)], tools };
  } catch (error) {
    const { finding, remedy } = describeServerFailure(error, name, server);
    return { checks: [problem(checkName, finding, remedy)], tools: [] };
  }
}

/** What is worked around: programs run, though not quite as the server or the config says. */
function oddityCheck({ code, server, message }: McpWarning): Check {
  const checkName = server === undefined ? "config" : `server ${server}`;
  const finding = oneLine(message.replace(`MCP server "${server}": `, ""), 600);
  return warning(checkName, finding, oddityRemedies[code]);
}

const oddityRemedies: Readonly<Record<McpWarningCode, string>> = {
  MCP_NAMES: "Use the names told here, or rename a server in the config.",
  MCP_TOOL_LIST: 'Mend the server, or "enabledTools" and "disabledTools" in the config.',
  MCP_INPUT_SCHEMA: "The tool can be called; its server checks the input. Tell those who made it.",
  MCP_RESULT: "Programs get the result as it comes. Tell those who made the server.",
  MCP_CONFIG: "Mend the file; codecell run --help shows what it looks like.",
};
