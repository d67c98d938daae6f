import type { Server } from "@modelcontextprotocol/server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type ApprovalHandler, type ApprovalRequest, createCodeMode } from "../../src/index.js";
import { askClient } from "../../src/mcp/server/ask-client.js";
import { AskQueue } from "../../src/mcp/server/ask-queue.js";
import { type Caller, capabilitiesOf } from "../../src/mcp/server/caller.js";
import { CellFeed } from "../../src/mcp/server/cell-feed.js";
import { toContentBlock } from "../../src/mcp/server/content-block.js";
import { Exchanges, type Work } from "../../src/mcp/server/exchanges.js";
import { McpCalls } from "../../src/mcp/server/mcp-calls.js";
import { RequestReach } from "../../src/mcp/server/request-reach.js";
import type { FunctionModelTool } from "../../src/model/model-tools.js";
import { Held } from "../support/cells.js";

const never = new AbortController().signal;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Request {
  readonly isModern?: boolean;
  readonly signal?: AbortSignal;
  readonly state?: string;
  readonly responses?: Readonly<Record<string, unknown>>;
  readonly progressToken?: unknown;
  readonly envelope?: object;
}

/** A request of a client, and what the client was told and asked through it. */
function request(options: Request = {}) {
  const { isModern = true, signal = never, state, responses, progressToken } = options;
  const { envelope = {} } = options;
  const told: unknown[] = [];
  const note = (what: string) => async (message: unknown) => {
    told.push([what, message]);
    return { by: what };
  };
  const server = {
    request: note("server"),
    getClientCapabilities: () => ({ roots: {} }),
    sendLoggingMessage: note("server's log"),
  };
  const mcpReq = {
    signal,
    ...(isModern && { envelope }),
    ...(progressToken !== undefined && { _meta: { progressToken } }),
    requestState: () => state,
    inputResponses: responses,
    send: note("request"),
    log: async (level: string, data: unknown, logger: string) =>
      void told.push(["log", level, data, logger]),
    notify: note("notify"),
  };
  const caller = { server, context: { sessionId: "http-1", mcpReq } } as unknown as Caller;
  return { caller, server: server as unknown as Server, told };
}

/** Something that is done for a request, and what happens to it. */
function work() {
  const result = new Held<string>();
  const asks = new AskQueue();
  const happened: unknown[] = [];
  const begin = (): Work<string> => ({
    result: result.promise,
    asks,
    attach: (caller) => {
      happened.push(["attached", caller]);
      return { [Symbol.dispose]: () => happened.push(["detached", caller]) };
    },
    abort: ({ message }) => happened.push(message),
  });
  return { begin, result, asks, happened };
}

const ask = (name: string) => ({ method: "ask", params: { name }, signal: never });

describe("work for a request", () => {
  test.each([true, false])("is told of it until it has a result: modern %s", async (isModern) => {
    const { caller } = request({ isModern });
    const { begin, result, happened } = work();
    const served = new Exchanges().serve(caller, begin);
    result.resolve("done");
    expect(await served).toBe("done");
    expect(happened).toEqual([
      ["attached", caller],
      ["detached", caller],
    ]);
  });

  test.each([true, false])("is aborted when that is taken back: modern %s", async (isModern) => {
    const client = new AbortController();
    const { begin, result, happened } = work();
    const served = new Exchanges().serve(
      request({ isModern, signal: client.signal }).caller,
      begin,
    );
    await turn();
    client.abort();
    expect(happened.at(-1)).toBe("the request was cancelled");
    result.resolve("late");
    await served;
    const count = happened.length;
    client.abort();
    expect(happened).toHaveLength(count);
  });

  test("that fails fails the request", async () => {
    const failing = (): Work<string> => ({
      result: Promise.reject(new Error("it broke")),
      asks: new AskQueue(),
      abort: () => {},
    });
    for (const isModern of [true, false]) {
      const served = new Exchanges().serve(request({ isModern }).caller, failing);
      await expect(served).rejects.toThrow("it broke");
    }
  });
});

describe("a question in an answer", () => {
  const required = {
    resultType: "input_required",
    requestState: expect.stringMatching(/^\S{20,}$/),
  };

  test("brings the client back to the same work, once", async () => {
    const exchanges = new Exchanges();
    const { begin, result, asks, happened } = work();
    const first = request();
    const asking = exchanges.serve(first.caller, begin);
    const said = asks.ask(ask("name?"));
    const question = (await asking) as { readonly requestState: string };
    expect(question).toEqual({
      ...required,
      inputRequests: { ask_1: { method: "ask", params: { name: "name?" } } },
    });
    expect(happened).toHaveLength(2);
    const second = request({ state: question.requestState, responses: { ask_1: { name: "me" } } });
    const served = exchanges.serve(second.caller, () => {
      throw new Error("begun again");
    });
    expect(await said).toEqual({ name: "me" });
    result.resolve("done");
    expect(await served).toBe("done");
    expect(happened.slice(2)).toEqual([
      ["attached", second.caller],
      ["detached", second.caller],
    ]);
    await expect(exchanges.serve(second.caller, begin)).rejects.toMatchObject({
      code: -32_602,
      message: expect.stringContaining("The program of this request has ended"),
    });
  });

  test("that is not answered is asked again with the next answer", async () => {
    const exchanges = new Exchanges();
    const { begin, asks } = work();
    const asking = exchanges.serve(request().caller, begin);
    void asks.ask(ask("name?"));
    const { requestState: state } = (await asking) as { readonly requestState: string };
    const again = await exchanges.serve(request({ state }).caller, begin);
    expect(again).toMatchObject({ ...required, inputRequests: { ask_1: { method: "ask" } } });
    expect(again).not.toHaveProperty("requestState", state);
  });

  test("to which nobody has come back when the work fails is no error before somebody does", async () => {
    const exchanges = new Exchanges();
    const [asks, breaks] = [new AskQueue(), new Held()];
    const result = breaks.promise.then((): never => {
      throw new Error("it broke");
    });
    const begin = (): Work<string> => ({ result, asks, abort: () => {} });
    const asking = exchanges.serve(request().caller, begin);
    void asks.ask(ask("name?"));
    const { requestState: state } = (await asking) as { readonly requestState: string };
    breaks.resolve();
    await turn();
    const back = exchanges.serve(request({ state, responses: { ask_1: {} } }).caller, begin);
    await expect(back).rejects.toThrow("it broke");
  });

  test("keeps no process alive", async () => {
    const timeouts = (): number =>
      process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const { begin, asks } = work();
    const before = timeouts();
    const asking = new Exchanges().serve(request().caller, begin);
    void asks.ask(ask("name?"));
    await asking;
    expect(timeouts()).toBe(before);
  });

  test("of another client's work, or of none, leads nowhere", async () => {
    const { begin } = work();
    const served = new Exchanges().serve(request({ state: "made up" }).caller, begin);
    await expect(served).rejects.toMatchObject({ code: -32_602 });
  });

  describe("has ten minutes:", () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    test("then the work is given up", async () => {
      const exchanges = new Exchanges();
      const { begin, asks, happened } = work();
      const asking = exchanges.serve(request().caller, begin);
      const said = asks.ask(ask("name?"));
      const { requestState: state } = (await asking) as { readonly requestState: string };
      const reason = "the client did not send the answer that it was asked for";
      const given = expect(said).rejects.toThrow(reason);
      await vi.advanceTimersByTimeAsync(10 * 60_000 - 1);
      expect(happened).not.toContain(reason);
      await vi.advanceTimersByTimeAsync(1);
      await given;
      expect(happened.at(-1)).toBe(reason);
      await expect(exchanges.serve(request({ state }).caller, begin)).rejects.toMatchObject({
        code: -32_602,
      });
    });

    test("and who comes back in time has them again", async () => {
      const exchanges = new Exchanges();
      const { begin, asks } = work();
      const asking = exchanges.serve(request().caller, begin);
      void asks.ask(ask("name?"));
      const { requestState: state } = (await asking) as { readonly requestState: string };
      const back = exchanges.serve(request({ state, responses: { ask_1: {} } }).caller, begin);
      await vi.advanceTimersByTimeAsync(0);
      expect(vi.getTimerCount()).toBe(0);
      void asks.ask(ask("and now?"));
      await back;
      expect(vi.getTimerCount()).toBe(1);
    });
  });
});

describe("a client is asked", () => {
  const page = { method: "elicitation/create", params: { mode: "url" }, signal: never };
  const form = { method: "elicitation/create", params: { mode: "form" }, signal: never };

  test.each<readonly [string, Request | undefined, string]>([
    ["by its server where no request is open", undefined, "server"],
    ["by its server where the request takes none", { isModern: true }, "server"],
    ["in its request where it is old", { isModern: false }, "request"],
  ])("%s", async (_what, options, by) => {
    const { caller, server, told } = request(options);
    const asked = { server, caller: options && caller, asks: undefined };
    expect(await askClient(asked, form)).toEqual({ by });
    expect(told).toEqual([[by, { method: "elicitation/create", params: { mode: "form" } }]]);
  });

  test("about a page with an id, its server's own where that gives one", async () => {
    const { server, told } = request();
    const asked = { server, caller: undefined, asks: undefined };
    await askClient(asked, page);
    await askClient(asked, { ...page, params: { mode: "url", elicitationId: "mine" } });
    await askClient(asked, { ...page, method: "other" });
    const params = told.map((entry) => (entry as [string, { params: object }])[1].params);
    expect(params).toEqual([
      { mode: "url", elicitationId: expect.stringMatching(/^\S{20,}$/) },
      { mode: "url", elicitationId: "mine" },
      { mode: "url" },
    ]);
  });

  test.each([true, false])("through a request of its own: modern %s", async (isModern) => {
    const { caller, server, told } = request({ isModern, envelope: {} });
    const reach = new RequestReach(caller);
    expect(reach.client).toBe(server);
    void reach.ask(form);
    expect([Object.keys(reach.asks.take()).length, told.length]).toEqual(
      isModern ? [1, 0] : [0, 1],
    );
    const later = request({ isModern });
    using _attached = reach.attach(later.caller);
    await reach.log({ level: "error", data: 7, logger: "disk" });
    expect(later.told).toEqual([["log", "error", 7, "disk"]]);
    expect(reach.client).toBe(later.server);
  });

  test("for what it says that it can do, in this request or else at first", () => {
    const key = "io.modelcontextprotocol/clientCapabilities";
    const sampling = { sampling: {} };
    expect(capabilitiesOf(request({ envelope: { [key]: sampling } }).caller)).toBe(sampling);
    expect(capabilitiesOf(request({ envelope: {} }).caller)).toEqual({ roots: {} });
    expect(capabilitiesOf(request({ isModern: false }).caller)).toEqual({ roots: {} });
    const { caller } = request({ isModern: false });
    const silent = { ...caller, server: { getClientCapabilities: () => undefined } };
    expect(capabilitiesOf(silent as unknown as Caller)).toEqual({});
  });
});

describe("the feed of a cell", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const progressOf = (told: readonly unknown[]): readonly unknown[] =>
    told.map((entry) => (entry as [string, { params: object }])[1].params);

  test("tells progress each second to the request that asks for it, as long as it waits", () => {
    vi.advanceTimersByTime(5000);
    const feed = new CellFeed(request().caller);
    const { caller, told } = request({ progressToken: 0 });
    const quiet = request();
    const attached = feed.attach(caller);
    feed.countToolCall();
    vi.advanceTimersByTime(1000);
    feed.countToolCall();
    vi.advanceTimersByTime(1000);
    attached[Symbol.dispose]();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(1000);
    using _quiet = feed.attach(quiet.caller);
    vi.advanceTimersByTime(1000);
    expect(progressOf(told)).toEqual([
      { progressToken: 0, progress: 1, message: "running for 1 s, 1 tool call" },
      { progressToken: 0, progress: 2, message: "running for 2 s, 2 tool calls" },
    ]);
    expect(quiet.told).toEqual([]);
  });

  test("knows what the request that waits can do, or else the one that started the cell", () => {
    const key = "io.modelcontextprotocol/clientCapabilities";
    const of = (can: object): Caller => request({ envelope: { [key]: can } }).caller;
    const origin = of({ sampling: {} });
    const feed = new CellFeed(origin);
    expect(feed.client).toBe(origin.server);
    expect(feed.capabilities).toEqual({ sampling: {} });
    const attached = feed.attach(of({ roots: {} }));
    expect(feed.capabilities).toEqual({ roots: {} });
    attached[Symbol.dispose]();
    expect(feed.capabilities).toEqual({ sampling: {} });
  });

  test("asks a client that takes requests at once, and another with its next answer", async () => {
    const old = request({ isModern: false });
    expect(await new CellFeed(old.caller).ask(ask("name?"))).toEqual({ by: "server" });
    const feed = new CellFeed(request().caller);
    void feed.ask(ask("name?"));
    expect(Object.keys(feed.asks.take())).toEqual(["ask_1"]);
  });
});

describe("cells that are not waited for", () => {
  const yields = (cellId: string, more: object = {}): FunctionModelTool =>
    ({
      execute: async (_input: unknown, { onEvent }: { onEvent: (event: object) => void }) => {
        onEvent({ type: "started", cellId });
        onEvent({ type: "output", cellId: "another" });
        return { content: [], outcome: { status: "yielded", cellId }, ...more };
      },
    }) as unknown as FunctionModelTool;

  test("are told about the last thousand of them", async () => {
    await using codeMode = createCodeMode({ prewarm: 0 });
    const session = codeMode.openSession();
    const calls = McpCalls.of(session);
    expect(McpCalls.of(session)).toBe(calls);
    const { caller } = request();
    for (let id = 1; id <= 1000; id += 1) await calls.exec(yields(String(id)), {}, caller);
    expect(calls.feedOf("1")).toBeDefined();
    expect(calls.feedOf("another")).toBeUndefined();
    await calls.exec(yields("1001"), {}, caller);
    expect(calls.feedOf("1")).toBeUndefined();
    expect(calls.feedOf("2")).toBeDefined();
    expect(calls.feedOf("1001")).toBeDefined();
  });

  test("are told about until one of them has ended", async () => {
    await using codeMode = createCodeMode({ prewarm: 0 });
    const calls = McpCalls.of(codeMode.openSession());
    const { caller } = request();
    const outcome = { status: "completed", cellId: "1" };
    for (const id of ["1", "2"]) await calls.exec(yields(id), {}, caller);
    const wait = (outcome: object | undefined): FunctionModelTool =>
      ({ execute: async () => ({ content: [], outcome }) }) as unknown as FunctionModelTool;
    for (const between of [undefined, { status: "yielded" }]) {
      await calls.wait(wait(between), { cell_id: "1" }, caller);
      expect(calls.feedOf("1")).toBeDefined();
    }
    await calls.wait(wait(outcome), { cell_id: "1" }, caller);
    expect([calls.feedOf("1"), calls.feedOf("2")]).toEqual([undefined, expect.anything()]);
    await calls.exec(yields("3", { outcome }), {}, caller);
    expect(calls.feedOf("3")).toBeUndefined();
  });

  test("are told about by the client that waits for them where an earlier process has started them", async () => {
    await using codeMode = createCodeMode({ prewarm: 0 });
    const calls = McpCalls.of(codeMode.openSession());
    const { caller } = request();
    const waitFor = (cellId: string, status: string): Promise<unknown> => {
      const execute = async () => ({ content: [], outcome: { status, cellId } });
      const wait = { execute } as unknown as FunctionModelTool;
      return calls.wait(wait, { cell_id: cellId }, caller);
    };
    await calls.exec(yields("1"), {}, caller);
    await waitFor("1", "yielded");
    expect(calls.resumedFeedOf("1")).toBeUndefined();
    await waitFor("9", "yielded");
    const feed = calls.resumedFeedOf("9");
    expect(feed).toBeDefined();
    expect(calls.feedOf("9")).toBe(feed);
    await waitFor("9", "yielded");
    expect(calls.resumedFeedOf("9")).toBe(feed);
    await waitFor("9", "completed");
    expect([calls.resumedFeedOf("9"), calls.feedOf("9")]).toEqual([undefined, undefined]);
  });

  test("get the model's input as it is, whatever that is, and say where it is wrong", async () => {
    await using codeMode = createCodeMode({ prewarm: 0 });
    const calls = McpCalls.of(codeMode.openSession());
    const { caller } = request();
    const inputs: unknown[] = [];
    const wait = {
      execute: async (input: unknown) => {
        inputs.push(input);
        return { content: [{ type: "text", text: "no" }], isError: true };
      },
    } as unknown as FunctionModelTool;
    for (const input of [undefined, null, { cell_id: 7 }]) {
      expect(await calls.wait(wait, input, caller)).toEqual({
        content: [{ type: "text", text: "no" }],
        isError: true,
      });
    }
    expect(inputs).toEqual([undefined, null, { cell_id: 7 }]);
    expect(await calls.exec(yields("1"), {}, caller)).toStrictEqual({ content: [] });
    const early = { execute: async () => ({ content: [] }) } as unknown as FunctionModelTool;
    expect(await calls.exec(early, {}, caller)).toStrictEqual({ content: [] });
  });

  test("tell and ask the request that waits for them", async () => {
    await using codeMode = createCodeMode({ prewarm: 0 });
    const calls = McpCalls.of(codeMode.openSession());
    await calls.exec(yields("1"), {}, request().caller);
    const waiting = new Held();
    const wait = {
      execute: async () => {
        await waiting.promise;
        return { content: [], outcome: { status: "yielded" } };
      },
    } as unknown as FunctionModelTool;
    const waits = request();
    const answer = calls.wait(wait, { cell_id: "1" }, waits.caller);
    await turn();
    const feed = calls.feedOf("1");
    await feed?.notify({ sessionId: "s", cellId: "1", text: "now" });
    expect(waits.told).toEqual([["log", "info", "now", "cell 1"]]);
    void feed?.ask(ask("name?"));
    expect(await answer).toMatchObject({
      resultType: "input_required",
      inputRequests: { ask_1: { method: "ask", params: { name: "name?" } } },
    });
    waiting.resolve();
  });

  test("count their tool calls, and only these", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
    await using codeMode = createCodeMode({ prewarm: 0 });
    const calls = McpCalls.of(codeMode.openSession());
    const going = new Held();
    const exec = {
      execute: async (_input: unknown, { onEvent }: { onEvent: (event: object) => void }) => {
        for (const type of ["started", "toolCallStarted", "toolCallSettled", "toolCallStarted"])
          onEvent({ type, cellId: "1" });
        await going.promise;
        return { content: [] };
      },
    } as unknown as FunctionModelTool;
    const { caller, told } = request({ isModern: false, progressToken: 1 });
    const answer = calls.exec(exec, {}, caller);
    vi.advanceTimersByTime(1000);
    vi.useRealTimers();
    going.resolve();
    await answer;
    expect(told).toMatchObject([
      ["notify", { params: { message: "running for 1 s, 2 tool calls" } }],
    ]);
  });

  test("are approved by the session's own handlers, and by the person where these leave it open", async () => {
    const answers: (boolean | undefined)[] = [undefined, true, false];
    await using codeMode = createCodeMode({ prewarm: 0, onApproval: () => answers.shift() });
    const session = codeMode.openSession({ onApproval: () => answers.shift() });
    const decided: unknown[] = [];
    const exec = {
      execute: async (_input: unknown, { onApproval }: { onApproval: ApprovalHandler }) => {
        const call = { tool: "erase", input: {} } as ApprovalRequest;
        for (let count = 0; count < 3; count += 1)
          decided.push(await onApproval(call, { signal: never }));
        return { content: [] };
      },
    } as unknown as FunctionModelTool;
    await McpCalls.of(session).exec(exec, {}, request({ isModern: false }).caller);
    expect(decided).toEqual([true, false, { approved: false, reason: expect.any(String) }]);
  });
});

test.each([
  [
    { type: "text", text: "a" },
    { type: "text", text: "a" },
  ],
  [
    { type: "image", imageUrl: "data:image/png;base64,AAEC", detail: "high" },
    { type: "image", data: "AAEC", mimeType: "image/png" },
  ],
  [
    { type: "image", imageUrl: "https://a.example/b.png", detail: "high" },
    { type: "resource_link", uri: "https://a.example/b.png", name: "image" },
  ],
  [
    { type: "audio", audioUrl: "data:audio/wav;base64,AAEC" },
    { type: "audio", data: "AAEC", mimeType: "audio/wav" },
  ],
] as const)("%j reaches a client as %j", (item, block) => {
  expect(toContentBlock(item)).toEqual(block);
});
