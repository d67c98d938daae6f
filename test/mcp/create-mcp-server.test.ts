import { setImmediate as nextTurn } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/client";
import { InMemoryTransport, type Server } from "@modelcontextprotocol/server";
import { afterAll, describe, expect, test } from "vitest";
import { packageVersion } from "../../src/base/package-version.js";
import { createCodeMode } from "../../src/index.js";
import { serveTools } from "../../src/mcp/server/serve-tools.js";
import { createMcpServer, type McpServerOptions } from "../../src/mcp.js";
import { Held } from "../support/cells.js";
import { cellIdOf, exec, textsOf, wait } from "../support/gateway.js";

const codeMode = createCodeMode({ tools: { greet: { execute: (name) => `hello ${name}` } } });
afterAll(() => codeMode.close());

/** A client of the server, in this process. */
async function connect(server: Server): Promise<Client> {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  const client = new Client({ name: "test", version: "1" });
  await Promise.all([server.connect(theirs), client.connect(ours)]);
  return client;
}

async function clientOf(options?: McpServerOptions): Promise<Client> {
  return connect(await createMcpServer(codeMode.openSession(), options));
}

describe("a server of a session", () => {
  test("says who it is and how it is used, and that its tools may change", async () => {
    const client = await clientOf();
    expect(client.getServerVersion()).toMatchObject({
      name: "codecell",
      version: packageVersion(),
    });
    expect(client.getInstructions()).toMatch(/^exec runs a JavaScript program .*wait gives more/);
    expect(client.getServerCapabilities()).toEqual({ tools: { listChanged: true }, logging: {} });
    const own = { name: "mine", version: "7.0", instructions: "Ask me." };
    const named = await clientOf(own);
    expect(named.getServerVersion()).toMatchObject({ name: "mine", version: "7.0" });
    expect(named.getInstructions()).toBe("Ask me.");
  });

  test("offers exec and wait, and runs what is asked of them", async () => {
    const client = await clientOf({ describeTools: "none" });
    const { tools } = await client.listTools();
    expect(tools).toMatchObject([
      {
        name: "exec",
        title: "Run JavaScript",
        description: expect.not.stringContaining("greet"),
        inputSchema: { type: "object", required: ["code"] },
        _meta: { "anthropic/alwaysLoad": true },
      },
      { name: "wait", title: "Wait for a program", inputSchema: { required: ["cell_id"] } },
    ]);
    const program = 'text("one"); yield_control(); text(await tools.greet("you"));';
    const first = await exec(client, program);
    expect(textsOf(first)).toEqual(["one"]);
    expect(textsOf(await wait(client, cellIdOf(first)))).toEqual(["hello you"]);
    await expect(client.callTool({ name: "run" })).rejects.toMatchObject({
      code: -32_602,
      message: expect.stringContaining('There is no tool "run"; there are exec and wait.'),
    });
  });

  test("describes the tools in short, or as its options say", async () => {
    const descriptionOf = async (options: McpServerOptions): Promise<string> =>
      (await (await clientOf(options)).listTools()).tools[0]?.description ?? "";
    const [short, full] = [await descriptionOf({}), await descriptionOf({ description: "full" })];
    expect(short).toContain("greet");
    expect(short).toBe(await descriptionOf({ description: "short" }));
    expect(full.length).toBeGreaterThan(short.length);
  });

  test("lists nothing and calls nothing before it is ready", async () => {
    const ready = new Held();
    const client = await clientOf({ ready: ready.promise });
    const happened: string[] = [];
    const asked = [
      client.listTools().then(() => happened.push("listed")),
      exec(client, "text(1)").then(() => happened.push("called")),
    ];
    // It has taken the requests before that and answers this one.
    await client.ping();
    await nextTurn();
    expect(happened).toEqual([]);
    ready.resolve();
    await Promise.all(asked);
    expect(happened.sort()).toEqual(["called", "listed"]);
  });

  test.each<readonly [unknown, string]>([
    [null, '"the options of createMcpServer" must be an object; got null.'],
    [{ title: "" }, 'There is no option "title" in the options of createMcpServer'],
    [{ name: 7 }, '"name" must be a string; got the number 7.'],
    [{ version: null }, '"version" must be a string; got null.'],
    [{ instructions: [] }, '"instructions" must be a string'],
    [{ description: "long" }, '"description" must be'],
  ])("is not made with the options %j", async (options, message) => {
    const made = createMcpServer(codeMode.openSession(), options as McpServerOptions);
    await expect(made).rejects.toMatchObject({
      code: "ERR_INVALID_OPTION",
      message: expect.stringContaining(message),
    });
  });
});

test("a server's lists may wait for something else than its calls, and each call is told as it came", async () => {
  const { Server } = await import("@modelcontextprotocol/server");
  const server = new Server({ name: "a", version: "1" }, { capabilities: { tools: {} } });
  const [ready, told] = [new Held(), [] as unknown[]];
  await serveTools(server, codeMode.openSession(), {
    ready: ready.promise,
    listed: Promise.resolve(),
    onCall: (tool, input) => told.push([tool, input]),
  });
  const client = await connect(server);
  const called = exec(client, "text(1)");
  expect((await client.listTools()).tools).toHaveLength(2);
  expect(told).toEqual([]);
  ready.resolve();
  await called;
  expect(told).toEqual([["exec", { code: "text(1)" }]]);
});
