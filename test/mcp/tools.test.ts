import { Client as ClientV2 } from "@modelcontextprotocol/client";
import { StdioClientTransport as StdioV2 } from "@modelcontextprotocol/client/stdio";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as StdioV1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { expect, test } from "vitest";
import { type McpClient, mcpTools } from "../../src/mcp.js";
import type { NamedTool } from "../../src/tools/tool-definition.js";
import { fixtureServer } from "../support/mcp.js";

const parameters = { ...fixtureServer(), args: [...(fixtureServer().args ?? [])] };
const info = { name: "test", version: "1.0.0" };

function call(tools: readonly NamedTool[], name: string, signal = new AbortController().signal) {
  const context = { sessionId: "s", cellId: "1", callId: "1", signal };
  const tool = tools.find((candidate) => candidate.name === name);
  return Promise.resolve(tool?.execute(null, context));
}

async function openV1(): Promise<ClientV1> {
  const client = new ClientV1(info);
  await client.connect(
    new StdioV1({ command: parameters.command, args: parameters.args, stderr: "ignore" }),
  );
  return client;
}

async function openV2(): Promise<ClientV2> {
  const client = new ClientV2(info);
  await client.connect(
    new StdioV2({ command: parameters.command, args: parameters.args, stderr: "ignore" }),
  );
  return client;
}

test.each([
  ["1", openV1],
  ["2", openV2],
])("a client of the official SDK, version %s, gives its tools", async (_version, open) => {
  const client = await open();
  try {
    const tools = await mcpTools(client, { server: "fixture" });
    expect(tools[0]).toMatchObject({
      name: "text",
      namespace: "mcp/fixture",
      namespaceDescription: "Only for tests.",
      description: "Tests text.",
      inputSchema: { type: "object", properties: {} },
      resultType: "mcp",
    });
    expect(await call(tools, "text")).toBe("plain");
    expect(await call(tools, "structured")).toEqual({ a: 1 });
    await expect(call(tools, "error")).rejects.toThrow("it broke\nbadly");
    const controller = new AbortController();
    const hanging = call(tools, "hang", controller.signal);
    controller.abort(new Error("the cell has ended"));
    await expect(hanging).rejects.toThrow();
  } finally {
    await client.close();
  }
});

test.each([
  ["1", () => new ClientV1(info)],
  ["2", () => new ClientV2(info)],
])(
  "what has been put in the place of a method of the SDK's client, version %s, is called",
  async (_, make) => {
    const client: McpClient = Object.assign(make() as McpClient, {
      listTools: async () => ({ tools: [{ name: "a" }] }),
      callTool: async ({ name }: { readonly name: string }) => ({
        content: [{ type: "text", text: `called ${name}` }],
      }),
    });
    const tools = await mcpTools(client, { server: "mine" });
    expect(await call(tools, "a")).toBe("called a");
  },
);

test("anything that lists and calls tools will do, in pages too", async () => {
  const calls: unknown[] = [];
  const client: McpClient = {
    listTools: async (params) =>
      params?.cursor === "2"
        ? { tools: [{ name: "b" }] }
        : { tools: [{ name: "a" }], nextCursor: "2" },
    callTool: async (...args) => {
      calls.push(args);
      return { content: [{ type: "text", text: "done" }] };
    },
  };
  const tools = await mcpTools(client, { server: "mine", callTimeoutMs: 5 });
  expect(tools.map(({ name }) => name)).toEqual(["a", "b"]);
  const { signal } = new AbortController();
  expect(await call(tools, "b", signal)).toBe("done");
  expect(calls).toEqual([[{ name: "b", arguments: {} }, undefined, { signal, timeout: 5 }]]);
});

test("results come as the server sent them where that is wanted, errors too", async () => {
  const client: McpClient = {
    listTools: async () => ({ tools: [{ name: "a" }, { name: "b" }] }),
    callTool: async ({ name }) => ({
      content: [{ type: "text", text: "[1]" }],
      isError: name === "b",
    }),
  };
  const tools = await mcpTools(client, { server: "mine", results: "raw" });
  expect(tools.map(({ resultType }) => resultType)).toEqual(["mcpResult", "mcpResult"]);
  const content = [{ type: "text", text: "[1]" }];
  expect(await call(tools, "a")).toEqual({ content, isError: false });
  expect(await call(tools, "b")).toEqual({ content, isError: true });
  await expect(mcpTools(client, { server: "mine", results: "all" as never })).rejects.toThrow(
    'The option "results" must be "value" or "raw"; got a string "all".',
  );
});

test("a list that repeats its cursor, and one that is none, are refused", async () => {
  const callTool = async () => ({});
  const endless: McpClient = { callTool, listTools: async () => ({ tools: [], nextCursor: "x" }) };
  await expect(mcpTools(endless, { server: "mine" })).rejects.toThrow(
    'MCP server "mine" never ends its list of tools: it repeats the cursor "x"',
  );
  const none: McpClient = { callTool, listTools: async () => ({}) };
  await expect(mcpTools(none, { server: "mine" })).rejects.toMatchObject({
    code: "ERR_MCP_SERVER",
  });
});
