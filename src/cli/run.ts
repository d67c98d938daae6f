import { CodeModeError } from "../errors.js";
import type { CodeMode } from "../index.js";
import type { ConnectMcpOptions, McpServers } from "../mcp.js";
import type { Interrupt } from "./interrupt.js";
import { jsonDocument, type RunResult } from "./json-document.js";
import type { Report } from "./report.js";
import { runCells } from "./run-cells.js";
import { prepareOutDirectory, readConfig, readSources } from "./run-inputs.js";
import type { Terminal } from "./terminal.js";
import { UsageError } from "./usage-error.js";

/** The options of `codecell run`. */
export interface RunOptions {
  readonly config?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly yieldAfter?: number;
  readonly timeout?: number;
  /** By name; checked by createCodeMode. */
  readonly limit?: Readonly<Record<string, number>>;
  readonly startTimeout?: number;
  readonly console?: boolean;
  readonly verbose?: boolean;
}

export interface RunContext {
  readonly terminal: Terminal;
  readonly report: Report;
  readonly interrupt: Interrupt;
}

/**
 * Runs cells one after another in one session, with the tools of MCP servers.
 *
 * @returns The exit code.
 */
export async function run(
  files: readonly string[],
  options: RunOptions,
  context: RunContext,
): Promise<number> {
  const { terminal, interrupt } = context;
  let result: RunResult;
  try {
    result = await runInSession(files, options, context);
  } catch (error) {
    if (interrupt.exitCode === undefined) {
      if (!(error instanceof CodeModeError || error instanceof UsageError)) {
        throw error;
      }
      terminal.note(`${terminal.style.red("codecell:")} ${error.message}`);
      result = { cells: [], exitCode: isWrongUse(error) ? 2 : 1, error };
    } else {
      result = { cells: [], exitCode: interrupt.exitCode };
    }
  }
  if (options.json) {
    terminal.result(jsonDocument(result));
  }
  return result.exitCode;
}

async function runInSession(
  files: readonly string[],
  options: RunOptions,
  context: RunContext,
): Promise<RunResult> {
  const sources = await readSources(files);
  const config = options.config === undefined ? undefined : await readConfig(options.config);
  await prepareOutDirectory(options.out);
  const { createCodeMode } = await import("../index.js");
  await using servers = config && (await startServers(config, options, context));
  await using codeMode: CodeMode = createCodeMode({
    ...(servers && { tools: servers.tools }),
    limits: {
      ...options.limit,
      ...(options.timeout !== undefined && { wallMs: options.timeout }),
    },
    ...(options.console && { console: true }),
  });
  await using session = codeMode.openSession();
  return await runCells(session, sources, { ...options, ...context });
}

async function startServers(
  config: Awaited<ReturnType<typeof readConfig>>,
  options: RunOptions,
  { report, interrupt }: RunContext,
): Promise<McpServers> {
  const { connectMcpServers } = await import("../mcp.js");
  const connectOptions: ConnectMcpOptions = {
    signal: interrupt.signal,
    onEvent: (event) => report.server(event),
    ...(options.verbose && { onStderr: (server, line) => report.serverLine(server, line) }),
    ...(options.startTimeout !== undefined && { startTimeoutMs: options.startTimeout }),
  };
  return connectMcpServers(config, connectOptions);
}

function isWrongUse(error: UsageError | CodeModeError): boolean {
  if (error instanceof UsageError) return true;
  return error.code === "ERR_MCP_CONFIG" || error.code === "ERR_INVALID_OPTION";
}
