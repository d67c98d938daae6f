import type { Client, ClientCapabilities, ClientOptions } from "@modelcontextprotocol/client";
import type { McpResult } from "../as-it-came.js";
import { type Cause, PageRequests } from "./page-requests.js";
import type { ConnectMcpOptions, McpRequestMethod } from "./servers.js";

/** What a server says besides answers, and asks; and the calls that it may say and ask it for. */
export class Dialogue {
  readonly #server: string;
  readonly #options: ConnectMcpOptions;
  readonly #pages: PageRequests;
  /** Of the requests under way, each in an object of its own. */
  readonly #open = new Set<{ readonly cause: object }>();

  constructor(server: string, options: ConnectMcpOptions) {
    this.#server = server;
    this.#options = options;
    const { capabilities, onRequest } = options;
    const canAsk = capabilities?.elicitation?.url !== undefined;
    this.#pages = new PageRequests({ server, ask: canAsk ? onRequest : undefined });
  }

  /** Options that a client needs for `follow` to hear everything. */
  clientOptions(onToolsChanged: () => void): ClientOptions {
    const changed = (onChanged: () => void): { autoRefresh: false; onChanged: () => void } => ({
      autoRefresh: false,
      onChanged,
    });
    const { capabilities } = this.#options;
    return {
      ...(capabilities && { capabilities: capabilities as ClientCapabilities }),
      listChanged: {
        tools: changed(onToolsChanged),
        prompts: changed(() => this.#tell("notifications/prompts/list_changed")),
        resources: changed(() => this.#tell("notifications/resources/list_changed")),
      },
    };
  }

  /** Hands on what the server asks and says from now on. */
  follow(client: Client): void {
    const { capabilities = {} } = this.#options;
    if (capabilities.elicitation) this.#answer(client, "elicitation/create");
    if (capabilities.sampling) this.#answer(client, "sampling/createMessage");
    if (capabilities.roots) this.#answer(client, "roots/list");
    for (const method of [
      "notifications/message",
      "notifications/resources/updated",
      "notifications/elicitation/complete",
    ] as const) {
      client.setNotificationHandler(method, ({ params }) => this.#tell(method, { ...params }));
    }
  }

  /**
   * Sends a request, and sends it again if a person has to open pages before it is answered. Remembers
   * meanwhile who has caused it.
   *
   * @throws {PagesNeededError} If no person has opened the pages.
   */
  run<Result>(by: Cause, send: () => Promise<Result> | Result): Promise<Result> {
    return this.#pages.run(by, () => this.#during(by.cause, send));
  }

  async #during<Result>(
    cause: object | undefined,
    run: () => Promise<Result> | Result,
  ): Promise<Result> {
    if (cause === undefined) return run();
    const open = { cause };
    this.#open.add(open);
    try {
      return await run();
    } finally {
      this.#open.delete(open);
    }
  }

  #answer(client: Client, method: McpRequestMethod): void {
    // What the protocol calls the result is not looked into: it goes on as it came.
    client.setRequestHandler(method, async ({ params }, { mcpReq }) => {
      const { onRequest } = this.#options;
      if (onRequest === undefined) throw new Error(`${method} is not supported`);
      const result: McpResult = await onRequest({
        server: this.#server,
        method,
        params: { ...params },
        causes: this.#causes(),
        signal: mcpReq.signal,
      });
      return result as never;
    });
  }

  #tell(method: string, params: Readonly<Record<string, unknown>> = {}): void {
    if (method === "notifications/elicitation/complete") {
      this.#pages.completed(params["elicitationId"]);
    }
    const causes = this.#causes();
    this.#options.onNotification?.({
      server: this.#server,
      method,
      params: { ...params },
      causes,
    });
  }

  #causes(): readonly object[] {
    return [...this.#open].map(({ cause }) => cause);
  }
}
