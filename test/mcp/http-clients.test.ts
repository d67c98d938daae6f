import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Session } from "../../src/index.js";
import { ResourceDirectory } from "../../src/mcp/client/resource-directory.js";
import { Gateway } from "../../src/mcp/gateway/gateway.js";
import type { NewsListener } from "../../src/mcp/gateway/gateway-options.js";
import { HttpClients, type HttpGateway } from "../../src/mcp/gateway/http-clients.js";
import { Subscriptions } from "../../src/mcp/gateway/subscriptions.js";
import { Held } from "../support/cells.js";

const url = "http://127.0.0.1:1/mcp";
const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

/** Clients of a gateway without servers, and the sessions and servers that they have at the moment. */
function openClients(
  idleMs?: number,
  subscriptions?: Subscriptions,
): {
  readonly clients: HttpClients;
  readonly sessions: Set<Session>;
  readonly servers: Set<object>;
  /** Whether each client that has initialized holds a stream to listen on. */
  readonly listening: readonly (() => boolean)[];
  /** Who are told of the gateway's news. */
  readonly listeners: readonly NewsListener[];
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
  const servers = new Set<object>();
  const listening: (() => boolean)[] = [];
  const listeners: NewsListener[] = [];
  const counted: HttpGateway = {
    ready: gateway.ready,
    subscriptions: subscriptions ?? gateway.subscriptions,
    listen: (listener) => listeners.push(listener),
    createServer: async (session, kind, isListening = () => false) => {
      listening.push(isListening);
      const server = await gateway.createServer(session as Session, kind, isListening);
      const { onclose } = server;
      servers.add(server);
      server.onclose = () => {
        servers.delete(server);
        onclose?.();
      };
      return server;
    },
    openSession: () => {
      const session = gateway.openSession();
      sessions.add(session);
      return session;
    },
    closeSession: async (session) => {
      sessions.delete(session as Session);
      await gateway.closeSession(session as Session);
    },
  };
  const clients = new HttpClients(counted, idleMs);
  opened.push(gateway, { [Symbol.asyncDispose]: () => clients.close() });
  return { clients, sessions, servers, listening, listeners };
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
  return postBody({ jsonrpc: "2.0", id: 1, method, params }, headers);
}

function postBody(
  body: object,
  headers: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Request {
  return new Request(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...headers,
    },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
}

/** A stream on which a client listens. */
function listen(
  clients: HttpClients,
  id: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Response> {
  const headers = { ...id, accept: "text/event-stream" };
  return clients.serve(new Request(url, { headers, ...(signal && { signal }) }));
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
    const { clients, sessions, servers } = openClients();
    for (const headers of [{ accept: "text/html" }, { "content-type": "text/plain" }]) {
      expect(await statusOf(clients, post("initialize", initialize, headers))).toBeGreaterThan(399);
      expect(sessions.size).toBe(0);
      expect(servers.size).toBe(0);
    }
  });

  test("DELETE ends the client's session, and its requests are for none from then on", async () => {
    const { clients, sessions, servers } = openClients();
    const id = await begin(clients);
    expect(sessions.size).toBe(1);
    expect(servers.size).toBe(1);
    expect(await statusOf(clients, post("ping", {}, id))).toBe(200);
    const ended = new Request(url, { method: "DELETE", headers: id });
    expect(await statusOf(clients, ended)).toBe(200);
    expect(sessions.size).toBe(0);
    expect(servers.size).toBe(0);
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

  test("there are never more than a hundred, also if many begin at once", async () => {
    const { clients, sessions } = openClients();
    await Promise.all(Array.from({ length: 120 }, () => begin(clients)));
    expect(sessions.size).toBe(100);
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
    for (const request of [post("tools/list"), new Request(url)]) {
      const response = await clients.serve(request);
      expect(response.status).toBe(400);
      expect(await response.text()).toContain("Mcp-Session-Id is missing: initialize first");
    }
    expect(sessions.size).toBe(0);
  });

  test("a client whose stream breaks off does not listen any more, though nothing is written", async () => {
    const { clients, listening } = openClients();
    const id = await begin(clients);
    const isListening = (): boolean => listening[0]?.() ?? false;
    expect(isListening()).toBe(false);
    const gone = new AbortController();
    const stream = await listen(clients, id, gone.signal);
    expect(stream.status).toBe(200);
    expect(isListening()).toBe(true);
    gone.abort();
    expect(isListening()).toBe(false);
    // The client may listen again: the session had one stream, and it is free.
    const again = await listen(clients, id);
    expect(again.status).toBe(200);
    expect(isListening()).toBe(true);
    await again.body?.cancel();
    expect(isListening()).toBe(false);
  });

  test("only what is listened on counts as listening, however often a request is said to have ended", async () => {
    const { clients, listening } = openClients();
    const id = await begin(clients);
    const stream = await listen(clients, id);
    for (const leaves of [new AbortController(), new AbortController()]) {
      const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
      const answer = await clients.serve(postBody(ping, id, leaves.signal));
      expect(listening[0]?.()).toBe(true);
      await answer.text();
      leaves.abort();
      expect(listening[0]?.()).toBe(true);
    }
    await stream.body?.cancel();
    expect(listening[0]?.()).toBe(false);
  });

  test("what begins a session stands alone: in a batch it is refused, and leaves no session", async () => {
    const { clients, sessions } = openClients();
    const messages = [
      { jsonrpc: "2.0", id: 1, method: "ping" },
      { jsonrpc: "2.0", id: 2, method: "initialize", params: initialize },
    ];
    const response = await clients.serve(postBody(messages));
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("Only one initialization request");
    expect(sessions.size).toBe(0);
  });

  test("a request that has no body is told that it is not valid JSON", async () => {
    const { clients } = openClients();
    const response = await clients.serve(new Request(url, { method: "POST" }));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: -32_700 } });
  });

  test("of two open requests with one id the second is refused, and each id is free again after", async () => {
    const { clients, listening } = openClients();
    const id = await begin(clients);
    const exec = (requestId: number, code: string): Promise<Response> => {
      const params = { name: "exec", arguments: { code } };
      const body = { jsonrpc: "2.0", id: requestId, method: "tools/call", params };
      return clients.serve(postBody(body, id));
    };
    const endless = await exec(7, "await new Promise((done) => setTimeout(done, 1e9))");
    expect(listening[0]?.()).toBe(false);
    const second = await exec(7, "text(1)");
    expect(second.status).toBe(400);
    expect(await second.json()).toMatchObject({ id: 7, error: { code: -32_600 } });
    for (const text of ["one", "other"]) {
      expect(await (await exec(8, `text("${text}")`)).text()).toContain(text);
    }
    // What is open when the client ends the session is answered.
    await statusOf(clients, new Request(url, { method: "DELETE", headers: id }));
    expect(await endless.text()).toContain("The session has ended: its client has ended it.");
  });
});

const meta = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "by-hand", version: "1.0.0" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

/** A request of a client without a session. */
function modern(method: string, params: object = {}): Request {
  return post(
    method,
    { ...params, _meta: meta },
    { "mcp-protocol-version": "2026-07-28", "mcp-method": method },
  );
}

describe("clients without sessions", () => {
  test("share one session, which closing them ends", async () => {
    const { clients, sessions } = openClients();
    expect(await statusOf(clients, modern("tools/list"))).toBe(200);
    expect(await statusOf(clients, modern("tools/list"))).toBe(200);
    expect(sessions.size).toBe(1);
    await clients.close();
    expect(sessions.size).toBe(0);
  });

  test("hear the gateway's news until they are closed", async () => {
    const { clients, listeners } = openClients();
    const notifications = { toolsListChanged: true };
    const response = await clients.serve(modern("subscriptions/listen", { notifications }));
    expect(response.status).toBe(200);
    for (const listener of listeners) listener.toolsChanged();
    await clients.close();
    expect(await response.text()).toContain("notifications/tools/list_changed");
  });
});

test("what clients without sessions listen to is asked of its server for as long as they listen", async () => {
  const told = { "resources/subscribe": new Held(), "resources/unsubscribe": new Held() };
  const request = async (method: string): Promise<object> => {
    if (method in told) told[method as keyof typeof told].resolve();
    return { resources: [], resourceTemplates: [] };
  };
  const directory = new ResourceDirectory();
  directory.use([{ name: "one", capabilities: { resources: {} }, request }] as never);
  const { clients } = openClients(undefined, new Subscriptions(directory));
  // Its tools keep the stream open: without servers a gateway has no resources.
  const notifications = { toolsListChanged: true, resourceSubscriptions: ["a:1"] };
  const response = await clients.serve(modern("subscriptions/listen", { notifications }));
  await told["resources/subscribe"].promise;
  expect(response.status).toBe(200);
  await response.body?.cancel();
  await told["resources/unsubscribe"].promise;
});

describe("a client that asks for nothing", () => {
  const idleMs = 5 * 60_000;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Lets time go by, and what is due then be done. */
  async function pass(ms: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(ms);
  }

  test("is dropped at the first look that finds it idle for as long as was said; one looks each minute", async () => {
    const { clients, sessions, servers } = openClients(idleMs);
    await begin(clients);
    await pass(30_000);
    await begin(clients);
    await pass(idleMs - 30_001);
    expect(sessions.size).toBe(2);
    await pass(1);
    expect(sessions.size).toBe(1);
    expect(servers.size).toBe(1);
    await pass(60_000);
    expect(sessions.size).toBe(0);
    expect(servers.size).toBe(0);
  });

  test("for a short time is dropped when that is over", async () => {
    const { clients, sessions } = openClients(1000);
    await begin(clients);
    await pass(999);
    expect(sessions.size).toBe(1);
    await pass(1);
    expect(sessions.size).toBe(0);
  });

  test("for an hour is dropped, unless another time was said", async () => {
    const { clients, sessions } = openClients();
    await begin(clients);
    await pass(59 * 60_000);
    expect(sessions.size).toBe(1);
    await pass(60_000);
    expect(sessions.size).toBe(0);
  });

  test("is idle from its last answer, or from when it was told that one will not come", async () => {
    const { clients, sessions } = openClients(idleMs);
    const id = await begin(clients);
    const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
    const initialized = { jsonrpc: "2.0", method: "notifications/initialized" };
    for (const body of [ping, initialized]) {
      await pass(idleMs - 1);
      await statusOf(clients, postBody(body, id));
    }
    await pass(1);
    const gone = AbortSignal.abort();
    await listen(clients, id, gone);
    await pass(idleMs - 60_000);
    expect(sessions.size).toBe(1);
    await pass(120_000);
    expect(sessions.size).toBe(0);
  });

  test("stays as long as it listens", async () => {
    const { clients, sessions } = openClients(idleMs);
    const stream = await listen(clients, await begin(clients));
    await pass(3 * idleMs);
    expect(sessions.size).toBe(1);
    await stream.body?.cancel();
    await pass(idleMs - 1);
    expect(sessions.size).toBe(1);
    await pass(1);
    expect(sessions.size).toBe(0);
  });

  test("is not looked for any more when the clients are closed", async () => {
    const { clients } = openClients(idleMs);
    await clients.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
