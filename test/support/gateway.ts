import { join } from "node:path";
import {
  type CallToolResult,
  Client,
  type ClientOptions,
  type Progress,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterEach } from "vitest";
import { type RunningCli, startCli, withoutCaches } from "./cli.js";
import { LineWatch, root } from "./mcp.js";
import { progressOf } from "./progress.js";

/** Which protocol a client speaks: with sessions, until 2025-11-25, or without, since 2026-07-28. */
export type Era = "legacy" | "modern";
export const eras: readonly Era[] = ["legacy", "modern"];

const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((client) => client.close()));
});

function newClient(era: Era, options: ClientOptions = {}): Client {
  const mode = era === "legacy" ? era : "auto";
  const client = new Client(
    { name: "test", version: "1.0.0" },
    { ...options, versionNegotiation: { mode } },
  );
  opened.push(client);
  return client;
}

export interface StdioConnection {
  readonly client: Client;
  readonly stderr: LineWatch;
  readonly progress: readonly Progress[];
  /** Of the process. */
  readonly pid: number;
}

/**
 * `codecell mcp` as a client's own process, and the client; both end with the test.
 *
 * @param env - Added to this process's own.
 */
export async function connectOverStdio(
  era: Era,
  args: readonly string[],
  options?: ClientOptions,
  env: Readonly<Record<string, string>> = {},
): Promise<StdioConnection> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [join(root, "dist/cli/main.js"), "mcp", ...args],
    env: { ...ownEnvironment(), ...env },
    stderr: "pipe",
  });
  const stderr = new LineWatch();
  let rest = "";
  transport.stderr?.on("data", (chunk: Buffer) => {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(stderr.push);
  });
  const client = newClient(era, options);
  const progress = progressOf(transport);
  await client.connect(transport);
  return { client, stderr, progress, pid: transport.pid ?? 0 };
}

/** The way to a `codecell mcp` of one's own, for a client that is made by hand. */
export function gatewayTransport(args: readonly string[]): StdioClientTransport {
  return new StdioClientTransport({
    command: process.execPath,
    args: [join(root, "dist/cli/main.js"), "mcp", ...args],
    env: ownEnvironment(),
    stderr: "ignore",
  });
}

/** All of this process's variables, of which the SDK's transport passes few on: the addon's among them. */
export function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ ...process.env, ...withoutCaches }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

/** `codecell mcp` that listens at a free port of this machine. */
export async function startHttpGateway(
  args: readonly string[],
  address = "http://127.0.0.1:0",
  lasts: "test" | "file" = "test",
): Promise<RunningCli & { readonly url: string }> {
  const cli = startCli(["mcp", "--listen", address, ...args], undefined, {}, lasts);
  await cli.watch.seen("http://");
  const url = /http:\S+/.exec(cli.watch.lines.find((line) => line.includes("http://")) ?? "")?.[0];
  return { ...cli, url: url ?? "" };
}

export async function connectOverHttp(
  era: Era,
  url: string,
  options?: ClientOptions & { readonly headers?: Record<string, string> },
): Promise<Client> {
  const client = newClient(era, options);
  const { headers = {} } = options ?? {};
  await client.connect(
    new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }),
  );
  return client;
}

/** Calls exec. */
export function exec(
  client: Client,
  code: string,
  options?: Parameters<Client["callTool"]>[1],
): Promise<CallToolResult> {
  return client.callTool({ name: "exec", arguments: { code } }, options) as Promise<CallToolResult>;
}

/** Calls wait. */
export function wait(
  client: Client,
  cellId: string,
  args: Readonly<Record<string, unknown>> = {},
): Promise<CallToolResult> {
  const call = { name: "wait", arguments: { cell_id: cellId, ...args } };
  return client.callTool(call) as Promise<CallToolResult>;
}

/** The texts of a result without the status line. */
export function textsOf({ content }: CallToolResult): readonly string[] {
  return content.slice(1).map((block) => (block.type === "text" ? block.text : block.type));
}

/** The id of the cell that a result says is running. */
export function cellIdOf({ content: [status] }: CallToolResult): string {
  const text = status?.type === "text" ? status.text : "";
  return /cell ID (\S+)/.exec(text)?.[1] ?? `none in: ${text}`;
}
