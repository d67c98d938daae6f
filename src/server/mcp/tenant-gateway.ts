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
import type { ModelSession } from "../../model/model-session.js";
import type { CellService } from "../cell-service.js";
import type { HeldSession, LocalCells } from "../local-cells.js";
import { prefixOf } from "../session-name.js";
import type { Tenants } from "../tenants/tenants.js";
import { ServiceSession } from "./service-session.js";

export interface TenantGatewayOptions {
  readonly tenant: string;
  readonly cells: CellService;
  readonly local: LocalCells;
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
  readonly #held = new Map<ModelSession, HeldSession>();

  constructor(options: TenantGatewayOptions) {
    this.#options = options;
    this.ready = options.ready;
  }

  /** Whether a cell runs whose client may come back to be asked and told. */
  get runs(): boolean {
    return [...this.#held.values()].some((held) => held.runs());
  }

  openSession(kind: "own" | "lasting" = "own"): ModelSession {
    const { tenant, cells, local } = this.#options;
    const id = kind === "lasting" ? sharedSession : `${sharedSession}-${randomUUID()}`;
    const name = { tenant, session: id };
    const held = local.hold(
      name,
      resumedHandlers(() => opened, undefined),
    );
    held.session.findAllCells(prefixOf(tenant));
    const opened = new ServiceSession({ cells, local, name, session: held.session });
    this.#held.set(opened, held);
    return opened;
  }

  /** What runs goes on: it is in the store. */
  async closeSession(session: ModelSession): Promise<void> {
    this.#held.get(session)?.release();
    this.#held.delete(session);
  }

  async createServer(
    session: ModelSession,
    kind: "connection" | "request",
  ): Promise<GatewayServer> {
    const { tenant, tenants } = this.#options;
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
        if (tool === "exec") tenants.begin(tenant);
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
