import type { Server } from "@modelcontextprotocol/server";
import type { McpResult } from "../as-it-came.js";
import { PagesNeededError } from "../client/needed-pages.js";
import type { McpProgress, McpRequestOptions } from "../client/request-options.js";
import type { FoundResource, ResourceDirectory } from "../client/resource-directory.js";
import type { ConnectedMcpServer } from "../client/servers.js";
import { type Caller, isModern } from "../server/caller.js";
import type { Exchanges } from "../server/exchanges.js";
import { RequestReach } from "../server/request-reach.js";
import type { FoundPrompt, PromptDirectory } from "./prompt-directory.js";
import type { Subscriber, Subscriptions } from "./subscriptions.js";

/** What clients' requests are passed on to. */
export interface PassedOn {
  readonly prompts: PromptDirectory;
  readonly resources: ResourceDirectory;
  readonly subscriptions: Subscriptions;
  readonly exchanges: Exchanges;
  readonly server: (name: string) => ConnectedMcpServer | undefined;
  /** Settled when every server runs or has failed to start once. */
  readonly ready: Promise<unknown>;
}

const invalidParams = -32_602;

/**
 * Lets a server answer requests about prompts, resources and completion with what the servers behind it
 * answer, as far as its capabilities say that it has them.
 */
export function passThrough(server: Server, to: PassedOn, subscriber: Subscriber): void {
  const { prompts, resources, completions } = server.getCapabilities();
  if (prompts) passPrompts(server, to);
  if (resources) passResources(server, to);
  if (resources?.subscribe) passSubscriptions(server, to, subscriber);
  if (completions) passCompletion(server, to);
}

function passPrompts(server: Server, { prompts, exchanges, ready }: PassedOn): void {
  server.setRequestHandler("prompts/list", async (_request, context) => {
    await ready;
    const found = await prompts.list(optionsOf({ server, context }));
    return { prompts: found.map(toPrompt) } as never;
  });
  server.setRequestHandler("prompts/get", async ({ params }, context) => {
    await ready;
    const result = await exchange(exchanges, { server, context }, async (options) => {
      const answer = await prompts.get(withoutMeta(params), options);
      if (answer !== undefined) return answer;
      throw refusal(`There is no prompt ${JSON.stringify(params.name)}.`);
    });
    return result as never;
  });
}

function passResources(server: Server, { resources, exchanges, ready }: PassedOn): void {
  server.setRequestHandler("resources/list", async (_request, context) => {
    await ready;
    const found = await resources.list("resources", optionsOf({ server, context }));
    return { resources: found.map((resource) => toResource(resource, "uri")) } as never;
  });
  server.setRequestHandler("resources/templates/list", async (_request, context) => {
    await ready;
    const found = await resources.list("templates", optionsOf({ server, context }));
    const resourceTemplates = found.map((template) => toResource(template, "uriTemplate"));
    return { resourceTemplates } as never;
  });
  server.setRequestHandler("resources/read", async ({ params }, context) => {
    await ready;
    const result = await exchange(exchanges, { server, context }, (options) =>
      resources.read(params.uri, options),
    );
    return result as never;
  });
}

function passSubscriptions(
  server: Server,
  { subscriptions, ready }: PassedOn,
  subscriber: Subscriber,
): void {
  server.setRequestHandler("resources/subscribe", async ({ params }) => {
    await ready;
    await subscriptions.subscribe(params.uri, subscriber);
    return {};
  });
  server.setRequestHandler("resources/unsubscribe", async ({ params }) => {
    await subscriptions.unsubscribe(params.uri, subscriber);
    return {};
  });
}

function passCompletion(server: Server, to: PassedOn): void {
  const none = { completion: { values: [] } };
  server.setRequestHandler("completion/complete", async ({ params }, context) => {
    await to.ready;
    const options = optionsOf({ server, context });
    for (const route of await completionRoutes(to, params.ref, options)) {
      const behind = to.server(route.server);
      if (behind?.capabilities?.completions === undefined) continue;
      const passed = { ...withoutMeta(params), ref: route.ref };
      return (await behind.request("completion/complete", passed, options)) as never;
    }
    return none;
  });
}

type CompletionReference =
  | { readonly type: "ref/prompt"; readonly name: string }
  | { readonly type: "ref/resource"; readonly uri: string };

/** Whose prompt or template it is, under its own name. */
async function completionRoutes(
  { prompts, resources }: PassedOn,
  reference: CompletionReference,
  options: McpRequestOptions,
): Promise<readonly { readonly server: string; readonly ref: object }[]> {
  if (reference.type === "ref/prompt") {
    const prompt = await prompts.find(reference.name, options);
    if (prompt === undefined) {
      throw refusal(`There is no prompt ${JSON.stringify(reference.name)}.`);
    }
    const ref = { ...reference, name: prompt.entry["name"] };
    return [{ server: prompt.server.name, ref }];
  }
  const routes = await resources.routes(reference.uri, options);
  return routes.map(({ server, uri }) => ({ server: server.name, ref: { ...reference, uri } }));
}

/** A request during which a server may ask the client something. */
function exchange(
  exchanges: Exchanges,
  caller: Caller,
  run: (options: McpRequestOptions) => Promise<McpResult>,
): Promise<unknown> {
  return exchanges.serve(caller, () => {
    const reach = new RequestReach(caller);
    const stop = new AbortController();
    return {
      result: run({ ...optionsOf(caller), cause: reach, signal: stop.signal }).catch((error) => {
        throw errorFor(caller, error);
      }),
      asks: reach.asks,
      attach: (by) => reach.attach(by),
      abort: (reason) => stop.abort(reason),
    };
  });
}

/** Since 2026-07-28 the protocol has no error for pages to open: the message alone says it. */
function errorFor(caller: Caller, error: unknown): unknown {
  const isForeign = error instanceof PagesNeededError && isModern(caller);
  return isForeign ? new Error(error.message) : error;
}

function optionsOf(caller: Caller): McpRequestOptions {
  const { signal, _meta, notify } = caller.context.mcpReq;
  const progressToken = _meta?.progressToken;
  return {
    cause: new RequestReach(caller),
    signal,
    ...(progressToken !== undefined && {
      onProgress: (progress: McpProgress) => {
        const params = { ...progress, progressToken };
        notify({ method: "notifications/progress", params }).catch(() => undefined);
      },
    }),
  };
}

function toPrompt({ name, server, entry }: FoundPrompt): object {
  return { ...entry, name, title: titleOf(server.name, entry) };
}

function toResource({ server, uri, entry }: FoundResource, key: "uri" | "uriTemplate"): object {
  return { ...entry, [key]: uri, title: titleOf(server, entry) };
}

function titleOf(server: string, { title, name }: Readonly<Record<string, unknown>>): string {
  return `${server}: ${String(title ?? name ?? "")}`;
}

/** Tokens and envelopes are of one connection. */
function withoutMeta<Params extends object>(params: Params): Omit<Params, "_meta"> {
  const { _meta, ...rest } = params as Params & { readonly _meta?: unknown };
  return rest;
}

function refusal(message: string): Error {
  return Object.assign(new Error(message), { code: invalidParams });
}
