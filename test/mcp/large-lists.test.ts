import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { listPages } from "../../src/mcp/client/list-pages.js";
import {
  connectMcpServers,
  type McpServerConfig,
  type McpServers,
  type McpWarning,
} from "../../src/mcp.js";
import { listingServer, scriptedMcpServer } from "../support/mcp.js";

const opened: McpServers[] = [];
const listening: Server[] = [];
let warnings: McpWarning[] = [];

afterEach(async () => {
  warnings = [];
  await Promise.all(opened.splice(0).map((servers) => servers.close()));
  for (const server of listening.splice(0)) server.closeAllConnections();
});

/** The tools of a server and of a good one beside it. */
async function toolsOf(server: McpServerConfig): Promise<readonly string[]> {
  const servers = await connectMcpServers(
    { mcpServers: { large: server, good: listingServer([{ name: "good" }]) } },
    { onWarning: (warning) => warnings.push(warning) },
  );
  opened.push(servers);
  return servers.tools.map(({ name }) => name);
}

function messages(): readonly string[] {
  return warnings.map(({ message }) => message);
}

const properties = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`p${i}`, {}]));
const tools = Array.from({ length: 200 }, (_, i) => ({
  name: `tool_${i}`,
  inputSchema: { type: "object", properties },
}));

/** A server over HTTP that lists too many values, and writes ids last, as the official SDK does. */
async function httpServer(as: "json" | "events"): Promise<McpServerConfig> {
  const server = createServer(async (incoming, response) => {
    let body = "";
    for await (const part of incoming) body += part;
    const { id, method, params } = JSON.parse(body || "{}");
    if (id === undefined) {
      response.writeHead(incoming.method === "GET" ? 405 : 202).end();
      return;
    }
    const initialized = {
      protocolVersion: params?.protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: "large", version: "1.0.0" },
    };
    const result = method === "initialize" ? initialized : { tools };
    const json = JSON.stringify({ result, jsonrpc: "2.0", id });
    const type = as === "json" ? "application/json" : "text/event-stream";
    response.writeHead(200, { "content-type": type });
    response.end(as === "json" ? json : `: "\n\nevent: message\r\ndata: ${json}\r\n\r\n`);
  });
  listening.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp` };
}

describe("of a page of more than 120 000 values the first tools are kept:", () => {
  test.each<readonly [string, () => McpServerConfig | Promise<McpServerConfig>]>([
    [
      "over standard streams",
      () => scriptedMcpServer({ toolCount: 200, propertyCount: 300, pageCount: 1 }),
    ],
    ["over HTTP as JSON", () => httpServer("json")],
    ["over HTTP as events", () => httpServer("events")],
  ])("%s", async (_what, server) => {
    const names = await toolsOf(await server());
    // Each tool has 908 values.
    expect(names).toEqual([...Array.from({ length: 132 }, (_, i) => `tool_${i}`), "good"]);
    expect(messages()).toEqual([
      'MCP server "large": a page of its list is made of more than 120000 values, keys included, so the tools after the first 132 of it are left out.',
    ]);
  });

  test("and the pages after it are read", async () => {
    const server = scriptedMcpServer({ toolCount: 200, propertyCount: 300, pageCount: 2 });
    const names = await toolsOf(server);
    expect(names).toHaveLength(132 + 132 + 1);
    expect(names).toContain("tool_200");
  });
});

test("a list without end in its bytes is cut, and its server keeps the first tools", async () => {
  const server = scriptedMcpServer({
    toolCount: 100,
    descriptionLength: 100_000,
    pageCount: 900,
  });
  const names = await toolsOf(server);
  expect(names).toHaveLength(334 + 1);
  expect(messages()).toEqual([
    'MCP server "large": its list takes more than 32 MiB, so the tools after the first 334 are left out.',
  ]);
});

test("a list of resources without end in its bytes is cut", async () => {
  let pages = 0;
  const server = {
    name: "large",
    request: async () => {
      pages += 1;
      return { resources: [{ uri: "x".repeat(1024 * 1024) }], nextCursor: String(pages) };
    },
  };
  const what = { method: "resources/list", list: "resources", key: "uri" };
  expect(await listPages(server, what)).toHaveLength(7);
  expect(pages).toBe(8);
});

test("a single tool of too many values costs its server with an error that says so", async () => {
  const server = scriptedMcpServer({ toolCount: 1, propertyCount: 50_000 });
  await expect(toolsOf(server)).rejects.toThrow(
    /^MCP server "large" did not start: .*more than 120000 values, keys included/,
  );
});
