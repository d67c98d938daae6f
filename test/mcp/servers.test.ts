import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { createInterface } from "node:readline";
import { afterEach, expect, test } from "vitest";
import type { CodeModeError } from "../../src/base/errors.js";
import {
  type ConnectMcpOptions,
  connectMcpServers,
  type McpServerConfig,
  type McpServerEvent,
  type McpServers,
} from "../../src/mcp.js";
import type { ToolContext } from "../../src/tools/tool-definition.js";
import { endWithTest } from "../support/children.js";
import { fixtureServer, isRunning, LineWatch, peerServer, registryServer } from "../support/mcp.js";

const opened: McpServers[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((servers) => servers.close()));
});

async function connect(
  mcpServers: Record<string, McpServerConfig>,
  options?: ConnectMcpOptions,
): Promise<McpServers> {
  const servers = await connectMcpServers({ mcpServers }, options);
  opened.push(servers);
  return servers;
}

async function startProblem(
  server: McpServerConfig,
  options?: ConnectMcpOptions,
): Promise<CodeModeError> {
  return (await connect({ broken: server, fine: fixtureServer() }, options).then(
    () => expect.unreachable("it should not have started"),
    (error: unknown) => error,
  )) as CodeModeError;
}

function call(servers: McpServers, name: string, input: unknown = {}, signal?: AbortSignal) {
  const tool = servers.tools.find((candidate) => candidate.name === name);
  const context: ToolContext = {
    sessionId: "s",
    cellId: "1",
    callId: "1",
    signal: signal ?? new AbortController().signal,
  };
  return Promise.resolve(tool?.execute(input, context));
}

test("all servers run at once and their tools carry the server's namespace", async () => {
  const events: McpServerEvent[] = [];
  const servers = await connect(
    {
      a: fixtureServer(),
      b: fixtureServer("paged"),
      c: { ...fixtureServer("exit"), disabled: true },
    },
    { onEvent: (event) => events.push(event) },
  );
  expect(servers.servers.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(servers.servers[0]?.instructions).toBe("Only for tests.");
  expect(new Set(servers.tools.map(({ namespace }) => namespace))).toEqual(
    new Set(["mcp/a", "mcp/b"]),
  );
  expect(events.map(({ type, server }) => `${type} ${server}`).sort()).toEqual([
    "started a",
    "started b",
  ]);
});

test("a list of tools in pages is read to its end", async () => {
  const servers = await connect({ paged: fixtureServer("paged") });
  expect(servers.tools.map(({ name }) => name)).toEqual(["page_0", "page_1", "page_2"]);
});

test("no servers give no tools, and neither do those that are disabled, which are not started", async () => {
  const none = { command: "no-such-command" };
  for (const config of [{}, { none: { ...none, disabled: true } }]) {
    const servers = await connect(config);
    expect([servers.tools, servers.servers]).toEqual([[], []]);
  }
  await expect(connect({ none: { ...none, disabled: false } })).rejects.toThrow("did not start");
});

test.each([
  [{ approval: "yes" }, 'The option "approval" must be'],
  [{ results: "all" }, 'The option "results" must be'],
])("the options %j are refused before a server is started", async (options, message) => {
  const given = options as unknown as ConnectMcpOptions;
  await expect(connect({ none: { command: "no-such-command" } }, given)).rejects.toMatchObject({
    code: "ERR_INVALID_OPTION",
    message: expect.stringContaining(message),
  });
});

test("a command that is not there is named", async () => {
  const error = await startProblem({ command: "no-such-command" });
  expect(error.code).toBe("ERR_MCP_SERVER");
  expect(error.message).toMatch(
    /^MCP server "broken" did not start: command not found: no-such-command/,
  );
});

test("a working directory that is not there is named", async () => {
  const error = await startProblem({ ...fixtureServer(), cwd: "/no/such/place" });
  expect(error.message).toBe(
    'MCP server "broken" did not start: its "cwd" is not a directory: /no/such/place',
  );
});

test("a server that exits at once is told with its code and its last lines", async () => {
  const error = await startProblem(fixtureServer("exit"));
  expect(error.message).toBe(
    'MCP server "broken" did not start: it exited with code 1. Its last lines:\n  cannot find my database',
  );
});

test("lines on standard output that are no messages are shown too", async () => {
  const error = await startProblem(fixtureServer("usage"));
  expect(error.message).toContain("code 2. Its last lines:\n  usage: mcp-server DIRECTORY");
});

test("a server that does not answer in time is ended", async () => {
  const slow = { command: "sh", args: ["-c", "echo thinking >&2; exec sleep 1000"] };
  await expect(connect({ slow }, { startTimeoutMs: 1_000 })).rejects.toThrow(
    'MCP server "slow" did not start: no answer within 1 s. Its last lines:\n  thinking',
  );
});

test("an aborted start rejects with the signal's reason", async () => {
  const watch = new LineWatch();
  const controller = new AbortController();
  const starting = connect(
    { mute: fixtureServer("mute") },
    { signal: controller.signal, onStderr: (_server, line) => watch.push(line) },
  );
  await watch.seen("thinking");
  controller.abort(new Error("enough"));
  await expect(starting).rejects.toThrow("enough");
});

test("a server that dies fails its calls, open and later, with its name and last lines", async () => {
  const events: McpServerEvent[] = [];
  const watch = new LineWatch();
  const servers = await connect(
    { shaky: fixtureServer() },
    { onEvent: (event) => events.push(event), onStderr: (_server, line) => watch.push(line) },
  );
  const open = call(servers, "hang");
  await watch.seen("hanging");
  const death =
    'MCP server "shaky" has died: it exited with code 3. Its last lines:\n  ready\n  hanging\n  about to fail\n  out of luck';
  await expect(call(servers, "die")).rejects.toThrow(death);
  await expect(open).rejects.toThrow(death);
  await expect(call(servers, "text")).rejects.toThrow(death);
  expect(events.at(-1)).toMatchObject({ type: "died", server: "shaky", error: { message: death } });
});

test("aborting a call cancels the request at the server", async () => {
  const watch = new LineWatch();
  const servers = await connect(
    { a: fixtureServer() },
    { onStderr: (_server, line) => watch.push(line) },
  );
  const controller = new AbortController();
  const hanging = call(servers, "hang", {}, controller.signal);
  await watch.seen("hanging");
  controller.abort(new Error("the cell has ended"));
  await expect(hanging).rejects.toThrow();
  await watch.seen("cancelled");
});

test("a call that takes too long is given up where that is asked for", async () => {
  const servers = await connect({ a: fixtureServer() }, { callTimeoutMs: 200 });
  await expect(call(servers, "hang")).rejects.toThrow(/MCP server "a": .*timed out/i);
});

test("closing ends the processes, those that do not want to end and their children too", async () => {
  const servers = await connect({ calm: fixtureServer(), stubborn: fixtureServer("stubborn") });
  const pids = await Promise.all(
    servers.tools
      .filter(({ name }) => name === "process_id" || name === "leave_child")
      .map((tool) => call({ ...servers, tools: [tool] } as McpServers, tool.name)),
  );
  expect(pids.map((pid) => isRunning(Number(pid)))).toEqual([true, true, true, true]);
  await servers.close();
  const left = () => pids.filter((pid) => isRunning(Number(pid)));
  await expect.poll(left, { timeout: 20_000 }).toEqual([]);
  await expect(call(servers, "text")).rejects.toThrow("calm");
});

test("a server that is closed is not told to have died, and its tools are the same until then", async () => {
  const events: string[] = [];
  const servers = await connect(
    { a: fixtureServer() },
    { onEvent: ({ type }) => events.push(type) },
  );
  const { tools } = servers;
  expect(servers.tools).toHaveLength(tools.length);
  expect(servers.tools.every((tool, index) => tool === tools[index])).toBe(true);
  expect(servers.servers[0]?.tools.every((tool, index) => tool === tools[index])).toBe(true);
  await servers.close();
  expect(events).toEqual(["started"]);
});

test("a server gets the usual few variables and its own, and its directory", async () => {
  process.env["CODECELL_TEST_SECRET"] = "1";
  const servers = await connect({ a: { ...fixtureServer(), env: { EXTRA: "yes" }, cwd: "/" } });
  const environment = await call(servers, "environment");
  expect(environment).toMatchObject({ EXTRA: "yes", PATH: process.env["PATH"] });
  expect(environment).not.toHaveProperty("CODECELL_TEST_SECRET");
  expect(await call(servers, "directory")).toBe("/");
});

test("a message of many megabytes arrives", async () => {
  const servers = await connect({ a: fixtureServer() });
  expect(await call(servers, "big")).toHaveLength(20_000_000);
});

test.each([
  { mode: "streamableHttp", ready: "listening on port", path: "/mcp", type: "http" },
  { mode: "sse", ready: "running on port", path: "/sse", type: "sse" },
] as const)("a server that runs already is reached over HTTP: $mode", async (way) => {
  const server = registryServer("everything", way.mode);
  const port = await freePort();
  const child = endWithTest(
    spawn(server.command, [...(server.args ?? [])], {
      env: { ...process.env, PORT: String(port) },
      stdio: ["ignore", "ignore", "pipe"],
    }),
  );
  const watch = new LineWatch();
  createInterface({ input: child.stderr }).on("line", watch.push);
  await watch.seen(way.ready);
  const url = `http://127.0.0.1:${port}${way.path}`;
  const servers = await connect({ web: { url, type: way.type } });
  expect(await call(servers, "get-sum", { a: 1, b: 2 })).toBe("The sum of 1 and 2 is 3.");
  await servers.close();
});

test("if no server listens at an address, the error names the server and the problem", async () => {
  const error = await startProblem({ url: `http://127.0.0.1:${await freePort()}/mcp` });
  expect(error.message).toMatch(/^MCP server "broken" did not start: .*ECONNREFUSED/);
});

/** A port without a listener. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

test("a call of a tool that runs as a task cancels the task where it is aborted", async () => {
  const stderr = new LineWatch();
  const options = { onStderr: (_server: string, line: string) => stderr.push(line) };
  const servers = await connect({ peer: peerServer("peer") }, options);
  const stop = new AbortController();
  const calling = call(servers, "task", {}, stop.signal);
  await stderr.seen("task awaited");
  stop.abort(new Error("no longer wanted"));
  await expect(calling).rejects.toThrow("no longer wanted");
  await stderr.seen("task 7 cancelled");
});
