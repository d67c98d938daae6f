import { once } from "node:events";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { cacheFolder } from "../../base/user-folders.js";
import type { McpClientCapabilities } from "../../mcp/client/servers.js";
import { ToolCache } from "../../mcp/client/tool-cache.js";
import { Gateway } from "../../mcp/gateway/gateway.js";
import type { GatewayOptions } from "../../mcp/gateway/gateway-options.js";
import { StreamClient } from "../../mcp/gateway/stream-client.js";
import { shownDescriptionLength } from "../../model/short-description.js";
import { estimateTokens } from "../../model/token-budget.js";
import type { DurableStore } from "../../sqlite.js";
import { toApproval } from "../approval-options.js";
import { ApprovalRules } from "../approve/approval-rules.js";
import { count } from "../format.js";
import type { SessionContext } from "../open-session.js";
import { toReading } from "../reading-options.js";
import { readConfig } from "../run-inputs.js";
import { runServer } from "../run-server.js";
import type { GatewayStart } from "./first/gateway-start.js";
import type { AnswerCache } from "./first/known-answers.js";
import type { McpCommandOptions } from "./gateway-options.js";
import { ProgramRecord } from "./program-record.js";

/** The session of clients that have none of their own, where the cells are kept. */
const defaultSession = "mcp";

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
export function serve(
  options: McpCommandOptions,
  context: SessionContext,
  start: GatewayStart | undefined,
): Promise<number> {
  return runServer(async () => {
    if (options.listen === "stdio") {
      using first = start?.first;
      await using durable = await openStore(options);
      const client = new StreamClient(first && { input: first.input, told: first.handOver() });
      await using gateway = await openGateway(options, context, { ...client, durable });
      if (options.toolCache) void keepAnswers(gateway, { client, options, cache: start?.cache });
      await serveStreams(gateway, client, context.interrupt.signal);
    } else {
      await using durable = await openStore(options);
      const clients = { capabilities: Promise.resolve(everything), durable };
      await using gateway = await openGateway(options, context, clients);
      const { serveHttp } = await import("./http-front.js");
      await serveHttp(gateway, options.listen, { options, context });
    }
  }, context);
}

/** What a gateway is opened for. */
interface GatewayUse extends Pick<GatewayOptions, "capabilities" | "answered"> {
  readonly durable: Durable | undefined;
}

/** Where the cells are kept, and whose they are. */
interface Durable extends AsyncDisposable {
  readonly store: DurableStore;
  readonly sessionId: string;
}

/** @throws {CodeModeError} ERR_STORE_UNAVAILABLE, ERR_STORE_KEY now, and not first to a model. */
async function openStore({
  store: file,
  sealKeys,
  session = defaultSession,
}: McpCommandOptions): Promise<Durable | undefined> {
  if (file === undefined) return undefined;
  const { openUsableStore } = await import("../open-store.js");
  const store = await openUsableStore({ store: file, ...(sealKeys !== undefined && { sealKeys }) });
  return { store, sessionId: session, [Symbol.asyncDispose]: () => store.close() };
}

async function openGateway(
  options: McpCommandOptions,
  context: SessionContext,
  { capabilities, answered, durable }: GatewayUse,
): Promise<Gateway> {
  const { terminal, report } = context;
  const caches = cacheFolder();
  const { verbose, startTimeout, answerAfter, toolCache, yieldAfter, description, describe } =
    options;
  const gateway = new Gateway({
    config: await readConfig(options.config, (warning) => report.warning(warning)),
    cells: {
      limits: { ...options.limit },
      onApproval: new ApprovalRules(options.approve ?? []).decide,
      maxYieldAfterMs: options.maxYieldAfter,
      ...toReading(options),
      ...(durable && { durability: { store: durable.store } }),
      ...(yieldAfter !== undefined && { yieldAfterMs: yieldAfter }),
    },
    sessionId: durable?.sessionId,
    description,
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
    answered,
    ...(toolCache && caches && { toolCache: new ToolCache(join(caches, "tools")) }),
    ...(answerAfter !== undefined && { answerAfterMs: answerAfter }),
    hasOneClient: options.listen === "stdio",
    onProblem: (error) => terminal.note(`${terminal.style.red("codecell:")} ${error.message}`),
    ...(verbose && { record: new ProgramRecord(terminal) }),
  });
  void gateway.ready.then(
    () => hintAtLength(gateway, context),
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
  const { input } = client;
  const ended = [once(input, "end", { signal }), once(input, "close", { signal })];
  try {
    await Promise.race([...ended, gateway.failed()]);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Keeps what the client is answered first, so that the next one need not wait for the command to be loaded. */
async function keepAnswers(
  gateway: Gateway,
  {
    client,
    options,
    cache,
  }: {
    readonly client: StreamClient;
    readonly options: McpCommandOptions;
    readonly cache: AnswerCache | undefined;
  },
): Promise<void> {
  try {
    await gateway.ready;
    const results = await client.firstResults();
    const known = await gateway.cachedTools();
    if (results === undefined || known === undefined) return;
    // A client that has waited long enough is told of all that servers may have.
    const { capabilities } = results.initialize as { readonly capabilities?: unknown };
    if (!isDeepStrictEqual(capabilities, await gateway.announced())) return;
    await cache?.write(options.config, known, results);
  } catch {
    // Of the gateway, which tells it; a cache is no part of what was asked for.
  }
}

/** Says what clients cut off, and what the whole costs those that do not. */
function hintAtLength(gateway: Gateway, { terminal }: SessionContext): void {
  const description = gateway.describeExec();
  if (description.length <= shownDescriptionLength) return;
  const tokens = estimateTokens(description);
  terminal.note(
    `${terminal.style.yellow("●")} exec's description, with ${count(gateway.toolCount, "tool")}, has ${description.length} characters, about ${tokens} tokens; some clients show the model only the first ${shownDescriptionLength} characters, which --description short keeps within`,
  );
}
