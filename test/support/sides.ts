import {
  type CallToolResult,
  Client,
  type Progress,
  type RequestOptions,
} from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { asItCame } from "../../src/mcp/as-it-came.js";
import { type McpStdioServerConfig, mcpResultValue } from "../../src/mcp.js";
import type { Era } from "./gateway.js";
import { LineWatch } from "./mcp.js";
import { progressOf } from "./progress.js";

// A server that is spoken to directly and through `codecell mcp`, to compare what its client gets.

export type Call = (tool: string, input: object, asksForProgress?: boolean) => Promise<unknown>;

/** A client of either, and what it was told and asked. */
export interface Side {
  readonly client: Client;
  readonly call: Call;
  readonly asked: { readonly method: string; readonly params: unknown }[];
  readonly heard: LineWatch;
  readonly progress: readonly Progress[];
}

/** The way to a server without `codecell mcp`. */
export function directTransport({
  command,
  args = [],
}: McpStdioServerConfig): StdioClientTransport {
  return new StdioClientTransport({ command, args: [...args], stderr: "ignore" });
}

/** Connects a client that answers everything it is asked. */
export async function openSide(
  era: Era,
  transport: StdioClientTransport,
  call: (client: Client) => Call = callThrough,
): Promise<Side> {
  const asked: Side["asked"] = [];
  const heard = new LineWatch();
  const changed = (what: string) => ({
    autoRefresh: false as const,
    debounceMs: 0,
    onChanged: () => heard.push(`${what}/list_changed`),
  });
  const client = new Client(
    { name: "test", version: "1.0.0" },
    {
      capabilities: {
        elicitation: { form: {}, url: {} },
        sampling: {},
        roots: { listChanged: true },
      },
      versionNegotiation: { mode: era === "legacy" ? "legacy" : "auto" },
      listChanged: {
        tools: changed("tools"),
        prompts: changed("prompts"),
        resources: changed("resources"),
      },
    },
  );
  client.setRequestHandler("elicitation/create", async ({ method, params }) => {
    asked.push({ method, params: paramsOf(params) });
    if (params.mode === "url") return { action: "accept" };
    return { action: "accept", content: { name: "Ann", check: true, interpretation: "technical" } };
  });
  client.setRequestHandler("sampling/createMessage", async ({ method, params }) => {
    asked.push({ method, params: withoutMeta(params) });
    return { role: "assistant", model: "model", content: { type: "text", text: "sampled" } };
  });
  client.setRequestHandler("roots/list", async ({ method, params = {} }) => {
    asked.push({ method, params: paramsOf(params) });
    return { roots: [{ uri: "file:///srv/data", name: "data" }] };
  });
  client.setNotificationHandler("notifications/message", ({ params }) => {
    heard.push(`${params.logger}: ${params.data}`);
  });
  client.setNotificationHandler("notifications/resources/updated", ({ params }) => {
    heard.push(`resources/updated ${params.uri}`);
  });
  const progress = progressOf(transport);
  await client.connect(transport);
  return {
    client,
    call: call(client),
    asked,
    heard,
    progress,
  };
}

/** As a client does that knows of tasks. */
export async function callTask(client: Client, name: string, input: object): Promise<unknown> {
  const begun = await client.request(
    { method: "tools/call", params: { name, arguments: { ...input }, task: {} } },
    asItCame,
  );
  const { taskId } = begun["task"] as { taskId: string };
  return mcpResultValue(
    await client.request({ method: "tasks/result", params: { taskId } }, asItCame),
  );
}

export function callDirectly(client: Client): Call {
  return async (name, input, asksForProgress) => {
    const call = { name, arguments: { ...input } };
    return mcpResultValue(await client.callTool(call, optionsOf(asksForProgress)));
  };
}

/** By a program, which hands out the value that it gets. */
export function callThrough(client: Client, server = "everything"): Call {
  return async (tool, input, asksForProgress) => {
    const name = `mcp__${server}__${tool.replaceAll("-", "_")}`;
    const code = `text(JSON.stringify(await tools.${name}(${JSON.stringify(input)})))`;
    const { content, isError } = (await client.callTool(
      { name: "exec", arguments: { code } },
      optionsOf(asksForProgress),
    )) as CallToolResult;
    const [, block] = content;
    const text = block?.type === "text" ? block.text : "";
    if (isError) throw new Error(text);
    return JSON.parse(text);
  };
}

/** A client asks for progress by having somebody who listens; `Side.progress` has what came. */
function optionsOf(asksForProgress = false): RequestOptions | undefined {
  return asksForProgress ? { onprogress: () => undefined } : undefined;
}

/** Without ids that each elicitation has of its own, or has not since 2026-07-28. */
export function paramsOf(params: object | undefined): object {
  const { elicitationId, ...rest } = withoutMeta(params ?? {}) as Record<string, unknown>;
  return rest;
}

export function withoutIds(text: unknown): string {
  return String(text).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID");
}

export function withoutMeta(value: object): object {
  const { _meta, ttlMs, cacheScope, ...rest } = value as Record<string, unknown>;
  return rest;
}
