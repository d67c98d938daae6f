import { toNodeHandler } from "@modelcontextprotocol/node";
import { HttpClients } from "../../mcp/gateway/http-clients.js";
import type { Route, RouteCall } from "../http/route.js";
import { TenantGateway, type TenantGatewayOptions } from "./tenant-gateway.js";

interface TenantClients {
  readonly gateway: TenantGateway;
  readonly clients: HttpClients;
  /** Requests that are not answered to their end. */
  open: number;
  lastSeen: number;
}

export interface McpClientsOptions extends Omit<TenantGatewayOptions, "tenant"> {
  /** Milliseconds of a clock that never goes back. */
  readonly now?: (() => number) | undefined;
}

/** Milliseconds for which what a tenant needs is kept that has no client. */
const idleMs = 5 * 60_000;

/** Milliseconds from one look at what is idle to the next. */
const checkMs = 60_000;

/** Given to the handler as a body, so that it does not collect the real one, which `HttpClients` reads. */
const bodyReadElsewhere = {};

/** MCP over Streamable HTTP, for the clients of all tenants. */
export class McpClients implements AsyncDisposable {
  readonly routes: readonly Route[];
  readonly #options: McpClientsOptions;
  readonly #now: () => number;
  readonly #tenants = new Map<string, TenantClients>();
  readonly #idleCheck: NodeJS.Timeout;

  constructor(options: McpClientsOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#idleCheck = setInterval(() => void this.dropIdle(), checkMs);
    this.#idleCheck.unref();
    this.routes = (["POST", "GET", "DELETE"] as const).map((method) => ({
      method,
      path: "/mcp",
      access: "run",
      handle: (call) => this.#serve(call),
    }));
  }

  toolsChanged(): void {
    for (const { gateway } of this.#tenants.values()) gateway.toolsChanged();
  }

  /** Tenants for whom something is kept. */
  get size(): number {
    return this.#tenants.size;
  }

  /** Keeps nothing any more for tenants that have had no client for some minutes, and no cell that may ask one. */
  async dropIdle(): Promise<void> {
    const before = this.#now() - idleMs;
    const idle = [...this.#tenants].filter(
      ([, { gateway, clients, open, lastSeen }]) =>
        open + clients.size === 0 && lastSeen <= before && !gateway.runs,
    );
    for (const [tenant] of idle) this.#tenants.delete(tenant);
    await Promise.all(idle.map(([, { clients }]) => clients.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#idleCheck);
    await Promise.all([...this.#tenants.values()].map(({ clients }) => clients.close()));
  }

  async #serve({ incoming, response, identity }: RouteCall): Promise<void> {
    const of = this.#clientsOf(identity.tenant);
    const { clients } = of;
    of.open += 1;
    response.once("close", () => {
      of.open -= 1;
      of.lastSeen = this.#now();
    });
    const handler = toNodeHandler({
      fetch: (request) => clients.serve(request, incoming.iterator({ destroyOnReturn: false })),
    });
    // Its type knows no requests without a method.
    await handler(incoming as Parameters<typeof handler>[0], response, bodyReadElsewhere);
  }

  #clientsOf(tenant: string): TenantClients {
    const known = this.#tenants.get(tenant);
    if (known !== undefined) return known;
    const gateway = new TenantGateway({ ...this.#options, tenant });
    const made = { gateway, clients: new HttpClients(gateway), open: 0, lastSeen: this.#now() };
    this.#tenants.set(tenant, made);
    return made;
  }
}
