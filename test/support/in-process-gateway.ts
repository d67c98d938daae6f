import { Client, type ClientCapabilities } from "@modelcontextprotocol/client";
import { InMemoryTransport } from "@modelcontextprotocol/server";
import { Gateway } from "../../src/mcp/gateway/gateway.js";
import type { GatewayOptions } from "../../src/mcp/gateway/gateway-options.js";
import type { McpConfig } from "../../src/mcp.js";
import { type HttpMcpAnswer, HttpMcpServer } from "./http-mcp-server.js";
import { LineWatch } from "./mcp.js";

// A gateway and its clients in this process, in front of servers over HTTP whose answers a test gives.

const opened: AsyncDisposable[] = [];

/** Ends what was opened here, for the end of each test. */
export async function closeOpened(): Promise<void> {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
}

/** What servers can. */
export const everything = {
  tools: { listChanged: true },
  prompts: { listChanged: true },
  resources: { listChanged: true, subscribe: true },
  completions: {},
  logging: {},
};

/** A server with these capabilities, and answers of its own for some methods. */
export async function serve(
  answers: Readonly<Record<string, object | HttpMcpAnswer>> = {},
  capabilities: object = everything,
): Promise<HttpMcpServer> {
  const server = await HttpMcpServer.open((request, response) => {
    const { method = "", params } = request;
    const answer = answers[method];
    if (typeof answer === "function") return answer(request, response);
    if (answer !== undefined || method !== "initialize") return answer;
    const serverInfo = { name: "http", version: "1.0.0" };
    return { protocolVersion: params["protocolVersion"], capabilities, serverInfo };
  });
  opened.push(server);
  return server;
}

export function openGateway(
  servers: Readonly<Record<string, HttpMcpServer>>,
  options: Partial<GatewayOptions> = {},
): Gateway {
  const mcpServers: McpConfig["mcpServers"] = Object.fromEntries(
    Object.entries(servers).map(([name, { url }]) => [name, { url }]),
  );
  const gateway = new Gateway({
    config: { mcpServers },
    cells: {},
    description: "short",
    describeTools: "all",
    servers: {},
    capabilities: Promise.resolve({}),
    hasOneClient: true,
    onProblem: (error) => {
      throw error;
    },
    ...options,
  });
  opened.push(gateway);
  return gateway;
}

/** A client of the gateway, and what it hears. */
export async function connect(
  gateway: Gateway,
  capabilities: ClientCapabilities = {},
): Promise<{ client: Client; heard: LineWatch }> {
  const heard = new LineWatch();
  const client = new Client({ name: "test", version: "1" }, { capabilities });
  client.fallbackNotificationHandler = async ({ method, params }) =>
    heard.push(`${method} ${JSON.stringify(params ?? {})}`);
  const server = await gateway.createServer(gateway.openSession(), "connection");
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(theirs), client.connect(ours)]);
  return { client, heard };
}

/** What a server was asked by a method, without envelopes. */
export function askedOf({ requests }: HttpMcpServer, method: string): readonly object[] {
  return requests
    .filter((request) => request.method === method)
    .map(({ params: { _meta, ...params } }) => params);
}
