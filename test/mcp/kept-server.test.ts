import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { NamedTool } from "../../src/index.js";
import { KeptServer, type KnownServer, readRestart } from "../../src/mcp/client/kept-server.js";
import type { McpServerEvent } from "../../src/mcp/client/servers.js";
import { Held } from "../support/cells.js";

type Opener = ConstructorParameters<typeof KeptServer>[2]["open"];
type OpenOptions = Parameters<Opener>[2];

const tool = (name: string): NamedTool => ({ name, execute: () => `${name} ran` });

/** A server that runs, and what it was asked. */
function connection(tools: readonly NamedTool[] = [tool("read")]) {
  const asked: unknown[] = [];
  return {
    listedTools: tools,
    instructions: `has ${tools.length}`,
    capabilities: { prompts: {} },
    asked,
    request: async (...args: readonly unknown[]) => {
      asked.push(args);
      return { ok: true };
    },
    notify: async (...args: readonly unknown[]) => void asked.push(args),
    close: async () => void asked.push("closed"),
  };
}

type Start = (options: OpenOptions) => Promise<ReturnType<typeof connection>>;

/** A server whose starts end as given, one after another; the last again and again. */
function keep(
  starts: readonly Start[],
  more: {
    readonly known?: KnownServer;
    readonly startWhen?: Promise<unknown>;
    readonly signal?: AbortSignal;
    /** Default: true. */
    readonly isHeard?: boolean;
  } = {},
) {
  const events: McpServerEvent[] = [];
  let count = 0;
  const open = (_name: string, _config: object, options: OpenOptions) => {
    const start = starts[Math.min(count, starts.length - 1)] as Start;
    count += 1;
    return start(options);
  };
  const server = new KeptServer(
    "files",
    { command: "none" },
    {
      startTimeoutMs: 1000,
      onWarning: () => {},
      ...(more.isHeard !== false && { onEvent: (event) => events.push(event) }),
      restart: { delayMs: 1000, maxDelayMs: 3000 },
      open: open as unknown as Opener,
      ...more,
    },
  );
  return { server, events, count: () => count };
}

const runs =
  (made = connection()): Start =>
  async ({ onEvent }) => {
    onEvent?.({ type: "started", server: "files" } as McpServerEvent);
    return made;
  };
const fails: Start = () => Promise.reject(new Error("no such command"));
const delays = (events: readonly McpServerEvent[]): readonly unknown[] =>
  events.flatMap((event) => (event.type === "restarting" ? [event.delayMs] : []));

describe("a server that is kept", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

  test("is started again until it runs, each time later, up to the longest delay", async () => {
    const { server, events, count } = keep([fails, fails, fails, fails, runs()]);
    await server.triedOnce;
    await expect(server.request("ping")).rejects.toMatchObject({
      code: "ERR_MCP_SERVER",
      message: expect.stringContaining("is down and will be started again"),
      cause: { message: "no such command" },
    });
    for (const [ms, starts] of [
      [999, 1],
      [1, 2],
      [2000, 3],
      [2999, 3],
      [1, 4],
      [3000, 5],
    ] as const) {
      await pass(ms);
      expect(count()).toBe(starts);
    }
    expect(delays(events)).toEqual([1000, 2000, 3000, 3000]);
    expect(events.at(-1)).toMatchObject({ type: "started" });
    expect(await server.request("ping", { a: 1 })).toEqual({ ok: true });
  });

  test("runs where nobody hears of its events", async () => {
    const { server } = keep([runs()], { isHeard: false });
    await server.triedOnce;
    expect(await server.request("ping")).toEqual({ ok: true });
  });

  test("that dies before it is taken over is started again, and is not asked", async () => {
    const [dead, next] = [connection(), connection([tool("read"), tool("write")])];
    const dies: Start = async (options) => {
      const { onLost } = options as unknown as { onLost: (error: Error) => void };
      onLost(new Error("it died at once"));
      return dead;
    };
    const { server, events } = keep([dies, runs(next)]);
    await server.triedOnce;
    await expect(server.request("ping")).rejects.toThrow("it died at once");
    expect(dead.asked).toEqual(["closed"]);
    expect(delays(events)).toEqual([1000]);
    await pass(1000);
    expect(await server.request("ping")).toEqual({ ok: true });
    expect(server.listedTools.map(({ name }) => name)).toEqual(["read", "write"]);
  });

  test.each([
    [60_000, [1000, 2000]],
    [60_001, [1000, 1000]],
  ])("that has run for %i ms waits, after it had waited once, for %j", async (ms, expected) => {
    let lose: (error: Error) => void = () => {};
    const loses: Start = async (options) => {
      ({ onLost: lose } = options as unknown as { onLost: typeof lose });
      return connection();
    };
    const { server, events } = keep([fails, loses]);
    await server.triedOnce;
    await pass(1000);
    await pass(ms);
    lose(new Error("gone"));
    expect(delays(events)).toEqual(expected);
    const old = server.listedTools;
    expect(old.map(({ name }) => name)).toEqual(["read"]);
    await expect(old[0]?.execute({}, {} as never)).rejects.toThrow("The reason: gone");
    await pass(3000);
    expect(await old[0]?.execute({}, {} as never)).toBe("read ran");
  });

  test("tells its calls by name to the process that runs, and says where a tool is gone", async () => {
    let lose: (error: Error) => void = () => {};
    const first: Start = async (options) => {
      ({ onLost: lose } = options as unknown as { onLost: typeof lose });
      return connection([tool("read"), tool("write")]);
    };
    const { server } = keep([first, runs(connection([tool("write")]))]);
    await server.triedOnce;
    const [read, write] = server.listedTools;
    expect(server.listedTools).toBe(server.listedTools);
    lose(new Error("gone"));
    await pass(1000);
    expect(await write?.execute({}, {} as never)).toBe("write ran");
    await expect(read?.execute({}, {} as never)).rejects.toMatchObject({
      code: "ERR_MCP_SERVER",
      message: 'MCP server "files" has no tool "read" any more.',
    });
  });

  test("that is closed is neither started nor told of any more", async () => {
    const made = connection();
    const { server, events, count } = keep([fails, runs(made)]);
    await server.triedOnce;
    await server.close();
    await pass(10_000);
    expect([count(), delays(events), vi.getTimerCount()]).toEqual([1, [1000], 0]);
    const running = keep([runs(made)]);
    await running.server.triedOnce;
    await running.server.close();
    expect(made.asked).toEqual(["closed"]);
    expect(delays(running.events)).toEqual([]);
  });

  test("that is closed while it starts has its start taken back, and no other", async () => {
    let given: AbortSignal | undefined;
    const held: Start = ({ signal }) => {
      given = signal;
      return new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    };
    const caller = new AbortController();
    for (const [end, signal] of [
      ["close", undefined],
      ["abort", caller.signal],
    ] as const) {
      const { server, events, count } = keep([held], signal && { signal });
      if (end === "abort") caller.abort(new Error("enough"));
      else await server.close();
      await server.triedOnce;
      expect(given?.aborted).toBe(true);
      await pass(10_000);
      expect([count(), delays(events)]).toEqual([1, []]);
    }
  });

  test("that is known has its tools before it runs, which stay the same if it lists the same", async () => {
    const listed = [tool("read")];
    const known = { tools: listed, instructions: "as before", capabilities: { resources: {} } };
    const starts = new Held();
    for (const [now, isSame] of [
      [[tool("read")], true],
      [[tool("read"), tool("write")], false],
    ] as const) {
      const { server, count } = keep([runs(connection(now))], {
        known,
        startWhen: starts.promise,
      });
      const before = server.listedTools;
      expect([before.length, server.instructions, count()]).toEqual([1, "as before", 0]);
      expect(server.capabilities).toEqual({ resources: {} });
      const called = before[0]?.execute({}, {} as never);
      starts.resolve();
      expect(await called).toBe("read ran");
      expect(server.listedTools === before).toBe(isSame);
      expect(server.listedTools).toHaveLength(now.length);
      expect(server.instructions).toBe(`has ${now.length}`);
      expect(server.capabilities).toEqual({ prompts: {} });
    }
  });

  test("tells its process what is told to it, and nothing where none runs", async () => {
    const made = connection();
    const { server } = keep([fails, runs(made)]);
    await server.triedOnce;
    await server.notify("notifications/a");
    await pass(1000);
    await server.notify("notifications/b", { c: 1 });
    expect(made.asked).toEqual([["notifications/b", { c: 1 }]]);
  });
});

describe("the option restart", () => {
  test.each([
    [undefined, undefined],
    [false, undefined],
    [true, { delayMs: 1000, maxDelayMs: 60_000 }],
    [{}, { delayMs: 1000, maxDelayMs: 60_000 }],
    [{ delayMs: 1 }, { delayMs: 1, maxDelayMs: 60_000 }],
    [
      { delayMs: 5, maxDelayMs: 1 },
      { delayMs: 5, maxDelayMs: 5 },
    ],
  ])("%j is read as %j", (option, restart) => {
    expect(readRestart(option)).toEqual(restart);
  });

  test.each([
    [{ delayMs: 0 }, '"restart.delayMs" must be a whole number of milliseconds, 1 or more'],
    [{ maxDelayMs: 1.5 }, '"restart.maxDelayMs" must be a whole number'],
    [{ delay: 1 }, 'There is no option "delay" in "restart"'],
  ])("%j is refused", (option, message) => {
    expect(() => readRestart(option as object)).toThrow(
      expect.objectContaining({
        code: "ERR_INVALID_OPTION",
        message: expect.stringContaining(message),
      }),
    );
  });
});
