import { randomUUID } from "node:crypto";
import { packageVersion } from "../../base/package-version.js";
import { ResourceDirectory } from "../../mcp/client/resource-directory.js";
import type { NewsListener } from "../../mcp/gateway/gateway-options.js";
import { GatewayServer } from "../../mcp/gateway/gateway-server.js";
import type { HttpGateway } from "../../mcp/gateway/http-clients.js";
import { resumedHandlers } from "../../mcp/gateway/resumed-cells.js";
import { Subscriptions } from "../../mcp/gateway/subscriptions.js";
import { defaultInstructions } from "../../mcp/server/create-mcp-server.js";
import { serveTools } from "../../mcp/server/serve-tools.js";
import type { Session } from "../../session/session.js";
import type { HeldSession, LocalCells } from "../local-cells.js";
import { prefixOf } from "../session-name.js";
import type { Tenants } from "../tenants/tenants.js";

export interface TenantGatewayOptions {
  readonly tenant: string;
  readonly cells: LocalCells;
  readonly tenants: Tenants;
  /** Settled when tools are there; lists of tools and calls wait for it. */
  readonly ready: Promise<void>;
}

/** The session of clients that have none of their own. */
const sharedSession = "mcp";

/** What MCP clients of one tenant are served: exec and wait, each client's in a session of its own. */
export class TenantGateway implements HttpGateway {
  readonly ready: Promise<void>;
  readonly subscriptions: Subscriptions = new Subscriptions(new ResourceDirectory());
  readonly #options: TenantGatewayOptions;
  readonly #listeners = new Set<NewsListener>();
  readonly #servers = new Set<GatewayServer>();
  readonly #releases = new Map<Session, () => void>();

  constructor(options: TenantGatewayOptions) {
    this.#options = options;
    this.ready = options.ready;
  }

  openSession(kind: "own" | "lasting" = "own"): Session {
    const { tenant, cells } = this.#options;
    const name = kind === "lasting" ? sharedSession : `${sharedSession}-${randomUUID()}`;
    const held: HeldSession = cells.hold(
      { tenant, session: name },
      resumedHandlers(() => held.session, undefined),
    );
    const { session, release } = held;
    // A client that begins a new session, because the server was another one, knows its cells by their ids.
    session.findAllCells(prefixOf(tenant));
    this.#releases.set(session, release);
    return session;
  }

  /** What runs goes on: it is in the store. */
  async closeSession(session: Session): Promise<void> {
    this.#releases.get(session)?.();
    this.#releases.delete(session);
  }

  async createServer(session: Session, kind: "connection" | "request"): Promise<GatewayServer> {
    const { tenant, tenants, cells } = this.#options;
    const server = new GatewayServer(
      { name: "codecell", version: packageVersion() },
      {
        capabilities: { tools: { listChanged: true }, logging: {} },
        instructions: defaultInstructions,
      },
    );
    await serveTools(server, session, {
      describeTools: "all",
      ready: this.ready,
      onCall: (tool) => {
        if (tool !== "exec") return;
        cells.checkRoom(tenant);
        tenants.begin(tenant);
      },
    });
    if (kind === "connection") {
      this.#servers.add(server);
      server.onclose = () => void this.#servers.delete(server);
    }
    return server;
  }

  listen(listener: NewsListener): void {
    this.#listeners.add(listener);
  }

  /** Its clients' tools are others than before. */
  toolsChanged(): void {
    for (const listener of this.#listeners) listener.toolsChanged();
    for (const server of this.#servers) server.sendToolListChanged().catch(() => undefined);
  }
}
