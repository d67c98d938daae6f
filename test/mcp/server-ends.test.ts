import { afterEach, describe, expect, test } from "vitest";
import { ServerProcess } from "../../src/mcp/client/server-process.js";
import {
  type ConnectMcpOptions,
  connectMcpServers,
  type McpServerEvent,
  type McpServers,
} from "../../src/mcp.js";
import { Held } from "../support/cells.js";
import { isRunning, LineWatch, listingServer } from "../support/mcp.js";

const opened: McpServers[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((servers) => servers.close()));
});

const calls = { die: { exit: 3 }, mute: { answers: false } };
const tools = ["die", "mute", "fine"].map((name) => ({ name }));

/** A server as a process, whose tools end it, do not answer, and answer. */
async function connect(options: ConnectMcpOptions = {}) {
  const events: McpServerEvent[] = [];
  const watch = new LineWatch();
  const servers = await connectMcpServers(
    { mcpServers: { s: listingServer(tools, { calls }) } },
    {
      onEvent: (event) => {
        events.push(event);
        watch.push(event.type);
      },
      ...options,
    },
  );
  opened.push(servers);
  const call = async (name: string): Promise<unknown> => {
    const { signal } = new AbortController();
    const context = { sessionId: "s", cellId: "1", callId: "1", signal };
    return await servers.tools.find((tool) => tool.name === name)?.execute({}, context);
  };
  return { servers, events, watch, call, types: () => events.map(({ type }) => type) };
}

const death = 'MCP server "s" has died: it exited with code 3 (it printed nothing)';

describe("a server that ends by itself", () => {
  test("is told to have died, once, and fails its calls with that", async () => {
    const { call, events, types } = await connect();
    const open = call("mute");
    await Promise.all([
      expect(call("die")).rejects.toThrow(death),
      expect(open).rejects.toThrow(death),
    ]);
    await expect(call("fine")).rejects.toMatchObject({ code: "ERR_MCP_SERVER", message: death });
    expect(types()).toEqual(["started", "died"]);
    expect(events[1]).toMatchObject({ server: "s", error: { message: death } });
  });

  test("is started again where that is wanted, and is not told to have died", async () => {
    const { call, watch, types, events } = await connect({ restart: { delayMs: 1 } });
    await expect(call("die")).rejects.toThrow(death);
    while (types().length < 3) await watch.next();
    expect(types()).toEqual(["started", "restarting", "started"]);
    expect(events[1]).toMatchObject({ server: "s", delayMs: 1, error: { message: death } });
    expect(await call("fine")).toEqual({ name: "fine", arguments: {} });
  });
});

test("a server that is closed while it is called fails the call, and is not told to have died", async () => {
  const { servers, call, types } = await connect({ restart: true });
  const open = call("mute");
  open.catch(() => undefined);
  await call("fine");
  await servers.close();
  await expect(open).rejects.toThrow('MCP server "s"');
  expect(types()).toEqual(["started"]);
});

test("a server that does not answer a call in time is there as before", async () => {
  const { servers, call, types } = await connect({ callTimeoutMs: 20, restart: true });
  await expect(call("mute")).rejects.toThrow(/^MCP server "s": .*timed out/);
  await expect(servers.servers[0]?.request("ping")).rejects.toThrow("Method not found");
  expect(types()).toEqual(["started"]);
});

describe("a process is ended", () => {
  /** A process that runs this script, once it has said that it is ready. */
  async function start(script: string) {
    const ready = new Held<string>();
    const server = new ServerProcess({
      command: process.execPath,
      args: ["-e", `${script}; console.error(process.pid)`],
      env: {},
      cwd: "/",
      onStderr: ready.resolve,
    });
    const closed = new Held();
    server.onclose = closed.resolve;
    await server.start();
    const pid = Number(await ready.promise);
    return { server, pid, closed: closed.promise };
  }
  const stays = "setInterval(() => {}, 1000)";

  test.each([
    ["by the end of its input", "process.stdin.resume()", { code: 0, signal: null }],
    ["by SIGTERM where it does not end so", stays, { code: null, signal: "SIGTERM" }],
    [
      "by SIGKILL where it does not end by that either",
      `process.on("SIGTERM", () => {}); ${stays}`,
      { code: null, signal: "SIGKILL" },
    ],
  ])("%s", async (_what, script, end) => {
    const listeners = process.listenerCount("exit");
    const { server, pid, closed } = await start(script);
    expect(process.listenerCount("exit")).toBe(listeners + 1);
    expect([isRunning(pid), server.end]).toEqual([true, undefined]);
    await server.close();
    await closed;
    expect([isRunning(pid), server.end]).toEqual([false, end]);
    expect(process.listenerCount("exit")).toBe(listeners);
    await expect(server.send({ jsonrpc: "2.0", method: "a" })).rejects.toMatchObject({
      code: "EPIPE",
      message: "the server's process has ended",
    });
    await server.close();
  });

  test("by a signal alone where nobody waits for it to end by itself", async () => {
    const { server } = await start("process.stdin.resume()");
    await server.stop();
    expect(server.end).toEqual({ code: null, signal: "SIGTERM" });
  });

  test("and tells of what is sent to it when it reads no more", async () => {
    const { server } = await start(`require("node:fs").closeSync(0); ${stays}`);
    const told = new Held<Error>();
    server.onerror = told.resolve;
    const sending = server.send({ jsonrpc: "2.0", method: "a" });
    await expect(sending).rejects.toMatchObject({ code: "EPIPE" });
    expect(await told.promise).toMatchObject({ code: "EPIPE" });
    await server.stop();
  });

  test("and was none where there is no such command", async () => {
    const server = new ServerProcess({
      command: "no-such-command",
      args: [],
      env: {},
      cwd: "/",
      onStderr: undefined,
    });
    await expect(server.start()).rejects.toMatchObject({ code: "ENOENT" });
    await expect(server.send({ jsonrpc: "2.0", method: "a" })).rejects.toThrow();
    await server.close();
    expect(server.end).toBeUndefined();
  });
});
