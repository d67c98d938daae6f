import type { NamedTool } from "../../tools/tool-definition.js";
import type { McpResult } from "../as-it-came.js";
import type { McpApproval } from "./approval.js";
import type { ResourceDirectory } from "./resource-directory.js";
import { resourceTools } from "./resource-tools.js";
import type { ConnectedMcpServer, McpServers } from "./servers.js";
import { uniqueNames } from "./unique-names.js";
import type { OnMcpWarning } from "./warnings.js";

/** A server that has been started, by itself. */
export interface RunningServer {
  readonly name: string;
  /** Under the names that the server gives them. */
  readonly listedTools: readonly NamedTool[];
  readonly instructions: string | undefined;
  readonly capabilities: ConnectedMcpServer["capabilities"];
  /** What the configuration says of calls to it. */
  readonly approval: McpApproval | undefined;
  request: ConnectedMcpServer["request"];
  notify: ConnectedMcpServer["notify"];
  close(): Promise<void>;
}

export interface ServerGroupOptions {
  readonly onWarning: OnMcpWarning;
  readonly resources: ResourceDirectory;
  /** What happens to calls to all servers. */
  readonly approval: McpApproval | undefined;
}

/** The servers of a configuration: gives their tools names that programs can tell apart. */
export class ServerGroup implements McpServers {
  readonly servers: readonly ConnectedMcpServer[];
  readonly #running: readonly RunningServer[];
  readonly #onWarning: OnMcpWarning;
  readonly #resources: ResourceDirectory;
  readonly #resourceTools: readonly NamedTool[];
  /** The lists that the servers had when they were given names, and the tools under these. */
  #listed: readonly (readonly NamedTool[])[] = [];
  #named: readonly (readonly NamedTool[])[] = [];

  constructor(
    running: readonly RunningServer[],
    { onWarning, resources, approval }: ServerGroupOptions,
  ) {
    this.#running = running;
    this.#onWarning = onWarning;
    this.#resources = resources;
    this.#resourceTools = resourceTools(resources, { approval });
    resources.use(running);
    this.servers = running.map(
      (server, index) => new NamedServer(server, () => this.#names()[index]),
    );
  }

  get tools(): readonly NamedTool[] {
    const ofServers = this.#names().flat();
    return this.#resources.isUsed ? [...ofServers, ...this.#resourceTools] : ofServers;
  }

  async close(): Promise<void> {
    await Promise.all(this.#running.map((server) => server.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The tools of each server, named again only if a server lists others. */
  #names(): readonly (readonly NamedTool[])[] {
    const lists = this.#running.map(({ name, listedTools }) => ({
      server: name,
      tools: listedTools,
    }));
    const isKnown =
      lists.length === this.#listed.length &&
      lists.every(({ tools }, index) => tools === this.#listed[index]);
    if (isKnown) return this.#named;
    this.#named = uniqueNames(lists, this.#onWarning);
    this.#listed = lists.map(({ tools }) => tools);
    return this.#named;
  }
}

/** One server of a group, whose tools have the names that the group gives them. */
class NamedServer implements ConnectedMcpServer {
  readonly #running: RunningServer;
  readonly #named: () => readonly NamedTool[] | undefined;

  constructor(running: RunningServer, named: () => readonly NamedTool[] | undefined) {
    this.#running = running;
    this.#named = named;
  }

  get name(): string {
    return this.#running.name;
  }

  get tools(): readonly NamedTool[] {
    return [...(this.#named() ?? [])];
  }

  get instructions(): string | undefined {
    return this.#running.instructions;
  }

  get capabilities(): ConnectedMcpServer["capabilities"] {
    return this.#running.capabilities;
  }

  request(...args: Parameters<ConnectedMcpServer["request"]>): Promise<McpResult> {
    return this.#running.request(...args);
  }

  notify(...args: Parameters<ConnectedMcpServer["notify"]>): Promise<void> {
    return this.#running.notify(...args);
  }
}
