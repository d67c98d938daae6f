import type { ServerCapabilities } from "@modelcontextprotocol/server";
import { CodeModeError } from "../../base/errors.js";
import { packageVersion } from "../../base/package-version.js";
import { type CodeMode, createCodeMode } from "../../index.js";
import { createModelTools } from "../../model/model-tools.js";
import type { CellEvent } from "../../protocol/events.js";
import type { Session } from "../../session/session.js";
import type { NamedTool, ToolContext } from "../../tools/tool-definition.js";
import { ToolSet } from "../../tools/tool-set.js";
import { type KeepMcpOptions, keepMcpServers } from "../client/connect.js";
import type { KeptServers } from "../client/keep-servers.js";
import { ResourceDirectory } from "../client/resource-directory.js";
import type { McpServerEvent, McpServerNotification, McpServers } from "../client/servers.js";
import type { CachedFile } from "../client/tool-cache.js";
import { defaultInstructions } from "../server/create-mcp-server.js";
import { Exchanges } from "../server/exchanges.js";
import { McpCalls } from "../server/mcp-calls.js";
import type { Reach } from "../server/reach.js";
import { RequestReach } from "../server/request-reach.js";
import { serveTools } from "../server/serve-tools.js";
import { announcedCapabilities, settlesWithin } from "./announced-capabilities.js";
import { Clients } from "./clients.js";
import type { GatewayOptions, NewsListener } from "./gateway-options.js";
import { GatewayServer } from "./gateway-server.js";
import { passThrough } from "./pass-through.js";
import { PromptDirectory } from "./prompt-directory.js";
import { resumedHandlers } from "./resumed-cells.js";
import { passMessage } from "./server-messages.js";
import { ServerRequests } from "./server-requests.js";
import { type Subscriber, Subscriptions } from "./subscriptions.js";

/** The servers of a config, and the sessions and clients that use them. */
export class Gateway implements AsyncDisposable {
  readonly options: GatewayOptions;
  /** Settled when every server runs or has failed to start once. */
  readonly ready: Promise<void>;
  readonly subscriptions: Subscriptions;
  readonly #codeMode: CodeMode;
  readonly #sessions = new Map<string, Session>();
  readonly #clients = new Clients();
  /** Servers of clients that stay connected. */
  readonly #lasting = new Set<GatewayServer>();
  readonly #listeners = new Set<NewsListener>();
  readonly #prompts = new PromptDirectory();
  readonly #resources = new ResourceDirectory();
  readonly #exchanges = new Exchanges();
  readonly #requests: ServerRequests;
  readonly #stop = new AbortController();
  /** Settled when the tools of every server are known: it runs, has failed to start once, or is in the cache. */
  readonly #known: Promise<KeptServers | undefined>;
  #servers: McpServers | undefined;
  #isReady = false;
  /** A client has been told exec and wait before the servers' tools were there. */
  #hasListedEarly = false;
  /** The tools of the servers, registered once for all sessions. */
  #tools: ToolSet = ToolSet.empty;
  /** What `#tools` was made of. */
  #taken: readonly NamedTool[] = [];
  #firstClient: () => void = () => {};

  /** @throws {CodeModeError} ERR_INVALID_OPTION. */
  constructor(options: GatewayOptions) {
    this.options = options;
    this.#codeMode = createCodeMode(options.cells);
    this.subscriptions = new Subscriptions(this.#resources);
    const firstClient = new Promise<void>((resolve) => {
      this.#firstClient = resolve;
    });
    this.#requests = new ServerRequests({
      clients: this.#clients,
      reachOf: (cause) => this.#reachOf(cause),
      onlyClient: options.hasOneClient ? firstClient : undefined,
    });
    this.#known = this.#start();
    this.ready = this.#known.then((kept) => kept && this.#started(kept));
    // The code that serves clients awaits this later; until then it must not be an unhandled rejection.
    this.ready.catch(() => undefined);
  }

  /** Tools that programs have. */
  get toolCount(): number {
    return this.#tools.tools.length;
  }

  /**
   * Opens a session that has the tools of all servers.
   *
   * @param kind - Whether it is the one that a later gateway goes on with, or a client's own. Default: `"own"`.
   */
  openSession(kind: "own" | "lasting" = "own"): Session {
    const { record, cells, sessionId } = this.options;
    const session: Session = this.#codeMode.openSession({
      ...(kind === "lasting" && { id: sessionId }),
      ...(record && { onEvent: (event: CellEvent) => record.happened(session, event) }),
      ...(cells.durability && resumedHandlers(() => session, cells.onApproval)),
    });
    session.findAllCells();
    this.#sessions.set(session.id, session);
    session.setToolSet(this.#tools);
    return session;
  }

  async closeSession(session: Session): Promise<void> {
    this.#sessions.delete(session.id);
    await session.close();
  }

  /**
   * Makes the server of a client.
   *
   * @param kind - Whether the server lives as long as its client's connection, or for one request.
   * @param isListening - Whether the client hears what it is asked outside its requests. Default: it does.
   */
  async createServer(
    session: Session,
    kind: "connection" | "request",
    isListening: () => boolean = () => true,
  ): Promise<GatewayServer> {
    const { description, describeTools, record } = this.options;
    const server = new GatewayServer(
      { name: "codecell", version: packageVersion() },
      { capabilities: await this.announced(), instructions: defaultInstructions },
    );
    await serveTools(server, session, {
      description,
      describeTools,
      ready: this.ready,
      listed: this.#listed(),
      onCall: (tool, input) => record?.called(session, tool, input),
    });
    const subscriber: Subscriber = {
      resourceUpdated: (uri) => void server.sendResourceUpdated({ uri }).catch(() => undefined),
    };
    const servers = (): McpServers["servers"] => this.#servers?.servers ?? [];
    const passedOn = {
      prompts: this.#prompts,
      resources: this.#resources,
      subscriptions: this.subscriptions,
      exchanges: this.#exchanges,
      server: (name: string) => servers().find((candidate) => candidate.name === name),
      ready: this.ready,
    };
    passThrough(server, passedOn, subscriber);
    if (kind === "connection") this.#follow(server, { subscriber, isListening });
    return server;
  }

  /** What a client is told now that there is. */
  async announced(): Promise<ServerCapabilities> {
    const { answerAfterMs } = this.options;
    return announcedCapabilities(this.#known, () => this.#servers?.servers ?? [], answerAfterMs);
  }

  /** The files of the cache that know all servers; undefined where one is not known. */
  async cachedTools(): Promise<readonly CachedFile[] | undefined> {
    return (await this.#known)?.cached();
  }

  /** Rejects where the servers of the config cannot be connected, and never resolves. */
  failed(): Promise<never> {
    return new Promise((_resolve, reject) => {
      this.ready.catch(reject);
    });
  }

  /** The only client is known, and nothing can be asked of it but in answers. */
  clientTakesNoRequests(): void {
    this.#firstClient();
  }

  /** Tells of news until the gateway ends. */
  listen(listener: NewsListener): void {
    this.#listeners.add(listener);
  }

  /** The text that a model reads of exec. */
  describeExec(): string {
    const { description, describeTools } = this.options;
    const session = this.#codeMode.openSession();
    session.setToolSet(this.#tools);
    const { exec } = createModelTools(session, { description, describeTools });
    const text = exec.description;
    void session.close();
    return text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error("the gateway ends"));
    await this.ready.catch(() => undefined);
    await Promise.all([this.#codeMode.close(), this.#servers?.close()]);
  }

  /** Undefined where the gateway ends before the servers are known. */
  async #start(): Promise<KeptServers | undefined> {
    const { signal } = this.#stop;
    const { answered, toolCache } = this.options;
    let kept: KeptServers;
    try {
      const capabilities = await abortable(this.options.capabilities, signal);
      const options = this.#resources.following({
        ...this.options.servers,
        cache: toolCache,
        startWhen: answered && settled(answered, signal),
        signal,
        capabilities,
        onEvent: (event: McpServerEvent) => this.#serverEvent(event),
        onRequest: (request) => this.#requests.answer(request),
        onNotification: (notification: McpServerNotification) => this.#heard(notification),
        onProgress: ({ context, ...progress }) => {
          const feed = this.#feedOf(context);
          if (feed === undefined) return;
          const { server, tool, message } = progress;
          const part = progress.total === undefined ? "" : ` of ${progress.total}`;
          feed.progress(
            `${server} ${tool}: ${progress.progress}${part}${message === undefined ? "" : ` ${message}`}`,
          );
        },
      } satisfies KeepMcpOptions);
      kept = await keepMcpServers(this.options.config, options);
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
    this.#servers = kept.servers;
    this.#resources.use(this.#servers.servers);
    this.#prompts.use(this.#servers.servers);
    this.#takeTools();
    return kept;
  }

  /** Every server runs, or has failed once to start. */
  async #started({ tried }: KeptServers): Promise<void> {
    await tried;
    this.#isReady = true;
    if (this.#stop.signal.aborted) return;
    const hasOthers = this.#takeTools();
    if (hasOthers || this.#hasListedEarly)
      this.#tellClients("toolsChanged", (server) => server.sendToolListChanged());
  }

  /** When a client may be told a list of tools. */
  async #listed(): Promise<void> {
    const { answerAfterMs } = this.options;
    if (answerAfterMs === undefined || (await settlesWithin(this.#known, answerAfterMs))) {
      await this.#known;
      return;
    }
    this.#hasListedEarly = true;
  }

  #follow(
    server: GatewayServer,
    {
      subscriber,
      isListening,
    }: { readonly subscriber: Subscriber; readonly isListening: () => boolean },
  ): void {
    this.#lasting.add(server);
    server.oninitialized = () => {
      const { capabilities } = this.#clients.add(server, isListening);
      this.#firstClient();
      // A server that has asked in vain may ask again.
      if (capabilities.roots && !this.options.hasOneClient) this.#tellServers(rootsChanged);
    };
    server.onLevel = (level) => {
      const client = this.#clients.find(server);
      if (client === undefined) return;
      client.level = level;
      this.#setLevel();
    };
    server.setNotificationHandler(rootsChanged, () => this.#tellServers(rootsChanged));
    server.onclose = () => {
      this.#lasting.delete(server);
      this.#clients.remove(server);
      void this.subscriptions.leave(subscriber);
    };
  }

  #serverEvent(event: McpServerEvent): void {
    this.options.servers.onEvent?.(event);
    // All that start at first are told of together.
    if (!this.#isReady) return;
    if (event.type !== "started" && event.type !== "toolsChanged") return;
    if (this.#takeTools())
      this.#tellClients("toolsChanged", (server) => server.sendToolListChanged());
    if (event.type === "toolsChanged") return;
    // It may have others than before it was down.
    this.#tellClients("promptsChanged", (server) => server.sendPromptListChanged());
    this.#tellClients("resourcesChanged", (server) => server.sendResourceListChanged());
    void this.subscriptions.renew(event.server);
    this.#setLevel();
  }

  #heard(notification: McpServerNotification): void {
    const { server, method, params, causes } = notification;
    switch (method) {
      case "notifications/prompts/list_changed":
        this.#tellClients("promptsChanged", (client) => client.sendPromptListChanged());
        break;
      case "notifications/resources/list_changed":
        this.#tellClients("resourcesChanged", (client) => client.sendResourceListChanged());
        break;
      case "notifications/resources/updated":
        this.subscriptions.tell(server, String(params["uri"]));
        break;
      case "notifications/message": {
        const reaches = this.#requests.reaches(causes);
        passMessage(notification, reaches.length === 0 ? this.#clients.all : reaches);
        break;
      }
      case "notifications/elicitation/complete":
        for (const { client, capabilities } of this.#clients.all) {
          if (capabilities.elicitation?.url === undefined) continue;
          client.notification({ method, params: { ...params } }).catch(() => undefined);
        }
        break;
    }
  }

  #tellClients(news: keyof NewsListener, tell: (server: GatewayServer) => Promise<void>): void {
    for (const listener of this.#listeners) listener[news]();
    // A client that has just left, or was not told of such a list, needs no news.
    for (const server of this.#lasting) void attempt(() => tell(server));
  }

  #tellServers(method: string): void {
    for (const server of this.#servers?.servers ?? []) void attempt(() => server.notify(method));
  }

  /** Servers send what the least demanding client wants; the others' is left out on the way. */
  #setLevel(): void {
    const { level } = this.#clients;
    if (level === undefined) return;
    for (const server of this.#servers?.servers ?? []) {
      if (server.capabilities?.logging === undefined) continue;
      void attempt(() => server.request("logging/setLevel", { level }));
    }
  }

  #reachOf(cause: object): Reach | undefined {
    return cause instanceof RequestReach ? cause : this.#feedOf(cause as Partial<ToolContext>);
  }

  #feedOf({ sessionId = "", cellId = "" }: Partial<ToolContext>): ReturnType<McpCalls["feedOf"]> {
    const session = this.#sessions.get(sessionId);
    return session === undefined ? undefined : McpCalls.of(session).feedOf(cellId);
  }

  /**
   * Servers whose tools would get one name leave the sessions with the tools they had.
   *
   * @returns Whether there are others than before.
   */
  #takeTools(): boolean {
    const tools = this.#servers?.tools ?? [];
    if (isSameList(tools, this.#taken)) return false;
    this.#taken = tools;
    try {
      this.#tools = ToolSet.empty.with(tools);
    } catch (error) {
      if (!(error instanceof CodeModeError)) throw error;
      this.options.onProblem(error);
      return true;
    }
    for (const session of this.#sessions.values()) session.setToolSet(this.#tools);
    return true;
  }
}

const rootsChanged = "notifications/roots/list_changed";

function isSameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((entry, index) => entry === other[index]);
}

async function attempt(run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch {
    // What is told is news only; what it is about can be asked for.
  }
}

/** Resolves when the promise has settled or the signal is aborted. */
function settled(promise: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  return abortable(promise, signal).catch(() => undefined);
}

function abortable<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject);
  });
}
