import { CodeModeError } from "../base/errors.js";
import type { CodeMode, EventHandler, HostModules, JournalWriter } from "../index.js";
import type { ConnectMcpOptions, McpServerEvent, McpServers } from "../mcp.js";
import type { Session } from "../session/session.js";
import type { DurableStore } from "../sqlite.js";
import { toApproval } from "./approval-options.js";
import { Approver } from "./approve/approver.js";
import type { Interrupt } from "./interrupt.js";
import { approveCommand } from "./next-commands.js";
import type { StoreOptions } from "./open-store.js";
import type { PromptTerminal } from "./prompt-terminal.js";
import { toReading } from "./reading-options.js";
import type { Report } from "./report.js";
import { prepareOutDirectory, readConfig } from "./run-inputs.js";
import type { SessionCommandOptions } from "./session-options.js";
import { StartingServers } from "./starting-servers.js";
import { UsageError } from "./usage-error.js";

/** What a command that runs cells is given besides its options. */
export interface SessionContext {
  readonly terminal: PromptTerminal;
  readonly report: Report;
  readonly interrupt: Interrupt;
}

export interface UseSessionOptions extends SessionCommandOptions {
  /** Servers that die, or do not start, are started again. */
  readonly restart?: boolean;
  /** What cells can import besides. */
  readonly modules?: HostModules;
  /** Takes the journals of the cells. */
  readonly record?: JournalWriter | undefined;
  /** Where the cells are kept, and whose they are. */
  readonly durable?: {
    readonly store: DurableStore;
    /** How it was opened. */
    readonly opened: StoreOptions;
    readonly sessionId?: string | undefined;
  };
  readonly onCellEvent?: EventHandler;
}

/**
 * Starts the MCP servers of the config, opens a session with their tools, which change where the
 * servers' do, and ends both when it has been used.
 */
export async function useSession<T>(
  options: UseSessionOptions,
  context: SessionContext,
  use: (session: Session, approver: Approver) => Promise<T>,
): Promise<T> {
  const config =
    options.config === undefined
      ? undefined
      : await readConfig(options.config, (warning) => context.report.warning(warning));
  await prepareOutDirectory(options.out);
  const { createCodeMode } = await import("../index.js");
  let giveTools = (): void => {};
  let starting: StartingServers | undefined;
  const onEvent = (event: McpServerEvent): void => {
    starting?.take(event);
    context.report.server(event);
    if (event.type === "started" || event.type === "toolsChanged") giveTools();
  };
  const start = async (): Promise<McpServers | undefined> => {
    if (config === undefined) return undefined;
    starting = new StartingServers(config, context.terminal);
    try {
      return await startServers(config, { ...options, onEvent }, context);
    } finally {
      starting[Symbol.dispose]();
    }
  };
  await using servers = await start();
  const { style } = context.terminal;
  const approver = new Approver({
    approve: options.approve ?? [],
    style,
    onLeftOpen: (approvalId, text) => {
      if (text !== undefined) context.terminal.note(text);
      const command = approveCommand(approvalId, options.durable?.opened ?? { store: "FILE" });
      context.terminal.note(style.dim(`  It waits. Answer it: ${command}`));
    },
  });
  await using codeMode: CodeMode = createCodeMode({
    onApproval: approver.decide,
    ...(options.modules && { modules: options.modules }),
    ...(options.durable && { durability: { store: options.durable.store } }),
    limits: {
      ...options.limit,
      ...(options.timeout !== undefined && { wallMs: options.timeout }),
    },
    ...toReading(options),
  });
  const tools = servers?.tools ?? [];
  await using session = codeMode.openSession({
    tools,
    record: options.record,
    id: options.durable?.sessionId,
  });
  giveTools = () => {
    try {
      session.setTools(servers?.tools ?? []);
    } catch (error) {
      // Two servers would give two tools one name: the session keeps those it has.
      tellFailure(error, context);
    }
  };
  return await use(session, approver);
}

/** An error that the person at the terminal can mend. */
export type ToldError = UsageError | CodeModeError;

/**
 * Tells why there is no session.
 *
 * @returns The exit code, and the error; none where it was an interruption.
 * @throws What is no error of the person at the terminal.
 */
export function tellFailure(
  error: unknown,
  { terminal, interrupt }: SessionContext,
): { readonly exitCode: number; readonly error?: ToldError } {
  if (interrupt.exitCode !== undefined) {
    return { exitCode: interrupt.exitCode };
  }
  if (!(error instanceof CodeModeError || error instanceof UsageError)) {
    throw error;
  }
  terminal.note(`${terminal.style.red("codecell:")} ${error.message}`);
  return { exitCode: isWrongUse(error) ? 2 : 1, error };
}

async function startServers(
  config: Awaited<ReturnType<typeof readConfig>>,
  options: UseSessionOptions & Pick<ConnectMcpOptions, "onEvent">,
  { report, interrupt }: SessionContext,
): Promise<McpServers> {
  const { connectMcpServers } = await import("../mcp.js");
  const connectOptions: ConnectMcpOptions = {
    signal: interrupt.signal,
    logins: true,
    approval: toApproval(options),
    ...(options.onEvent && { onEvent: options.onEvent }),
    results: options.results,
    restart: options.restart,
    onWarning: (warning) => report.warning(warning),
    ...(options.verbose && { onStderr: (server, line) => report.serverLine(server, line) }),
    ...(options.startTimeout !== undefined && { startTimeoutMs: options.startTimeout }),
  };
  return connectMcpServers(config, connectOptions);
}

function isWrongUse(error: ToldError): boolean {
  if (error instanceof UsageError) return true;
  return ["ERR_MCP_CONFIG", "ERR_INVALID_OPTION", "ERR_INVALID_JOURNAL"].includes(error.code);
}
