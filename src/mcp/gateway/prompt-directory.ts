import type { McpResult } from "../as-it-came.js";
import { type ListEntry, type ListedServer, listPages } from "../client/list-pages.js";
import type { McpRequestOptions } from "../client/request-options.js";

/** A server that may have prompts. */
export interface PromptServer extends ListedServer {
  readonly capabilities: { readonly prompts?: unknown } | undefined;
}

/** A prompt of a server under the name that clients know. */
export interface FoundPrompt {
  readonly name: string;
  readonly server: PromptServer;
  readonly entry: ListEntry;
}

/**
 * The prompts of several servers: `review` of the server `code` is `code_review`. A name that is taken
 * gets a number: `code_review_2`.
 */
export class PromptDirectory {
  #servers: readonly PromptServer[] = [];
  #found = new Map<string, FoundPrompt>();

  use(servers: readonly PromptServer[]): void {
    this.#servers = servers;
  }

  /** The prompts of all servers that answer. */
  async list(options?: McpRequestOptions): Promise<readonly FoundPrompt[]> {
    const withPrompts = this.#servers.filter(
      ({ capabilities }) => capabilities?.prompts !== undefined,
    );
    const what = { method: "prompts/list", list: "prompts", key: "name" };
    const ofServers = await Promise.all(
      withPrompts.map(async (server) => {
        const entries = await listPages(server, what, options).catch(() => []);
        return entries.map((entry) => ({ server, entry }));
      }),
    );
    const found = new Map<string, FoundPrompt>();
    for (const { server, entry } of ofServers.flat()) {
      const name = freeName(`${server.name}_${String(entry["name"])}`, found);
      found.set(name, { name, server, entry });
    }
    this.#found = found;
    return [...found.values()];
  }

  /** The prompt of a name; undefined where no server has it. */
  async find(name: string, options?: McpRequestOptions): Promise<FoundPrompt | undefined> {
    // Not on behalf of the client: while the servers answer, they may not take it for their cause.
    if (!this.#found.has(name)) await this.list({ signal: options?.signal });
    return this.#found.get(name);
  }

  /** Resolves with a prompt's messages; undefined where no server has it. */
  async get(
    params: { readonly name: string } & Readonly<Record<string, unknown>>,
    options?: McpRequestOptions,
  ): Promise<McpResult | undefined> {
    const prompt = await this.find(params.name, options);
    if (prompt === undefined) return undefined;
    return prompt.server.request("prompts/get", { ...params, name: prompt.entry["name"] }, options);
  }
}

function freeName(wanted: string, taken: ReadonlyMap<string, unknown>): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) name = `${wanted}_${number}`;
  return name;
}
