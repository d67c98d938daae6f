import { randomUUID } from "node:crypto";
import {
  createMcpHandler,
  isInitializeRequest,
  isLegacyRequest,
  type McpHttpHandler,
  type Server,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import { createMcpServer } from "../../mcp.js";
import type { Session } from "../../session/session.js";
import type { Gateway } from "./gateway.js";

const defaultIdleMs = 60 * 60_000;
const maxCheckMs = 60_000;
const maxClients = 100;
const maxRequestBodySize = 16 * 1024 * 1024;

interface Client {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly server: Server;
  readonly session: Session;
  /** Responses on their way: it listens. */
  open: number;
  lastSeen: number;
}

/**
 * Clients over HTTP. Those of the protocol until 2025-11-25 have a session each, which ends with
 * theirs. Since 2026-07-28 the protocol has no sessions: those clients share one, and with it cells
 * and stored values.
 */
export class HttpSessions {
  readonly #gateway: Gateway;
  /** By the session's id in the protocol; the one that was seen last is the last. */
  readonly #clients = new Map<string, Client>();
  readonly #modern: McpHttpHandler;
  /** A client that has no connection for so long has gone. */
  readonly #idleMs: number;
  readonly #idleCheck: NodeJS.Timeout;
  #shared: Session | undefined;

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
    this.#modern = createMcpHandler(() => this.#makeServer(this.#sharedSession()), {
      legacy: "reject",
      maxRequestBodySize,
    });
    gateway.onToolsChanged(() => this.#tellOfTools());
    this.#idleMs = gateway.options.idle ?? defaultIdleMs;
    const checkMs = Math.min(maxCheckMs, this.#idleMs);
    this.#idleCheck = setInterval(() => void this.#dropIdle(maxClients), checkMs);
  }

  async serve(request: Request): Promise<Response> {
    const isLegacy = await isLegacyRequest(request, undefined, { maxRequestBodySize });
    return isLegacy ? this.#serveLegacy(request) : this.#modern.fetch(request);
  }

  async close(): Promise<void> {
    clearInterval(this.#idleCheck);
    await this.#modern.close();
    await Promise.all([...this.#clients.keys()].map((id) => this.#drop(id)));
    if (this.#shared !== undefined) await this.#gateway.closeSession(this.#shared);
  }

  async #serveLegacy(request: Request): Promise<Response> {
    const id = request.headers.get("mcp-session-id");
    const client = id === null ? undefined : this.#clients.get(id);
    if (id !== null && client !== undefined) {
      this.#clients.delete(id);
      this.#clients.set(id, client);
      return this.#answer(client, request);
    }
    // The client begins a new session when it sees this.
    if (id !== null) return problem(404, "There is no such session; it may have ended.");
    if (!(await beginsSession(request))) {
      return problem(400, "The header Mcp-Session-Id is missing: initialize first.");
    }
    return this.#begin(request);
  }

  /** Opens a session with the request that initializes it. */
  async #begin(request: Request): Promise<Response> {
    await this.#dropIdle(maxClients - 1);
    const session = this.#gateway.openSession();
    const server = await this.#makeServer(session);
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      maxRequestBodySize,
      onsessioninitialized: (id) => {
        this.#clients.set(id, client);
      },
      onsessionclosed: (id) => this.#drop(id),
    });
    const client: Client = { transport, server, session, open: 0, lastSeen: performance.now() };
    await server.connect(transport);
    const response = await this.#answer(client, request);
    if (transport.sessionId === undefined) {
      // The request was refused.
      await this.#gateway.closeSession(session);
      await server.close();
    }
    return response;
  }

  async #answer(client: Client, request: Request): Promise<Response> {
    client.open += 1;
    let isSent = false;
    const onSent = (): void => {
      if (isSent) return;
      isSent = true;
      client.open -= 1;
      client.lastSeen = performance.now();
    };
    try {
      return whenSent(await client.transport.handleRequest(request), onSent);
    } catch (error) {
      onSent();
      throw error;
    }
  }

  /** Those who have gone, and of more than so many those who have asked for nothing for longest. */
  async #dropIdle(maxKept: number): Promise<void> {
    const now = performance.now();
    for (const [id, { open, lastSeen }] of this.#clients) {
      const isIdle = open === 0 && now - lastSeen >= this.#idleMs;
      if (isIdle || this.#clients.size > maxKept) await this.#drop(id);
    }
  }

  async #drop(id: string): Promise<void> {
    const client = this.#clients.get(id);
    if (client === undefined) return;
    this.#clients.delete(id);
    await this.#gateway.closeSession(client.session);
    await client.server.close();
  }

  #makeServer(session: Session): Promise<Server> {
    const { options, ready } = this.#gateway;
    return createMcpServer(session, { describeTools: options.describe, ready });
  }

  #sharedSession(): Session {
    this.#shared ??= this.#gateway.openSession();
    return this.#shared;
  }

  #tellOfTools(): void {
    this.#modern.notify.toolsChanged();
    for (const { server } of this.#clients.values()) {
      // A client that has just left needs no news.
      server.sendToolListChanged().catch(() => undefined);
    }
  }
}

/** The response, and a call when it has been sent or nobody takes it any more. */
function whenSent(response: Response, onSent: () => void): Response {
  if (response.body === null) {
    onSent();
    return response;
  }
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        controller.close();
      } catch (error) {
        controller.error(error);
      }
      onSent();
    },
    async cancel(reason) {
      onSent();
      await reader.cancel(reason);
    },
  });
  return new Response(body, response);
}

async function beginsSession(request: Request): Promise<boolean> {
  if (request.method !== "POST") return false;
  const body: unknown = await request
    .clone()
    .json()
    .catch(() => undefined);
  return [body].flat().some((message) => isInitializeRequest(message));
}

function problem(status: number, message: string): Response {
  return Response.json({ jsonrpc: "2.0", id: null, error: { code: -32_000, message } }, { status });
}
