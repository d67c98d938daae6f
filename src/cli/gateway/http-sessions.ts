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
import type { Session } from "../../session.js";
import type { Gateway } from "./gateway.js";

/** A client that asks for nothing for so long has gone. */
const idleMs = 60 * 60_000;
const idleCheckEveryMs = 60_000;
const mostClients = 100;
const maxRequestBodySize = 16 * 1024 * 1024;

interface Client {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly server: Server;
  readonly session: Session;
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
  readonly #idleCheck: NodeJS.Timeout;
  #shared: Session | undefined;

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
    this.#modern = createMcpHandler(() => this.#makeServer(this.#sharedSession()), {
      legacy: "reject",
      maxRequestBodySize,
    });
    gateway.onToolsChanged(() => this.#tellOfTools());
    this.#idleCheck = setInterval(() => void this.#dropIdle(mostClients), idleCheckEveryMs);
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
      client.lastSeen = performance.now();
      this.#clients.delete(id);
      this.#clients.set(id, client);
      return client.transport.handleRequest(request);
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
    await this.#dropIdle(mostClients - 1);
    const session = this.#gateway.openSession();
    const server = await this.#makeServer(session);
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      maxRequestBodySize,
      onsessioninitialized: (id) => {
        this.#clients.set(id, { transport, server, session, lastSeen: performance.now() });
      },
      onsessionclosed: (id) => this.#drop(id),
    });
    await server.connect(transport);
    const response = await transport.handleRequest(request);
    if (transport.sessionId === undefined) {
      // The request was refused.
      await this.#gateway.closeSession(session);
      await server.close();
    }
    return response;
  }

  /** Those who have gone, and of more than so many those who have been silent for longest. */
  async #dropIdle(mostKept: number): Promise<void> {
    const now = performance.now();
    for (const [id, { lastSeen }] of this.#clients) {
      if (now - lastSeen < idleMs && this.#clients.size <= mostKept) return;
      await this.#drop(id);
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
