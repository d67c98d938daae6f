import { afterEach, describe, expect, test } from "vitest";
import type { Session } from "../../src/index.js";
import { Held } from "../support/cells.js";
import { exec, textsOf } from "../support/gateway.js";
import type { HttpMcpAnswer } from "../support/http-mcp-server.js";
import {
  askedOf,
  closeOpened,
  connect,
  openGateway,
  serve,
} from "../support/in-process-gateway.js";
import { LineWatch } from "../support/mcp.js";

afterEach(closeOpened);

const rootsChanged = "notifications/roots/list_changed";
const canRoots = { capabilities: Promise.resolve({ roots: { listChanged: true } }) };
const hasRoots = { roots: { listChanged: true } };

/** Tells of each message by a method that a server gets. */
function watched(method: string): { answers: Record<string, HttpMcpAnswer>; watch: LineWatch } {
  const watch = new LineWatch();
  const answer: HttpMcpAnswer = ({ params: { _meta, ...params } }) => {
    watch.push(JSON.stringify(params));
    return undefined;
  };
  return { answers: { [method]: answer }, watch };
}

describe("servers behind a gateway are told", () => {
  test("the least severe level that some client wants, if they have log messages", async () => {
    const { answers, watch } = watched("logging/setLevel");
    const silent = await serve({}, { tools: {} });
    const gateway = openGateway({ a: await serve(answers), silent });
    const [one, other] = [await connect(gateway), await connect(gateway)];
    await one.client.setLoggingLevel("error");
    await watch.seen("error");
    await other.client.setLoggingLevel("info");
    await watch.seen("info");
    await one.client.setLoggingLevel("debug");
    await watch.seen("debug");
    expect(watch.lines).toEqual(
      ["error", "info", "debug"].map((level) => JSON.stringify({ level })),
    );
    expect(askedOf(silent, "logging/setLevel")).toEqual([]);
  });

  test("that a client's directories have changed, when it says so", async () => {
    const { answers, watch } = watched(rootsChanged);
    const server = await serve(answers);
    const gateway = openGateway({ a: server }, canRoots);
    const { client } = await connect(gateway, hasRoots);
    await gateway.ready;
    await client.sendRootsListChanged();
    await watch.seen("{}");
    expect(askedOf(server, rootsChanged)).toEqual([{}]);
  });

  test("so where a client comes that has directories, if it is not the only one for ever", async () => {
    const { answers, watch } = watched(rootsChanged);
    const several = await serve(answers);
    const gateway = openGateway({ a: several }, { ...canRoots, hasOneClient: false });
    await gateway.ready;
    await connect(gateway);
    await connect(gateway, hasRoots);
    await watch.seen("{}");
    expect(askedOf(several, rootsChanged)).toHaveLength(1);
    const alone = await serve();
    const own = openGateway({ a: alone }, canRoots);
    await own.ready;
    const { client } = await connect(own, hasRoots);
    await exec(client, "await tools.mcp__a__ping()");
    expect(askedOf(alone, rootsChanged)).toEqual([]);
  });
});

test("a server that was started again is subscribed to and told the level, and clients are told that it may have others", async () => {
  let count = 0;
  const subscribed = new LineWatch();
  const levels = watched("logging/setLevel");
  const server = await serve({
    ...levels.answers,
    "resources/list": { resources: [] },
    "resources/subscribe": ({ params: { uri } }) => {
      subscribed.push(String(uri));
      return {};
    },
    "tools/call": (_request, response) => {
      count += 1;
      if (count > 1) return undefined;
      response.writeHead(500).end();
      return "answered";
    },
  });
  const gateway = openGateway({ a: server });
  const { client, heard } = await connect(gateway);
  await client.setLoggingLevel("error");
  await client.subscribeResource({ uri: "x://1" });
  await exec(client, "await tools.mcp__a__ping().catch(() => 0)");
  await heard.seen("notifications/prompts/list_changed");
  await heard.seen("notifications/resources/list_changed");
  while (subscribed.lines.length < 2) await subscribed.next();
  while (levels.watch.lines.length < 2) await levels.watch.next();
  expect(subscribed.lines).toEqual(["x://1", "x://1"]);
  expect(levels.watch.lines).toEqual(['{"level":"error"}', '{"level":"error"}']);
  expect(textsOf(await exec(client, "text(await tools.mcp__a__ping())"))).toEqual(["pong"]);
});

describe("a gateway whose servers start slowly", () => {
  /** A server that starts when the test lets it. */
  async function slow() {
    const start = new Held();
    const server = await serve({
      "tools/list": async () => {
        await start.promise;
        return undefined as never;
      },
    });
    return { server, start };
  }

  test("tells a client everything that servers may have, and their tools when these are there", async () => {
    const { server, start } = await slow();
    const gateway = openGateway({ a: server }, { answerAfterMs: 1 });
    const { client, heard } = await connect(gateway);
    expect(client.getServerCapabilities()).toMatchObject({
      prompts: {},
      resources: { subscribe: true },
      completions: {},
    });
    const [{ description = "" } = {}] = (await client.listTools()).tools;
    expect(description).not.toContain("ping(input)");
    const result = exec(client, "text(await tools.mcp__a__ping())");
    start.resolve();
    expect(textsOf(await result)).toEqual(["pong"]);
    await heard.seen("notifications/tools/list_changed");
  });

  test("has a client's list wait for them otherwise, and tells of no change then", async () => {
    const { server, start } = await slow();
    const gateway = openGateway({ a: server });
    const connecting = connect(gateway);
    start.resolve();
    const { client, heard } = await connecting;
    const [{ description = "" } = {}] = (await client.listTools()).tools;
    expect(description).toContain("ping(input)");
    await gateway.ready;
    await exec(client, "await tools.mcp__a__ping()");
    expect(heard.lines.join()).not.toContain("tools/list_changed");
  });

  test("ends with them where it ends before they are known", async () => {
    const { server } = await slow();
    const gateway = openGateway({ a: server });
    await gateway[Symbol.asyncDispose]();
    await gateway.ready;
    const waiting = openGateway({}, { capabilities: new Promise(() => {}) });
    await waiting[Symbol.asyncDispose]();
    expect(await waiting.ready).toBeUndefined();
    expect(await waiting.cachedTools()).toBeUndefined();
  });
});

describe("a gateway", () => {
  test("fails where its config is none, and its clients are told", async () => {
    const config = { mcpServers: { a: {} as never } };
    const gateway = openGateway({}, { config });
    await expect(gateway.failed()).rejects.toMatchObject({ code: "ERR_MCP_CONFIG" });
    await expect(gateway.ready).rejects.toMatchObject({ code: "ERR_MCP_CONFIG" });
  });

  test("runs without a server that does not start, which programs are told", async () => {
    const events: string[] = [];
    const config = { mcpServers: { a: { command: "no-such-command" } } };
    const servers = { onEvent: ({ type }: { type: string }) => void events.push(type) };
    const gateway = openGateway({}, { config, servers });
    await gateway.ready;
    expect([gateway.toolCount, events]).toEqual([0, ["restarting"]]);
    expect(await gateway.cachedTools()).toBeUndefined();
  });

  test("gives its lasting session its id, and others one of their own", async () => {
    const gateway = openGateway({}, { sessionId: "mine" });
    const sessions = [
      gateway.openSession("lasting"),
      gateway.openSession(),
      gateway.openSession("own"),
    ];
    const [lasting, ...others] = sessions.map(({ id }) => id);
    expect(lasting).toBe("mine");
    expect(new Set(others).size).toBe(2);
    expect(others).not.toContain("mine");
  });

  test("keeps a record of what clients call and of what happens", async () => {
    const called: unknown[] = [];
    const happened: string[] = [];
    const sessions = new Set<Session>();
    const gateway = openGateway(
      { a: await serve() },
      {
        record: {
          called: (session, tool, input) => {
            sessions.add(session);
            called.push([tool, input]);
          },
          happened: (session, event) => {
            sessions.add(session);
            happened.push(event.type);
          },
        },
      },
    );
    const { client } = await connect(gateway);
    await exec(client, 'text("a")');
    expect(called).toEqual([["exec", { code: 'text("a")' }]]);
    expect(happened).toEqual(["started", "output", "ended"]);
    expect(sessions.size).toBe(1);
  });

  test("says of its tools to a model what its options say", async () => {
    const server = await serve();
    const gateway = openGateway({ a: server });
    await gateway.ready;
    expect(gateway.describeExec()).toContain("ping(input)");
    const silent = openGateway({ a: server }, { describeTools: "none" });
    await silent.ready;
    expect(silent.describeExec()).not.toContain("ping(input)");
    // Two tools for resources too.
    expect([gateway.toolCount, silent.toolCount]).toEqual([3, 3]);
  });

  test("has a session that was closed no longer", async () => {
    const server = await serve();
    const gateway = openGateway({ a: server });
    const session = gateway.openSession();
    await gateway.ready;
    expect(await session.exec("text(typeof tools.mcp__a__ping)")).toMatchObject({
      output: [{ text: "function" }],
    });
    await gateway.closeSession(session);
    await expect(session.exec("1")).rejects.toMatchObject({ code: "ERR_SESSION_CLOSED" });
  });
});
