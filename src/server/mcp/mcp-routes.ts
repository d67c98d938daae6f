import { toNodeHandler } from "@modelcontextprotocol/node";
import { HttpClients } from "../../mcp/gateway/http-clients.js";
import type { Route, RouteCall } from "../http/route.js";
import { TenantGateway, type TenantGatewayOptions } from "./tenant-gateway.js";

interface TenantClients {
  readonly gateway: TenantGateway;
  readonly clients: HttpClients;
}

/** Given to the handler as a body, so that it does not collect the real one, which `HttpClients` reads. */
const bodyReadElsewhere = {};

/** MCP over Streamable HTTP, for the clients of all tenants. */
export class McpClients implements AsyncDisposable {
  readonly routes: readonly Route[];
  readonly #options: Omit<TenantGatewayOptions, "tenant">;
  readonly #tenants = new Map<string, TenantClients>();

  constructor(options: Omit<TenantGatewayOptions, "tenant">) {
    this.#options = options;
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

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#tenants.values()].map(({ clients }) => clients.close()));
  }

  async #serve({ incoming, response, identity }: RouteCall): Promise<void> {
    const { clients } = this.#clientsOf(identity.tenant);
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
    const made = { gateway, clients: new HttpClients(gateway) };
    this.#tenants.set(tenant, made);
    return made;
  }
}
