import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { LoginStore } from "../../src/mcp/client/login-store.js";
import {
  type ConnectMcpOptions,
  connectMcpServers,
  type McpHttpServerConfig,
  type McpServerEvent,
  type McpServers,
} from "../../src/mcp.js";
import { Held } from "../support/cells.js";
import { type HttpMcpAnswer, HttpMcpServer } from "../support/http-mcp-server.js";

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

async function serve(answer?: HttpMcpAnswer): Promise<HttpMcpServer> {
  const server = await HttpMcpServer.open(answer);
  opened.push(server);
  return server;
}

/** Connects to a server, which is called web. */
async function connect(
  { url }: HttpMcpServer,
  options: ConnectMcpOptions & { readonly config?: Partial<McpHttpServerConfig> } = {},
): Promise<{ servers: McpServers; events: McpServerEvent[] }> {
  const events: McpServerEvent[] = [];
  const { config, ...others } = options;
  const servers = await connectMcpServers(
    { mcpServers: { web: { url, ...config } } },
    { onEvent: (event) => events.push(event), ...others },
  );
  opened.push(servers);
  return { servers, events };
}

async function ping(servers: McpServers, signal?: AbortSignal): Promise<unknown> {
  const context = {
    sessionId: "s",
    cellId: "1",
    callId: "1",
    signal: signal ?? new AbortController().signal,
  };
  return await servers.tools[0]?.execute({}, context);
}

const types = (events: readonly McpServerEvent[]) => events.map(({ type }) => type);

/** Answers calls so, and all else as usual. */
const calls =
  (answer: HttpMcpAnswer): HttpMcpAnswer =>
  (request, response) =>
    request.method === "tools/call" ? answer(request, response) : undefined;

describe("a server over HTTP", () => {
  test("gets the headers of its configuration with each request, and its session's end when it is closed", async () => {
    const server = await serve();
    const { servers, events } = await connect(server, { config: { headers: { "X-Key": "k" } } });
    expect(await ping(servers)).toBe("pong");
    await servers.close();
    expect(server.requests.map(({ headers }) => headers["x-key"])).toEqual(
      server.requests.map(() => "k"),
    );
    const { verb, headers } = server.requests.at(-1) ?? {};
    expect([verb, headers?.["mcp-session-id"]]).toEqual(["DELETE", "session"]);
    expect(types(events)).toEqual(["started"]);
  });

  test("is closed in a second where it does not answer that its session ends", async () => {
    const isAsked = new Held();
    const server = await serve(({ verb }) => {
      if (verb !== "DELETE") return undefined;
      isAsked.resolve();
      return "answered";
    });
    const { servers } = await connect(server);
    const closing = servers.close();
    await isAsked.promise;
    await closing;
  });

  test("may be closed as often as one likes", async () => {
    const server = await serve();
    const { servers } = await connect(server);
    await Promise.all([servers.close(), servers.close()]);
    await servers.close();
    expect(server.requests.filter(({ verb }) => verb === "DELETE")).toHaveLength(1);
  });

  test("fails a call with its error as it is, and is there as before", async () => {
    let count = 0;
    const server = await serve(
      calls(() => {
        count += 1;
        return count === 1 ? { error: { code: -32_000, message: "no disk" } } : undefined;
      }),
    );
    const { servers, events } = await connect(server, { restart: true });
    await expect(ping(servers)).rejects.toMatchObject({ code: -32_000, message: "no disk" });
    expect(await ping(servers)).toBe("pong");
    expect(types(events)).toEqual(["started"]);
  });

  test("that fails a request of HTTP is named, and is started again where that is wanted", async () => {
    let count = 0;
    const server = await serve(
      calls((_request, response) => {
        count += 1;
        if (count > 1) return undefined;
        response.writeHead(500).end("out of memory");
        return "answered";
      }),
    );
    const again = new Held();
    const events: string[] = [];
    const { servers } = await connect(server, {
      restart: { delayMs: 1 },
      onEvent: ({ type }) => {
        events.push(type);
        if (events.length === 3) again.resolve();
      },
    });
    await expect(ping(servers)).rejects.toMatchObject({
      code: "ERR_MCP_SERVER",
      message: expect.stringMatching(/^MCP server "web": .*out of memory/),
      cause: { status: 500 },
    });
    await again.promise;
    expect(events).toEqual(["started", "restarting", "started"]);
    expect(await ping(servers)).toBe("pong");
  });

  test("that fails a request of HTTP is asked again without more where it is not started again", async () => {
    let count = 0;
    const server = await serve(
      calls((_request, response) => {
        count += 1;
        if (count > 1) return undefined;
        response.writeHead(500).end();
        return "answered";
      }),
    );
    const { servers, events } = await connect(server);
    await expect(ping(servers)).rejects.toThrow('MCP server "web": ');
    expect(await ping(servers)).toBe("pong");
    expect(types(events)).toEqual(["started"]);
  });

  test("that answers a call too late is there as before", async () => {
    const server = await serve(calls(() => "answered"));
    const { servers, events } = await connect(server, { restart: true, callTimeoutMs: 20 });
    await expect(ping(servers)).rejects.toThrow(/^MCP server "web": .*timed out/);
    expect(await servers.servers[0]?.request("ping")).toEqual({});
    expect(types(events)).toEqual(["started"]);
  });

  test("is there as before where a call is aborted, which fails with the signal's reason", async () => {
    const isAsked = new Held();
    let count = 0;
    const server = await serve(
      calls(() => {
        count += 1;
        isAsked.resolve();
        return count === 1 ? "answered" : undefined;
      }),
    );
    const { servers, events } = await connect(server, { restart: true });
    const stop = new AbortController();
    const calling = ping(servers, stop.signal);
    await isAsked.promise;
    stop.abort(new Error("the cell has ended"));
    await expect(calling).rejects.toThrow(/^(?!MCP server).*the cell has ended/);
    expect(await ping(servers)).toBe("pong");
    expect(types(events)).toEqual(["started"]);
  });

  test("gets requests and notifications as they are given, and gives its answers as they are", async () => {
    const result = { odd: [null], prompts: "none" };
    const server = await serve(({ method }) => (method === "prompts/list" ? result : undefined));
    const { servers } = await connect(server, { capabilities: { roots: { listChanged: true } } });
    const [web] = servers.servers;
    expect(await web?.request("prompts/list", { cursor: "1" })).toEqual(result);
    expect(await web?.request("prompts/list")).toEqual(result);
    await web?.notify("notifications/roots/list_changed", { a: 1 });
    await web?.notify("notifications/roots/list_changed");
    const asked = server.requests.filter(({ method }) => /^prompts|roots/.test(method ?? ""));
    expect(asked.map(({ params: { _meta, ...params } }) => params)).toEqual([
      { cursor: "1" },
      {},
      { a: 1 },
      {},
    ]);
  });
});

describe("a server over HTTP that is not there does not start, and the reason is", () => {
  const answers =
    (status: number, body = ""): HttpMcpAnswer =>
    (_request, response) => {
      response.writeHead(status).end(body);
      return "answered";
    };
  test.each<readonly [string, HttpMcpAnswer, string]>([
    [
      "that it wants a login",
      answers(401),
      'it wants a login (401 Unauthorized): run codecell login web, or give a token that is valid in the "headers" of its configuration',
    ],
    ["what it says of a fault", answers(500, "out of memory"), "out of memory"],
    [
      "an answer that is none",
      ({ method }) => (method === "initialize" ? { protocolVersion: 7 } : undefined),
      "its answer is not what the protocol says: Invalid result for initialize",
    ],
    [
      "its error for its list",
      ({ method }) =>
        method === "tools/list" ? { error: { code: -32_603, message: "no disk" } } : undefined,
      "it answered with error -32603: no disk",
    ],
  ])("%s", async (_what, answer, reason) => {
    const starting = connect(await serve(answer));
    await expect(starting).rejects.toMatchObject({
      code: "ERR_MCP_SERVER",
      message: expect.stringMatching(/^MCP server "web" did not start: [^\n]+$/),
    });
    await expect(starting).rejects.toThrow(reason);
  });

  test.each(["initialize", "tools/list"])(
    "that it does not answer %s in time, or the signal's where that is aborted first",
    async (mute) => {
      const isAsked = new Held();
      const server = await serve(({ method }) => {
        if (method !== mute) return undefined;
        isAsked.resolve();
        return "answered";
      });
      await expect(connect(server, { startTimeoutMs: 50 })).rejects.toThrow(
        'MCP server "web" did not start: no answer within 0.05 s',
      );
      const stop = new AbortController();
      const starting = connect(server, { signal: stop.signal });
      stop.abort(new Error("enough"));
      await expect(starting).rejects.toThrow(new Error("enough"));
    },
  );
});

describe("a stored login is used for a server over HTTP", () => {
  test.each<readonly [string, ConnectMcpOptions, Record<string, string>, string | undefined]>([
    ["where logins are asked for", { logins: true }, {}, "Bearer stored"],
    ["beside other headers", { logins: true }, { "X-Key": "k" }, "Bearer stored"],
    ["but not without the option", {}, {}, undefined],
    ["but not where that is false", { logins: false }, {}, undefined],
    ["but not beside a token", { logins: true }, { Authorization: "Bearer own" }, "Bearer own"],
    [
      "but not beside a token among others, in any case of its letters",
      { logins: true },
      { "X-Key": "k", AUTHORIZATION: "Bearer own" },
      "Bearer own",
    ],
  ])("%s", async (_what, options, headers, expected) => {
    const home = mkdtempSync(join(tmpdir(), "codecell-http-"));
    vi.stubEnv("XDG_CONFIG_HOME", home);
    try {
      const server = await serve();
      new LoginStore(server.url).write({
        url: server.url,
        redirectUrl: "http://127.0.0.1:5000/callback",
        tokens: { access_token: "stored", token_type: "Bearer" },
      });
      await connect(server, { ...options, config: { headers } });
      expect(server.requests[0]?.headers.authorization).toBe(expected);
    } finally {
      vi.unstubAllEnvs();
      rmSync(home, { recursive: true, force: true });
    }
  });
});
