import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { DelegateRequests } from "../../src/host-server/framed/delegate-requests.js";
import type { SubscribeMessage } from "../../src/host-server/grpc/messages.js";
import { Notifications } from "../../src/host-server/grpc/notifications.js";
import { Observations } from "../../src/host-server/grpc/observations.js";
import { ToolSubscriptions } from "../../src/host-server/grpc/tool-subscriptions.js";
import type { CellNotification, ToolInvocation, ToolName } from "../../src/host-server/wire.js";
import { Held } from "../support/cells.js";

const listenersOf = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;

describe("what a host asks a client for, in frames", () => {
  function open(tooLong?: number) {
    const sent: object[] = [];
    const requests = new DelegateRequests((message) => {
      sent.push(message);
      return tooLong;
    });
    return { sent, requests, stop: new AbortController() };
  }

  test("has a number each, and is settled by the answer of that number alone", async () => {
    const { sent, requests, stop } = open();
    const one = requests.ask("s", { n: 1 }, stop.signal);
    const two = requests.ask("t", { n: 2 }, stop.signal);
    expect(sent).toEqual([
      { type: "delegate/request", id: 1, sessionId: "s", request: { n: 1 } },
      { type: "delegate/request", id: 2, sessionId: "t", request: { n: 2 } },
    ]);
    requests.answer(3, { result: "nobody's" });
    requests.answer(2, { message: "no" });
    requests.answer(1, { result: "first" });
    requests.answer(1, { result: "second" });
    expect(await one).toBe("first");
    await expect(two).rejects.toThrow("no");
    expect(listenersOf(stop.signal)).toBe(0);
  });

  test("is cancelled once with the cell, also where that has ended before", async () => {
    const { sent, requests, stop } = open();
    const before = requests.ask("s", {}, stop.signal);
    stop.abort();
    const after = requests.ask("s", {}, stop.signal);
    for (const asked of [before, after]) await expect(asked).rejects.toThrow("the cell has ended");
    requests.answer(1, { result: 1 });
    expect(sent.slice(1)).toMatchObject([
      { type: "delegate/cancel", id: 1 },
      { type: "delegate/request", id: 2 },
      { type: "delegate/cancel", id: 2 },
    ]);
  });

  test("rejects where it is too long for a frame, and nothing waits for an answer", async () => {
    const { requests, stop } = open(99);
    await expect(requests.ask("s", {}, stop.signal)).rejects.toThrow(
      "code-mode tool invocation of 99 bytes exceeds the IPC frame limit",
    );
    expect(listenersOf(stop.signal)).toBe(0);
  });

  test("rejects when the client has left", async () => {
    const { requests, stop } = open();
    const asked = [1, 2].map(() => requests.ask("s", {}, stop.signal));
    requests.rejectAll("the client has left");
    for (const one of asked) await expect(one).rejects.toThrow("the client has left");
    expect(listenersOf(stop.signal)).toBe(0);
  });
});

describe("calls of tools, over gRPC", () => {
  function open() {
    const cancelled: string[] = [];
    const subscriptions = new ToolSubscriptions("s", (id) => cancelled.push(id));
    const stop = new AbortController();
    const call = (toolName: ToolName, more: Partial<ToolInvocation> = {}): Promise<unknown> =>
      subscriptions.call({
        executionId: "e",
        cellId: "1",
        sequence: 1,
        tool: { name: toolName.name, toolName, description: "", kind: "function" },
        input: null,
        traceparent: undefined,
        signal: stop.signal,
        ...more,
      });
    const add = (toolNames: SubscribeMessage["toolNames"] = []) => {
      const calls: Readonly<Record<string, unknown>>[] = [];
      const stream = { isEnded: false };
      const leave = subscriptions.add(
        { sessionId: "s", toolNames },
        {
          write: (written) => calls.push(written as never),
          end: () => {
            stream.isEnded = true;
          },
        },
      );
      const lastId = (): string => String(calls.at(-1)?.["invocationId"]);
      return { calls, stream, leave, lastId };
    };
    return { cancelled, subscriptions, stop, call, add };
  }

  test("go to the streams that take them, in turn", () => {
    const { call, add } = open();
    const [any, read, files] = [
      add(),
      add([{ name: "read" }]),
      add([{ name: "read", namespace: "files" }]),
    ];
    const counts = (): readonly number[] => [any, read, files].map(({ calls }) => calls.length);
    for (let i = 0; i < 4; i += 1) call({ name: "read" }).catch(() => {});
    expect(counts()).toEqual([2, 2, 0]);
    for (let i = 0; i < 2; i += 1) call({ name: "read", namespace: "files" }).catch(() => {});
    expect(counts()).toEqual([3, 2, 1]);
    call({ name: "write" }).catch(() => {});
    expect(counts()).toEqual([4, 2, 1]);
  });

  test("say what they are of, and leave out what there is none of", () => {
    const { call, add } = open();
    const { calls } = add();
    call({ name: "a" }).catch(() => {});
    call(
      { name: "b", namespace: "n" },
      {
        tool: {
          name: "b",
          toolName: { name: "b", namespace: "n" },
          description: "",
          kind: "freeform",
        },
        input: "x",
        traceparent: "t",
        sequence: 7,
      },
    ).catch(() => {});
    const common = { sessionId: "s", executionId: "e", cellId: "1" };
    expect(calls).toEqual([
      {
        ...common,
        invocationId: expect.any(String),
        runtimeToolCallId: "tool-1",
        toolName: { name: "a" },
        kind: 1,
        sequence: 1,
      },
      {
        ...common,
        invocationId: expect.any(String),
        runtimeToolCallId: "tool-7",
        toolName: { name: "b", namespace: "n" },
        kind: 2,
        inputJson: '"x"',
        sequence: 7,
        traceparent: "t",
      },
    ]);
  });

  test("settle once, with the result or the error of the client", async () => {
    const { subscriptions, call, add, stop, cancelled } = open();
    const { lastId } = add();
    const one = call({ name: "a" });
    subscriptions.settle(lastId(), { result: null });
    expect(await one).toBe(null);
    expect(() => subscriptions.settle(lastId(), { result: 1 })).toThrow(
      expect.objectContaining({ code: "unknown" }),
    );
    const two = call({ name: "a" });
    subscriptions.settle(lastId(), { message: "no" });
    await expect(two).rejects.toThrow("no");
    expect(listenersOf(stop.signal)).toBe(0);
    stop.abort();
    expect(cancelled).toEqual([]);
  });

  test("end with their cell, which the client is told", async () => {
    const { subscriptions, call, add, stop, cancelled } = open();
    const { lastId } = add();
    const one = call({ name: "a" });
    stop.abort();
    await expect(one).rejects.toThrow("the cell has ended");
    expect(cancelled).toEqual([lastId()]);
    expect(() => subscriptions.settle(lastId(), { result: 1 })).toThrow("unknown code-mode tool");
  });

  test("end with the stream that took them, and no others; then other streams take them", async () => {
    const { subscriptions, call, add } = open();
    const [first, second] = [add(), add()];
    const [one, two] = [call({ name: "a" }), call({ name: "a" })];
    first.leave();
    await expect(one).rejects.toThrow("the client has stopped to take calls of this tool");
    subscriptions.settle(second.lastId(), { result: 2 });
    expect(await two).toBe(2);
    call({ name: "a" }).catch(() => {});
    expect([first, second].map(({ calls }) => calls.length)).toEqual([1, 2]);
    second.leave();
    await expect(call({ name: "a" })).rejects.toThrow("no code-mode tool subscription matches");
  });

  test("have no stream any more when the session has closed", async () => {
    const { subscriptions, call, add } = open();
    const [first, second] = [add(), add()];
    subscriptions.close();
    expect([first, second].map(({ stream }) => stream.isEnded)).toEqual([true, true]);
    await expect(call({ name: "a" })).rejects.toThrow("no code-mode tool subscription matches");
  });
});

describe("notifications, over gRPC", () => {
  function open() {
    const sent: Readonly<Record<string, Readonly<Record<string, string>>>>[] = [];
    const notifications = new Notifications((event) => sent.push(event as never));
    const stop = new AbortController();
    const given = {
      executionId: "e",
      cellId: "1",
      toolCallId: "c",
      text: "n",
      signal: stop.signal,
    };
    return { sent, notifications, stop, given: given satisfies CellNotification };
  }

  test("are sent, and cancelled where their cell is terminated before they are acknowledged", () => {
    const { sent, notifications, stop, given } = open();
    notifications.give(given);
    notifications.give(given);
    const ids = sent.map(({ notification }) => notification?.["notificationId"] ?? "");
    expect(new Set(ids).size).toBe(2);
    const { signal: _, ...told } = given;
    expect(sent[0]).toEqual({ notification: { notificationId: ids[0], ...told } });
    notifications.acknowledge(ids[0] ?? "");
    notifications.acknowledge(ids[0] ?? "");
    notifications.acknowledge("nobody's");
    expect(listenersOf(stop.signal)).toBe(1);
    stop.abort();
    expect(sent.slice(2)).toEqual([{ notificationCancelled: { notificationId: ids[1] } }]);
    notifications.acknowledge(ids[1] ?? "");
    expect(sent).toHaveLength(3);
  });
});

describe("observations, over gRPC", () => {
  test.each(["execution", "wait"] as const)(
    "of a session have ids of their own: %s",
    async (what) => {
      const observations = new Observations(what);
      const run = (id: string): unknown => observations.run(id, async () => 1);
      for (const [id, fault] of [
        ["", `code-mode ${what} ID must not be empty`],
        ["x".repeat(257), `code-mode ${what} ID must have 256 characters at most`],
      ] as const) {
        expect(() => run(id)).toThrow(expect.objectContaining({ code: "invalid", message: fault }));
      }
      expect(await run("x".repeat(256))).toBe(1);
      expect(await run("a")).toBe(1);
      expect(() => run("a")).toThrow(
        expect.objectContaining({
          code: "reused",
          message: `code-mode ${what} ID \`a\` was reused`,
        }),
      );
    },
  );

  test("are ended early by their id, with a yield or for good, and by no other", async () => {
    const observations = new Observations("wait");
    const held = new Held();
    const signals: Record<string, readonly AbortSignal[]> = {};
    const running = ["a", "b"].map((id) =>
      observations.run(id, async ({ yieldSignal, signal }) => {
        signals[id] = [yieldSignal, signal];
        await held.promise;
      }),
    );
    const state = (id: string): unknown => signals[id]?.map(({ aborted }) => aborted);
    observations.yieldNow("none");
    observations.cancel("none");
    observations.yieldNow("a");
    observations.cancel("b");
    expect([state("a"), state("b")]).toEqual([
      [true, false],
      [false, true],
    ]);
    expect(signals["b"]?.[1]?.reason).toMatchObject({ message: "code-mode wait was cancelled" });
    held.resolve();
    await Promise.all(running);
    observations.cancel("a");
    expect(state("a")).toEqual([true, false]);
  });
});
