import { CodeModeError } from "../../base/errors.js";
import type { McpConfig, McpServerConfig } from "../../mcp.js";
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
  let config: McpConfig;
  try {
    config = await readConfig(file);
  } catch (error) {
    return [configProblem(error)];
  }
  const servers = Object.entries(config.mcpServers);
  const checks = await Promise.all(
    servers.map(([name, server]) => checkServer(name, server, options)),
  );
  return [ok("config", `${file} has ${count(servers.length, "server")}`), ...checks];
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

async function checkServer(
  name: string,
  server: McpServerConfig,
  { startTimeoutMs, signal }: ServerCheckOptions,
): Promise<Check> {
  const checkName = `server ${name}`;
  if (server.disabled) return ok(checkName, "disabled in the config");
  const { connectMcpServers } = await import("../../mcp.js");
  const startedAt = performance.now();
  try {
    await using connected = await connectMcpServers(
      { mcpServers: { [name]: server } },
      { signal, ...(startTimeoutMs !== undefined && { startTimeoutMs }) },
    );
    const duration = formatDuration(performance.now() - startedAt);
    const finding = `${count(connected.tools.length, "tool")}, started in ${duration}`;
    if (connected.tools.length > 0) return ok(checkName, finding);
    return warning(checkName, finding, "See what the server needs to offer tools.");
  } catch (error) {
    const { finding, remedy } = describeServerFailure(error, name, server);
    return problem(checkName, finding, remedy);
  }
}
