import type { McpResult } from "../as-it-came.js";
import type { McpApproval } from "./approval.js";
import { withMcpClient } from "./client-package.js";
import { type ListEntry, type ListedServer, listPages } from "./list-pages.js";
import type { McpRequestOptions } from "./request-options.js";
import type { ConnectMcpOptions } from "./servers.js";

/** A server that may have resources. */
export interface ResourceServer extends ListedServer {
  readonly capabilities: { readonly resources?: unknown } | undefined;
  /** What the configuration says of calls to the server. */
  readonly approval?: McpApproval | undefined;
}

/** A resource, or a template of some, and what it is called outside its server. */
export interface FoundResource {
  readonly server: string;
  /** The URI or the template by which it is asked for. */
  readonly uri: string;
  /** As the server lists it. */
  readonly entry: ListEntry;
}

/** Where a URI leads. */
export interface ResourceRoute {
  readonly server: ResourceServer;
  /** The URI as the server knows it. */
  readonly uri: string;
  /** Whether the server's own URI is another than the one that is asked for. */
  readonly isAlias: boolean;
}

type Followed = Pick<ConnectMcpOptions, "onEvent" | "onNotification">;

interface KnownLists {
  readonly uris: ReadonlySet<string>;
  readonly templates: readonly string[];
}

const lists = {
  resources: { method: "resources/list", list: "resources", key: "uri" },
  templates: {
    method: "resources/templates/list",
    list: "resourceTemplates",
    key: "uriTemplate",
  },
} as const;

const notFound = -32_002;

/**
 * The resources of several servers under one roof. A resource keeps its URI. Where two servers have the
 * same, it is that of the first; the other's is `codecell://SERVER/URI`, as any resource may be called.
 */
export class ResourceDirectory {
  readonly #known = new Map<string, Promise<KnownLists>>();
  #servers: readonly ResourceServer[] = [];

  /** @param servers - In the order in which they have a URI that several of them have. */
  use(servers: readonly ResourceServer[]): void {
    this.#servers = servers;
  }

  /** The options with which servers are connected, so that lists are asked for again where they change. */
  following<Options extends Followed>(options: Options): Options {
    return {
      ...options,
      onEvent: (event) => {
        if (event.type === "started") this.#known.delete(event.server);
        options.onEvent?.(event);
      },
      onNotification: (notification) => {
        if (notification.method === "notifications/resources/list_changed") {
          this.#known.delete(notification.server);
        }
        options.onNotification?.(notification);
      },
    };
  }

  /** Whether some server has resources. */
  get isUsed(): boolean {
    return this.#withResources().length > 0;
  }

  /** The servers that have resources. */
  get servers(): readonly ResourceServer[] {
    return this.#withResources();
  }

  /**
   * The resources, or the templates, of all servers that answer.
   *
   * @param onFailure - Gets what goes wrong with a server. Default: its entries are missing.
   */
  async list(
    what: "resources" | "templates",
    options?: McpRequestOptions,
    onFailure: (server: string, error: unknown) => void = () => {},
  ): Promise<readonly FoundResource[]> {
    const ofServers = await Promise.all(
      this.#withResources().map(async (server) => {
        const entries = await listPages(server, lists[what], options).catch((error: unknown) => {
          onFailure(server.name, error);
          return [];
        });
        return entries.map((entry) => ({ server: server.name, entry }));
      }),
    );
    const taken = new Map<string, string>();
    return ofServers.flat().map(({ server, entry }) => {
      const own = String(entry[lists[what].key]);
      const first = taken.get(own) ?? server;
      taken.set(own, first);
      return { server, entry, uri: first === server ? own : aliasOf(server, own) };
    });
  }

  /**
   * Reads a resource.
   *
   * @throws {Error} The server's; where several may have it and none does, one with the code -32002.
   */
  async read(uri: string, options: McpRequestOptions = {}): Promise<McpResult> {
    const routes = await this.routes(uri, options);
    const problems: string[] = [];
    for (const route of routes) {
      try {
        const result = await route.server.request("resources/read", { uri: route.uri }, options);
        return route.isAlias ? withAliases(result, route.server.name) : result;
      } catch (error) {
        if (routes.length === 1 || options.signal?.aborted) throw error;
        problems.push(`${route.server.name}: ${(error as Error).message}`);
      }
    }
    const why = problems.length === 0 ? "no server has resources" : problems.join("; ");
    throw Object.assign(new Error(`There is no resource ${JSON.stringify(uri)}: ${why}`), {
      code: notFound,
    });
  }

  /**
   * The servers that may have a resource, in the order in which they are asked: the one that lists it,
   * or has a template for it; where none does, all of them.
   */
  async routes(uri: string, options?: McpRequestOptions): Promise<readonly ResourceRoute[]> {
    const servers = this.#withResources();
    const alias = servers.find(({ name }) => uri.startsWith(aliasOf(name, "")));
    if (alias !== undefined) {
      return [{ server: alias, uri: uri.slice(aliasOf(alias.name, "").length), isAlias: true }];
    }
    const found = servers.length === 1 ? undefined : await this.#find(servers, uri, options);
    return (found === undefined ? servers : [found]).map((server) => ({
      server,
      uri,
      isAlias: false,
    }));
  }

  async #find(
    servers: readonly ResourceServer[],
    uri: string,
    options?: McpRequestOptions,
  ): Promise<ResourceServer | undefined> {
    const known = await Promise.all(
      servers.map((server) => this.#listsOf(server, { signal: options?.signal })),
    );
    const listing = servers.find((_server, index) => known[index]?.uris.has(uri));
    if (listing !== undefined) return listing;
    const { UriTemplate } = await withMcpClient(() => import("@modelcontextprotocol/client"));
    return servers.find((_server, index) =>
      known[index]?.templates.some((template) => {
        try {
          return template === uri || new UriTemplate(template).match(uri) !== null;
        } catch {
          // What is no template matches nothing.
          return false;
        }
      }),
    );
  }

  async #listsOf(server: ResourceServer, options?: McpRequestOptions): Promise<KnownLists> {
    const known = this.#known.get(server.name);
    if (known !== undefined) return known;
    const listing = Promise.all([
      listPages(server, lists.resources, options),
      listPages(server, lists.templates, options),
    ]).then(([resources, templates]) => ({
      uris: new Set(resources.map(({ uri }) => String(uri))),
      templates: templates.map(({ uriTemplate }) => String(uriTemplate)),
    }));
    this.#known.set(server.name, listing);
    return listing.catch(() => {
      this.#known.delete(server.name);
      return { uris: new Set<string>(), templates: [] };
    });
  }

  #withResources(): readonly ResourceServer[] {
    return this.#servers.filter(({ capabilities }) => capabilities?.resources !== undefined);
  }
}

function aliasOf(server: string, uri: string): string {
  return `codecell://${encodeURIComponent(server)}/${uri}`;
}

/** The contents under the names by which the client can ask for them again. */
function withAliases(result: McpResult, server: string): McpResult {
  const { contents } = result;
  if (!Array.isArray(contents)) return result;
  return {
    ...result,
    contents: contents.map((item: { uri?: unknown }) =>
      typeof item?.uri === "string" ? { ...item, uri: aliasOf(server, item.uri) } : item,
    ),
  };
}
