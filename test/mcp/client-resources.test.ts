import { Client as ClientV2 } from "@modelcontextprotocol/client";
import { StdioClientTransport as StdioV2 } from "@modelcontextprotocol/client/stdio";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as StdioV1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterEach, describe, expect, test } from "vitest";
import { declareTools } from "../../src/index.js";
import { ResourceDirectory } from "../../src/mcp/client/resource-directory.js";
import { resourceTools } from "../../src/mcp/client/resource-tools.js";
import { type McpClient, type McpStdioServerConfig, mcpTools } from "../../src/mcp.js";
import { runToTexts } from "../support/cells.js";
import { fixtureServer, peerServer } from "../support/mcp.js";

const info = { name: "test", version: "1.0.0" };
const clients: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

function process({ command, args = [] }: McpStdioServerConfig) {
  return { command, args: [...args], stderr: "ignore" as const };
}

async function openV1(): Promise<ClientV1> {
  const client = new ClientV1(info);
  clients.push(client);
  await client.connect(new StdioV1(process(peerServer("one"))));
  return client;
}

async function openV2(): Promise<ClientV2> {
  const client = new ClientV2(info);
  clients.push(client);
  await client.connect(new StdioV2(process(peerServer("one"))));
  return client;
}

const reading = `
  const { resources, templates } = await tools.mcp__one__list_resources({});
  text(resources.map(({ server, uri }) => server + " " + uri).join());
  text(templates[0].uriTemplate);
  text(await tools.mcp__one__read_resource({ uri: "one://text" }));
  text(await tools.mcp__one__read_resource({ uri: "one://item/7" }));`;

const read = [
  "one shared://readme,one one://text,one one://image,one one://bytes",
  "one://item/{id}",
  '{"a":1}',
  "item 7",
];

describe("mcpTools with resources: true", () => {
  test.each([
    ["1", openV1],
    ["2", openV2],
  ])("lets cells read the resources behind a client of the SDK, version %s", async (_, open) => {
    const tools = await mcpTools(await open(), { server: "one", resources: true });
    expect(await runToTexts(reading, { tools })).toEqual(read);
  });

  test("calls the methods of a client that is no SDK's", async () => {
    const client = await openV2();
    const asked: string[] = [];
    const own: McpClient = {
      listTools: (...args) => client.listTools(...(args as [])),
      callTool: (call) => client.callTool(call),
      listResources: () => client.listResources(),
      listResourceTemplates: () => client.listResourceTemplates(),
      readResource: (params) => {
        asked.push(params.uri);
        return client.readResource(params);
      },
    };
    const tools = await mcpTools(own, { server: "one", resources: true });
    expect(await runToTexts(reading, { tools })).toEqual(read);
    expect(asked).toEqual(["one://text", "one://item/7"]);
  });

  test("calls them without a limit of time, and with the signal of the cell's call", async () => {
    const asked: (readonly unknown[])[] = [];
    const noting =
      (what: string) =>
      async (...given: readonly unknown[]) => {
        asked.push([what, ...given]);
        return {};
      };
    const own: McpClient = {
      listTools: async () => ({ tools: [] }),
      callTool: async () => ({}),
      listResources: noting("list"),
      listResourceTemplates: noting("templates"),
      readResource: noting("read"),
    };
    const tools = await mcpTools(own, { server: "one", resources: true });
    const source =
      'await tools.mcp__one__list_resources({}); await tools.mcp__one__read_resource({ uri: "a" });';
    expect(await runToTexts(source, { tools })).toEqual([]);
    const options = { timeout: 2 ** 31 - 1, signal: expect.any(AbortSignal) };
    expect(asked).toEqual([
      ["list", {}, options],
      ["templates", {}, options],
      ["read", { uri: "a" }, options],
    ]);
  });

  test("adds no tools where the server has no resources, and none without the option", async () => {
    const client = new ClientV2(info);
    clients.push(client);
    await client.connect(new StdioV2(process(fixtureServer())));
    const none = await mcpTools(client, { server: "one", resources: true });
    const unasked = await mcpTools(await openV2(), { server: "one" });
    for (const tools of [none, unasked]) {
      expect(tools.map(({ name }) => name)).not.toContain("read_resource");
    }
  });

  test("is refused for a client that cannot read resources", async () => {
    const client = { listTools: async () => ({ tools: [] }), callTool: async () => ({}) };
    await expect(mcpTools(client, { server: "one", resources: true })).rejects.toMatchObject({
      code: "ERR_INVALID_OPTION",
      message: expect.stringContaining("needs a client with the methods listResources"),
    });
  });

  test("checks what the tools are given", async () => {
    const tools = await mcpTools(failing(undefined, undefined), { server: "one", resources: true });
    const source = `
      for (const input of [{}, { uri: 1 }, { uri: "a", more: 1 }, null])
        await tools.mcp__one__read_resource(input).then(() => text("read"), () => text("refused"));
      for (const input of [{ server: 1 }, { more: 1 }])
        await tools.mcp__one__list_resources(input).then(() => text("listed"), () => text("refused"));
      for (const input of [{}, undefined])
        await tools.mcp__one__list_resources(input).then(() => text("listed"));
      await tools.mcp__one__read_resource({ uri: "a" }).then(() => text("read"));`;
    expect(await runToTexts(source, { tools })).toEqual([
      ...Array.from({ length: 6 }, () => "refused"),
      "listed",
      "listed",
      "read",
    ]);
  });

  test("declares what the tools take and give", async () => {
    const tools = await mcpTools(failing(undefined, undefined), { server: "one", resources: true });
    expect(declareTools(tools)).toMatchInlineSnapshot(`
      "declare const tools: {
        // namespace mcp/one
        /** Reads a resource of an MCP server, such as a resource_link in a result names. Gives a text as a string; an image or a sound as a block for image(), audio() or content(); anything else, and several parts, as { content: […] }. */
        mcp__one__read_resource(args: {
          uri: string; // The resource's URI.
        }): Promise<unknown>;
        /** Lists the resources of MCP servers, and the templates of URIs of more. */
        mcp__one__list_resources(args?: {
          server?: string; // Only those of this server. Default: of all.
        }): Promise<{
          resources: {
            server: string;
            uri: string;
            name: string;
            title?: string;
            description?: string;
            mimeType?: string;
            size?: number; // In bytes.
          }[];
          templates: {
            server: string;
            uriTemplate: string;
            name: string;
            title?: string;
            description?: string;
            mimeType?: string;
          }[];
          failed?: { server: string; reason: string }[];
        }>;
      };
      "
    `);
  });

  test("asks for approval by the tools' names", async () => {
    const approval = { read_resource: "deny", "*": "auto" } as const;
    const tools = await mcpTools(await openV2(), { server: "one", resources: true, approval });
    const source = `text((await tools.mcp__one__list_resources({})).resources.length);
      await tools.mcp__one__read_resource({ uri: "one://text" }).catch((e) => text(e.message));`;
    expect(await runToTexts(source, { tools })).toEqual([
      "4",
      'The tool "mcp__one__read_resource" was not called: the call is denied.',
    ]);
  });

  /** A client whose server's lists fail so. */
  function failing(resources: Error | undefined, templates: Error | undefined): McpClient {
    const list = (error: Error | undefined) => async () => {
      if (error) throw error;
      return {};
    };
    return {
      listTools: async () => ({ tools: [] }),
      callTool: async () => ({}),
      listResources: list(resources),
      listResourceTemplates: list(templates),
      readResource: async () => ({}),
    };
  }

  test.each([
    ["fails where the server cannot list its resources", new Error("no disk"), undefined],
    ["fails where the server cannot list its templates", undefined, new Error("no disk")],
  ])("list_resources %s", async (_what, resources, templates) => {
    const client = failing(resources, templates);
    const tools = await mcpTools(client, { server: "one", resources: true });
    const source = "await tools.mcp__one__list_resources({}).catch((e) => text(e.message));";
    expect(await runToTexts(source, { tools })).toEqual(["no disk"]);
  });

  test("list_resources has no resources of a server that does not know the lists", async () => {
    const unknown = Object.assign(new Error("Method not found"), { code: -32_601 });
    const tools = await mcpTools(failing(unknown, unknown), { server: "one", resources: true });
    const source = "text(await tools.mcp__one__list_resources({}));";
    expect(await runToTexts(source, { tools })).toEqual(['{"resources":[],"templates":[]}']);
  });

  test("list_resources names the servers where it is asked for another", async () => {
    const tools = await mcpTools(await openV2(), { server: "one", resources: true });
    const source =
      'await tools.mcp__one__list_resources({ server: "two" }).catch((e) => text(e.message));';
    expect(await runToTexts(source, { tools })).toEqual([
      'No server "two" has resources; those that have: "one".',
    ]);
  });
});

test("list_resources says which of several servers has failed, and fails where all have", async () => {
  const lists = async (method: string) =>
    method === "resources/list" ? { resources: [{ uri: "a://1", name: "one" }] } : {};
  const fails = async () => {
    throw new Error("no disk");
  };
  const directory = new ResourceDirectory();
  const capabilities = { resources: {} };
  const tools = Object.fromEntries(
    resourceTools(directory, { approval: undefined }).map((tool) => [tool.name, tool]),
  );
  directory.use([
    { name: "a", capabilities, request: lists },
    { name: "b", capabilities, request: fails },
  ]);
  const source = `text(await tools.list_resources({}));
    await tools.list_resources({ server: "b" }).catch((e) => text(e.message));`;
  expect(await runToTexts(source, { tools })).toEqual([
    '{"resources":[{"server":"a","uri":"a://1","name":"one"}],"templates":[],"failed":[{"server":"b","reason":"no disk"}]}',
    "no disk",
  ]);
  directory.use(["a", "b"].map((name) => ({ name, capabilities, request: fails })));
  const all = "await tools.list_resources({}).catch((e) => text(e.message));";
  expect(await runToTexts(all, { tools })).toEqual([
    "No server could list its resources: a: no disk; b: no disk",
  ]);
  const context = {
    sessionId: "s",
    cellId: "1",
    callId: "1",
    signal: new AbortController().signal,
  };
  for (const input of [null, undefined, {}]) {
    await expect(tools["list_resources"]?.execute(input, context)).rejects.toThrow("No server");
  }
  directory.use([]);
  expect(await runToTexts("text(await tools.list_resources({}));", { tools })).toEqual([
    '{"resources":[],"templates":[]}',
  ]);
});
