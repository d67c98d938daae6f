import { randomUUID } from "node:crypto";
import {
  createMcpHandler,
  isInitializeRequest,
  isLegacyRequest,
  type McpHttpHandler,
  type Server,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import type { ModelSession } from "../../model/model-session.js";
import type { Gateway } from "./gateway.js";
import { subscriptionIn } from "./message-facts.js";
import { idTakenError, OpenRequests } from "./open-requests.js";
import { type Body, maxRequestBodySize, problem, readBody } from "./request-body.js";
import { subscribe } from "./stream-client.js";
import type { Subscriber } from "./subscriptions.js";
import { whenSent } from "./when-sent.js";

const defaultIdleMs = 60 * 60_000;
const maxCheckMs = 60_000;
const maxClients = 100;
interface Client {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly server: Server;
  readonly session: ModelSession;
  readonly requests: OpenRequests;
  /** Responses on their way: it listens. */
  open: number;
  /** Those on which it hears what has to do with none of its requests. */
  streams: number;
  lastSeen: number;
}

/** What clients over HTTP need of a gateway. */
export interface HttpGateway extends Pick<Gateway, "listen" | "subscriptions" | "ready"> {
  openSession(kind?: "own" | "lasting"): ModelSession;
  closeSession(session: ModelSession): Promise<void>;
  createServer(
    session: ModelSession,
    kind: "connection" | "request",
    isListening?: () => boolean,
  ): Promise<Server>;
}

/**
 * Clients over HTTP. Those of the protocol until 2025-11-25 have a session each, which ends with
 * theirs. Since 2026-07-28 the protocol has no sessions: those clients share one, and with it cells
 * and stored values.
 */
export class HttpClients {
  readonly #gateway: HttpGateway;
  /** By the session's id in the protocol; the one that was seen last is the last. */
  readonly #clients = new Map<string, Client>();
  readonly #modern: McpHttpHandler;
  /** Milliseconds without a connection after which a client is closed. */
  readonly #idleMs: number;
  readonly #idleCheck: NodeJS.Timeout;
  #shared: ModelSession | undefined;

  /** @param idleMs - Milliseconds until a client without a connection has gone; an hour by default. */
  constructor(gateway: HttpGateway, idleMs: number = defaultIdleMs) {
    this.#gateway = gateway;
    this.#modern = createMcpHandler(() => gateway.createServer(this.#sharedSession(), "request"), {
      legacy: "reject",
      maxRequestBodySize,
    });
    gateway.listen(this.#modern.notify);
    this.#idleMs = idleMs;
    const checkMs = Math.min(maxCheckMs, this.#idleMs);
    this.#idleCheck = setInterval(() => void this.#dropIdle(), checkMs);
  }

  /** @param parts - The body's bytes as they come in, if they are not the request's own. */
  async serve(
    request: Request,
    parts: AsyncIterable<Uint8Array> = bytesOf(request),
  ): Promise<Response> {
    const body = await readBody(request, parts);
    if (body instanceof Response) return body;
    const isLegacy = await isLegacyRequest(request, body.parsedBody, { maxRequestBodySize });
    return isLegacy ? this.#serveLegacy(request, body) : this.#serveModern(request, body);
  }

  /** Clients that have a session of their own. */
  get size(): number {
    return this.#clients.size;
  }

  async close(): Promise<void> {
    clearInterval(this.#idleCheck);
    await this.#modern.close();
    await Promise.all([...this.#clients.keys()].map((id) => this.#drop(id, "the gateway ends")));
    if (this.#shared !== undefined) await this.#gateway.closeSession(this.#shared);
  }

  /** A client listens to what happens as long as the response to its asking for it is open. */
  async #serveModern(request: Request, body: Body): Promise<Response> {
    const response = await this.#modern.fetch(request, body);
    const subscription = subscriptionIn(body.parsedBody);
    if (subscription === undefined) return response;
    const subscriber: Subscriber = {
      resourceUpdated: (uri) => this.#modern.notify.resourceUpdated(uri),
    };
    for (const uri of subscription.uris) subscribe(this.#gateway, uri, subscriber);
    return whenSent(
      response,
      request.signal,
      () => void this.#gateway.subscriptions.leave(subscriber),
    );
  }

  async #serveLegacy(request: Request, body: Body): Promise<Response> {
    const id = request.headers.get("mcp-session-id");
    if (id === null) {
      return beginsSession(body)
        ? this.#begin(request, body)
        : problem(400, "The header Mcp-Session-Id is missing: initialize first.");
    }
    const client = this.#clients.get(id);
    // The client begins a new session when it sees this.
    if (client === undefined) return problem(404, "There is no such session; it may have ended.");
    this.#clients.delete(id);
    this.#clients.set(id, client);
    return this.#answer(client, request, body);
  }

  /** Opens a session with the request that initializes it. */
  async #begin(request: Request, body: Body): Promise<Response> {
    const session = this.#gateway.openSession();
    const isListening = (): boolean => client.streams > 0;
    const server = await this.#gateway.createServer(session, "connection", isListening);
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      maxRequestBodySize,
      onsessioninitialized: (id) => {
        this.#clients.set(id, client);
        return this.#dropIdle();
      },
      onsessionclosed: (id) => this.#drop(id, "its client has ended it"),
    });
    const client: Client = {
      transport,
      server,
      session,
      requests: new OpenRequests(),
      open: 0,
      streams: 0,
      lastSeen: performance.now(),
    };
    await server.connect(transport);
    const response = await this.#answer(client, request, body);
    if (transport.sessionId === undefined) {
      // The request was refused.
      await this.#gateway.closeSession(session);
      await server.close();
    }
    return response;
  }

  async #answer(client: Client, request: Request, body: Body): Promise<Response> {
    const begun = client.requests.begin(body.parsedBody);
    if ("taken" in begun) {
      const { code, message } = idTakenError(begun.taken);
      return problem(400, message, { id: begun.taken, code });
    }
    const streams = request.method === "GET" ? 1 : 0;
    client.open += 1;
    client.streams += streams;
    const onSent = (): void => {
      begun.done();
      client.open -= 1;
      client.streams -= streams;
      client.lastSeen = performance.now();
    };
    try {
      const response = await client.transport.handleRequest(request, body);
      return whenSent(response, request.signal, onSent);
    } catch (error) {
      onSent();
      throw error;
    }
  }

  /** Clients without a connection; above the maximum, also those with the oldest last request. */
  async #dropIdle(): Promise<void> {
    const now = performance.now();
    for (const [id, { open, lastSeen }] of this.#clients) {
      const isIdle = open === 0 && now - lastSeen >= this.#idleMs;
      if (isIdle || this.#clients.size > maxClients) {
        await this.#drop(
          id,
          `${maxClients} other clients have asked since, which are as many as are kept`,
        );
      }
    }
  }

  /** @param why - What is answered to the requests that are open. */
  async #drop(id: string, why: string): Promise<void> {
    const client = this.#clients.get(id);
    if (client === undefined) return;
    this.#clients.delete(id);
    const error = { code: -32_000, message: `The session has ended: ${why}.` };
    for (const requestId of client.requests.ids) {
      // One whose reader has gone needs no answer.
      await client.transport.send({ jsonrpc: "2.0", id: requestId, error }).catch(() => undefined);
    }
    await this.#gateway.closeSession(client.session);
    await client.server.close();
  }

  #sharedSession(): ModelSession {
    this.#shared ??= this.#gateway.openSession("lasting");
    return this.#shared;
  }
}

async function* bytesOf({ body }: Request): AsyncIterable<Uint8Array> {
  yield* body ?? [];
}

/** Of several messages at once, one that initializes makes the transport say what is wrong. */
function beginsSession({ parsedBody }: Body): boolean {
  return [parsedBody].flat().some((message) => isInitializeRequest(message));
}
