import { once } from "node:events";
import { CodeModeError } from "../../base/errors.js";
import type { McpClientCapabilities } from "../../mcp/client/servers.js";
import { Gateway } from "../../mcp/gateway/gateway.js";
import { StreamClient } from "../../mcp/gateway/stream-client.js";
import { createModelTools } from "../../model/model-tools.js";
import { estimateTokens } from "../../model/token-budget.js";
import { toApproval } from "../approval-options.js";
import { ApprovalRules } from "../approve/approval-rules.js";
import { count } from "../format.js";
import type { SessionContext } from "../open-session.js";
import { toReading } from "../reading-options.js";
import { readConfig } from "../run-inputs.js";
import { UsageError } from "../usage-error.js";
import type { McpCommandOptions } from "./gateway-options.js";
import { serveHttp } from "./http-front.js";
import { ListenError } from "./listen-error.js";
import { ProgramRecord } from "./program-record.js";

/** The exit code after Ctrl-C; other ends are what a server is asked for. */
const interruptedCode = 130;

/** A description of more tokens is worth a hint. */
const longDescriptionTokens = 10_000;

/** Where clients come and go, each request of a server is looked at by itself. */
const everything: McpClientCapabilities = {
  elicitation: { form: {}, url: {} },
  sampling: { tools: {}, context: {} },
  roots: { listChanged: true },
};

/**
 * Serves MCP clients until the one on standard input leaves, or a signal comes.
 *
 * @returns The exit code.
 */
export async function serve(options: McpCommandOptions, context: SessionContext): Promise<number> {
  const { terminal, interrupt } = context;
  try {
    if (options.listen === "stdio") {
      const client = new StreamClient();
      await using gateway = await openGateway(options, context, client.capabilities);
      await serveStreams(gateway, client, interrupt.signal);
    } else {
      await using gateway = await openGateway(options, context, Promise.resolve(everything));
      await serveHttp(gateway, options.listen, { options, context });
    }
    return interrupt.exitCode === interruptedCode ? interruptedCode : 0;
  } catch (error) {
    const isExpected = [CodeModeError, UsageError, ListenError].some(
      (known) => error instanceof known,
    );
    if (!isExpected) throw error;
    terminal.note(`${terminal.style.red("codecell:")} ${(error as Error).message}`);
    return error instanceof ListenError ? 1 : 2;
  }
}

async function openGateway(
  options: McpCommandOptions,
  context: SessionContext,
  capabilities: Promise<McpClientCapabilities>,
): Promise<Gateway> {
  const { terminal, report } = context;
  const { verbose, startTimeout, yieldAfter, describe } = options;
  const gateway = new Gateway({
    config: await readConfig(options.config, (warning) => report.warning(warning)),
    cells: {
      limits: { ...options.limit },
      onApproval: new ApprovalRules(options.approve ?? []).decide,
      maxYieldAfterMs: options.maxYieldAfter,
      ...toReading(options),
      ...(yieldAfter !== undefined && { yieldAfterMs: yieldAfter }),
    },
    describeTools: describe,
    servers: {
      logins: true,
      results: options.results,
      approval: toApproval(options),
      onEvent: (event) => report.server(event),
      onWarning: (warning) => report.warning(warning),
      ...(verbose && {
        onStderr: (server: string, line: string) => report.serverLine(server, line),
      }),
      ...(startTimeout !== undefined && { startTimeoutMs: startTimeout }),
    },
    capabilities,
    hasOneClient: options.listen === "stdio",
    onProblem: (error) => terminal.note(`${terminal.style.red("codecell:")} ${error.message}`),
    ...(verbose && { record: new ProgramRecord(terminal) }),
  });
  void gateway.ready.then(
    () => hintAtLength(gateway, describe, context),
    () => undefined,
  );
  return gateway;
}

/** Serves the client on standard input and output until it leaves or the command is interrupted. */
async function serveStreams(
  gateway: Gateway,
  client: StreamClient,
  signal: AbortSignal,
): Promise<void> {
  await using _serving = client.serve(gateway);
  const ended = [once(process.stdin, "end", { signal }), once(process.stdin, "close", { signal })];
  try {
    await Promise.race([...ended, gateway.failed()]);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function hintAtLength(
  gateway: Gateway,
  describe: McpCommandOptions["describe"],
  { terminal }: SessionContext,
): void {
  if (describe === "none" || gateway.toolCount === 0) return;
  const description = gateway.describeExec(
    (session) => createModelTools(session, { describeTools: "all" }).exec.description,
  );
  const tokens = estimateTokens(description);
  if (tokens < longDescriptionTokens) return;
  terminal.note(
    `${terminal.style.yellow("●")} exec's description, with ${count(gateway.toolCount, "tool")}, takes about ${tokens} tokens of the model's context; --describe none leaves tools to be found by programs`,
  );
}
