import { afterEach, describe, expect, test } from "vitest";
import type { Session } from "../../src/index.js";
import { Gateway } from "../../src/mcp/gateway/gateway.js";
import { HttpClients, type HttpGateway } from "../../src/mcp/gateway/http-clients.js";

const url = "http://127.0.0.1:1/mcp";
const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

/** Clients of a gateway without servers, and the sessions that they have at the moment. */
function openClients(): {
  readonly clients: HttpClients;
  readonly sessions: Set<Session>;
  /** Whether each client that has initialized holds a stream to listen on. */
  readonly listening: readonly (() => boolean)[];
} {
  const gateway = new Gateway({
    config: { mcpServers: {} },
    cells: {},
    description: "short",
    describeTools: "all",
    servers: {},
    capabilities: Promise.resolve({}),
    hasOneClient: false,
    onProblem: (error) => {
      throw error;
    },
  });
  const sessions = new Set<Session>();
  const listening: (() => boolean)[] = [];
  const counted: HttpGateway = {
    ready: gateway.ready,
    subscriptions: gateway.subscriptions,
    listen: (listener) => gateway.listen(listener),
    createServer: (session, kind, isListening = () => false) => {
      listening.push(isListening);
      return gateway.createServer(session, kind, isListening);
    },
    openSession: () => {
      const session = gateway.openSession();
      sessions.add(session);
      return session;
    },
    closeSession: async (session) => {
      sessions.delete(session);
      await gateway.closeSession(session);
    },
  };
  const clients = new HttpClients(counted);
  opened.push(gateway, { [Symbol.asyncDispose]: () => clients.close() });
  return { clients, sessions, listening };
}

const initialize = {
  protocolVersion: "2025-11-25",
  capabilities: {},
  clientInfo: { name: "by-hand", version: "1.0.0" },
};

function post(
  method: string,
  params: object = {},
  headers: Readonly<Record<string, string>> = {},
): Request {
  return new Request(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
}

async function begin(clients: HttpClients): Promise<Readonly<Record<string, string>>> {
  const response = await clients.serve(post("initialize", initialize));
  await response.text();
  return { "mcp-session-id": response.headers.get("mcp-session-id") ?? "none" };
}

async function statusOf(clients: HttpClients, request: Request): Promise<number> {
  const response = await clients.serve(request);
  await response.text();
  return response.status;
}

describe("clients over HTTP", () => {
  test("a refused initialize leaves no session", async () => {
    const { clients, sessions } = openClients();
    for (const headers of [{ accept: "text/html" }, { "content-type": "text/plain" }]) {
      expect(await statusOf(clients, post("initialize", initialize, headers))).toBeGreaterThan(399);
      expect(sessions.size).toBe(0);
    }
  });

  test("DELETE ends the client's session, and its requests are for none from then on", async () => {
    const { clients, sessions } = openClients();
    const id = await begin(clients);
    expect(sessions.size).toBe(1);
    expect(await statusOf(clients, post("ping", {}, id))).toBe(200);
    const ended = new Request(url, { method: "DELETE", headers: id });
    expect(await statusOf(clients, ended)).toBe(200);
    expect(sessions.size).toBe(0);
    expect(await statusOf(clients, post("ping", {}, id))).toBe(404);
  });

  test("the hundred-and-first takes the place of the one that has asked for nothing for longest", async () => {
    const { clients, sessions } = openClients();
    const first = await begin(clients);
    const second = await begin(clients);
    for (let count = 2; count < 100; count += 1) await begin(clients);
    expect(await statusOf(clients, post("ping", {}, first))).toBe(200);
    expect(sessions.size).toBe(100);
    const last = await begin(clients);
    expect(sessions.size).toBe(100);
    expect(await statusOf(clients, post("ping", {}, second))).toBe(404);
    for (const id of [first, last]) {
      expect(await statusOf(clients, post("ping", {}, id))).toBe(200);
    }
  });

  test("closing them ends every session, and their requests are for none from then on", async () => {
    const { clients, sessions } = openClients();
    const ids = [await begin(clients), await begin(clients)];
    expect(sessions.size).toBe(2);
    await clients.close();
    expect(sessions.size).toBe(0);
    for (const id of ids) expect(await statusOf(clients, post("ping", {}, id))).toBe(404);
  });

  test("a request without a session that begins none is told to initialize", async () => {
    const { clients, sessions } = openClients();
    expect(await statusOf(clients, post("tools/list"))).toBe(400);
    expect(await statusOf(clients, new Request(url))).toBe(400);
    expect(sessions.size).toBe(0);
  });

  test("a client whose stream breaks off does not listen any more, though nothing is written", async () => {
    const { clients, listening } = openClients();
    const id = await begin(clients);
    const isListening = (): boolean => listening[0]?.() ?? false;
    expect(isListening()).toBe(false);
    const gone = new AbortController();
    const headers = { ...id, accept: "text/event-stream" };
    const stream = await clients.serve(new Request(url, { headers, signal: gone.signal }));
    expect(stream.status).toBe(200);
    expect(isListening()).toBe(true);
    gone.abort();
    expect(isListening()).toBe(false);
    // The client may listen again: the session had one stream, and it is free.
    const again = await clients.serve(new Request(url, { headers }));
    expect(again.status).toBe(200);
    await again.body?.cancel();
    expect(isListening()).toBe(false);
  });
});
