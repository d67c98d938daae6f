import { readFile } from "node:fs/promises";
import { type CodeMode, createCodeMode, type Isolation, support } from "../../index.js";
import { connectMcpServers, type McpServers } from "../../mcp.js";
import { Authenticator } from "../../server/auth/authenticator.js";
import { CellServer } from "../../server/cell-server.js";
import type { RoutedCells } from "../../server/cluster/routed-cells.js";
import { emptyConfig, readServeConfig, type ServeConfig } from "../../server/config/read-config.js";
import type { Mount } from "../../server/http/http-front.js";
import { metricsRoute } from "../../server/http/metrics-route.js";
import { RequestCounts } from "../../server/http/request-counts.js";
import { LocalCells } from "../../server/local-cells.js";
import { pageRoutes } from "../../server/page/page-routes.js";
import { TenantTools, type ToolGroup } from "../../server/tenants/tenant-tools.js";
import { Tenants } from "../../server/tenants/tenants.js";
import { webhookTools } from "../../server/webhooks/webhook-tools.js";
import { visible } from "../format.js";
import { isLoopback } from "../gateway/listen-address.js";
import { ListenError } from "../gateway/listen-error.js";
import { listenReason } from "../gateway/listen-reason.js";
import { whenAborted } from "../interrupt.js";
import type { SessionContext } from "../open-session.js";
import { openUsableStore } from "../open-store.js";
import { runServer } from "../run-server.js";
import { UsageError } from "../usage-error.js";
import { advertised, openCluster } from "./cluster.js";
import { RequestLog } from "./request-log.js";
import type { ServeOptions } from "./serve-options.js";

/**
 * Serves until a signal comes.
 *
 * @returns The exit code.
 */
export function serve(options: ServeOptions, context: SessionContext): Promise<number> {
  return runServer(() => run(options, context), context);
}

async function run(options: ServeOptions, context: SessionContext): Promise<void> {
  const { terminal, report, interrupt } = context;
  const { signal } = interrupt;
  const log = new RequestLog((line) => terminal.note(line), options.log);
  const requests = new RequestCounts();
  const config = await readConfig(options.config, (message) => report.warning(message));
  const webhooks = webhooksOf(config, options);
  const authenticator = await Authenticator.open(config);
  const tls = await readTls(options);
  if (authenticator.isOpen && !isLoopback({ ...options.listen, path: "/" })) {
    throw new UsageError(
      `Other machines may reach ${options.listen.host}, and the config has no keys: make one with codecell serve key, and put its entry into "keys" of the file of --config. Or listen at 127.0.0.1.`,
    );
  }
  const opened = {
    store: options.store,
    ...(options.sealKeys !== undefined && { sealKeys: options.sealKeys }),
  };
  const store = await openUsableStore(opened);
  await using _store = { [Symbol.asyncDispose]: () => store.close() };
  let server: CellServer | undefined;
  const servers = await startServers(config, options, context, () => server?.toolsChanged());
  await using _servers = servers;
  const tenants = new Tenants(config.tenants);
  const tools = new TenantTools([...groupsOf(config, servers), ...webhooks], (error) =>
    log.problem(error, ""),
  );
  await using codeMode: CodeMode = createCodeMode({
    isolation: isolationOf(options.isolation, (note) => terminal.note(note)),
    durability: { store },
    maxYieldAfterMs: options.maxYieldAfter,
    limits: { ...options.limit },
    ...(options.log !== undefined && { onEvent: log.cellEvent }),
  });
  using metrics = metricsRoute(codeMode, requests);
  const local = new LocalCells({
    codeMode,
    toolsOf: (tenant) => tools.of(tenant),
    limitsOf: (tenant) => tenants.of(tenant).limits,
    maxRunningOf: (tenant) => tenants.of(tenant).cells?.running,
  });
  const cluster = await openCluster(options, store, {
    local,
    quotaOf: (tenant) => tenants.of(tenant).cells,
    onProblem: (thrown) => log.problem(thrown, ""),
  });
  await using _cluster = { [Symbol.asyncDispose]: async () => cluster?.close() };
  await using own = new CellServer({
    store,
    codeMode,
    local,
    ...(cluster && { cells: cluster, mounts: [internalOf(cluster)] }),
    tools,
    ready: Promise.resolve(),
    tenants,
    authenticator,
    callers: {
      isLoopback: isLoopback({ ...options.listen, path: "/" }),
      allowedOrigins: options.allowOrigin ?? [],
    },
    tls,
    onProblem: (error, requestId) => log.problem(error, requestId),
    routes: [metrics, ...pageRoutes()],
    onAnswered: (answered) => {
      requests.add(answered);
      log.answered(answered);
    },
  });
  server = own;
  const port = await listen(own, options);
  await cluster?.start(advertised(options, port));
  announce(context, options, { port, needsKey: !authenticator.isOpen });
  await whenAborted(signal);
  terminal.note(`draining: new cells are refused, and those that run have ${options.drain} ms`);
  await own.drain(AbortSignal.timeout(options.drain));
}

function internalOf({ hops }: RoutedCells): Mount {
  return {
    prefix: "/internal/",
    handle: (incoming, response) => hops.answer(incoming, response),
  };
}

async function readConfig(
  file: string | undefined,
  onWarning: Parameters<typeof readServeConfig>[2],
): Promise<ServeConfig> {
  if (file === undefined) return emptyConfig;
  return readServeConfig(await readText(file, "config"), visible(file), onWarning);
}

async function readTls({
  tlsCert,
  tlsKey,
}: ServeOptions): Promise<{ readonly cert: string; readonly key: string } | undefined> {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new UsageError("HTTPS needs both --tls-cert and --tls-key.");
  }
  const [cert, key] = await Promise.all([
    readText(tlsCert, "certificate"),
    readText(tlsKey, "private key"),
  ]);
  return { cert, key };
}

async function readText(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`cannot read the ${what} ${visible(file)}: ${visible(why)}`);
  }
}

/** They are started again where they die; cells are served meanwhile. */
function startServers(
  { mcp }: ServeConfig,
  { startTimeout }: ServeOptions,
  { report, interrupt }: SessionContext,
  onTools: () => void,
): Promise<McpServers> {
  return connectMcpServers(mcp, {
    restart: true,
    logins: true,
    signal: interrupt.signal,
    onWarning: (warning) => report.warning(warning),
    onEvent: (event) => {
      report.server(event);
      if (event.type === "started" || event.type === "toolsChanged") onTools();
    },
    ...(startTimeout !== undefined && { startTimeoutMs: startTimeout }),
  });
}

function groupsOf({ serverTenants }: ServeConfig, servers: McpServers): readonly ToolGroup[] {
  if (serverTenants.size === 0) return [{ tenants: undefined, tools: () => servers.tools }];
  // Those that read resources of all servers at once would read another tenant's.
  return servers.servers.map(({ name: own }) => ({
    tenants: serverTenants.get(own),
    tools: () => servers.servers.find(({ name }) => name === own)?.tools ?? [],
  }));
}

/** The same as long as the server runs. */
function webhooksOf(
  { webhooks }: ServeConfig,
  { config = "" }: ServeOptions,
): readonly ToolGroup[] {
  const made = webhookTools(webhooks, { name: visible(config) });
  return made.map(({ tool, tenants }) => ({ tenants, tools: () => [tool] }));
}

/** Threads where this machine has no processes for cells, which is told. */
function isolationOf(wanted: Isolation, tell: (note: string) => void): Isolation {
  if (wanted === "thread") return wanted;
  const found = support();
  if (!found.supported || found.processes.host !== undefined) return wanted;
  tell(
    `cells run on threads of this process, because it can start no processes for them: ${found.processes.notes.join(" ")}`,
  );
  return "thread";
}

async function listen(server: CellServer, { listen: address }: ServeOptions): Promise<number> {
  try {
    return await server.listen(address.host, address.port);
  } catch (error) {
    throw new ListenError(
      `cannot listen at ${address.host}:${address.port}: ${listenReason(error)}`,
      { cause: error },
    );
  }
}

function announce(
  { terminal }: SessionContext,
  { listen: { host }, tlsCert }: ServeOptions,
  { port, needsKey }: { readonly port: number; readonly needsKey: boolean },
): void {
  const scheme = tlsCert === undefined ? "http" : "https";
  const url = `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`;
  terminal.note(`serving ${url}`);
  const key = needsKey ? ' -H "authorization: Bearer $CODECELL_KEY"' : "";
  terminal.note(
    `try: curl ${url}/v1/sessions/demo/cells${key} -H "content-type: application/json" -d '{"source": "text(6 * 7)"}'`,
  );
}
