import type { ClientCapabilities } from "@modelcontextprotocol/server";
import type { McpResult } from "../as-it-came.js";
import type { McpServerRequest } from "../client/servers.js";
import type { Reach } from "../server/reach.js";
import type { Clients } from "./clients.js";

export interface ServerRequestsOptions {
  readonly clients: Clients;
  /** The way to the client that has caused something; undefined where no client has. */
  readonly reachOf: (cause: object) => Reach | undefined;
  /** Resolves when the one client there will be can be asked; undefined where clients come and go. */
  readonly onlyClient: Promise<unknown> | undefined;
}

/** What clients have to be capable of, in words for a server. */
const needs = {
  "elicitation/create": "elicitation",
  "sampling/createMessage": "sampling",
  "roots/list": "roots",
} as const;

const methodNotFound = -32_601;
const internalError = -32_603;

/**
 * Finds the client that a server's request is for: the client whose call the server is working on. If it
 * works on none, the request is for the one client that can answer, if there is exactly one.
 */
export class ServerRequests {
  readonly #options: ServerRequestsOptions;

  constructor(options: ServerRequestsOptions) {
    this.#options = options;
  }

  /** @throws {Error} With the code of a protocol error: the client's, or why none is asked. */
  async answer({ server, method, params, causes, signal }: McpServerRequest): Promise<McpResult> {
    const reach = await this.#find({ server, method, params, causes, signal });
    // What is asked for a call is of no use when the call has ended.
    const [cause] = causes as readonly { readonly signal?: AbortSignal }[];
    const isOfOne = causes.length === 1 && cause?.signal !== undefined;
    const until = isOfOne ? AbortSignal.any([signal, cause.signal]) : signal;
    return reach.ask({ method, params, signal: until });
  }

  /** The ways to the clients that have caused something, one of each client. */
  reaches(causes: readonly object[]): readonly Reach[] {
    const byClient = new Map<object, Reach>();
    for (const cause of causes) {
      const reach = this.#options.reachOf(cause);
      if (reach !== undefined) byClient.set(reach.client, reach);
    }
    return [...byClient.values()];
  }

  async #find({ server, method, params, causes, signal }: McpServerRequest): Promise<Reach> {
    const [reach, another] = this.reaches(causes);
    const what = params["mode"] === "url" ? "elicitation in URL mode" : needs[method];
    if (another !== undefined) {
      throw refusal(
        internalError,
        `${method} is not passed on: the server "${server}" is at work for several clients, and nothing says whose request this is.`,
      );
    }
    if (reach !== undefined) {
      if (canAnswer(reach.capabilities, method, params)) return reach;
      throw refusal(methodNotFound, `The client whose call this is for has no ${what}.`);
    }
    const { onlyClient, clients } = this.#options;
    if (onlyClient !== undefined) await untilAborted(onlyClient, signal);
    const able = clients.all.filter(
      ({ isListening, capabilities }) => isListening && canAnswer(capabilities, method, params),
    );
    const [client, other] = able;
    if (client === undefined) throw refusal(methodNotFound, `There is no client with ${what}.`);
    if (other !== undefined) {
      throw refusal(
        internalError,
        `${method} is not passed on: ${able.length} clients have ${what}, and the server "${server}" is at work for none of them.`,
      );
    }
    return client;
  }
}

function canAnswer(
  { elicitation, sampling, roots }: ClientCapabilities,
  method: McpServerRequest["method"],
  params: Readonly<Record<string, unknown>>,
): boolean {
  switch (method) {
    case "elicitation/create":
      if (elicitation === undefined) return false;
      // A client that names no mode has forms.
      return params["mode"] === "url"
        ? elicitation.url !== undefined
        : elicitation.form !== undefined || elicitation.url === undefined;
    case "sampling/createMessage":
      return (
        sampling !== undefined && (params["tools"] === undefined || sampling.tools !== undefined)
      );
    case "roots/list":
      return roots !== undefined;
  }
}

function refusal(code: number, message: string): Error {
  return Object.assign(new Error(message), { code });
}

async function untilAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(() => resolve(), reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
