import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/server";
import { describe, expect, test, vi } from "vitest";
import {
  announcedCapabilities,
  settlesWithin,
} from "../../src/mcp/gateway/announced-capabilities.js";
import {
  cancelledIn,
  clientCapabilitiesIn,
  subscriptionIn,
} from "../../src/mcp/gateway/message-facts.js";
import { ObservedTransport } from "../../src/mcp/gateway/observed-transport.js";

const nothing = [
  null,
  undefined,
  7,
  "text",
  {},
  { method: 7 },
  { method: "ping", params: null },
  { method: "ping", params: {} },
];

describe("what a client can be asked for", () => {
  const inEnvelope = (capabilities: unknown): object => ({
    method: "tools/list",
    params: { _meta: { "io.modelcontextprotocol/clientCapabilities": capabilities } },
  });
  test.each<readonly [string, unknown, object | undefined]>([
    [
      "its initialize says",
      { method: "initialize", params: { capabilities: { roots: {} } } },
      { roots: {} },
    ],
    ["its initialize leaves out", { method: "initialize", params: {} }, {}],
    ["an initialize without anything leaves out", { method: "initialize" }, {}],
    ["a message of its says", inEnvelope({ sampling: {} }), { sampling: {} }],
    [
      "is known of it, and nothing else",
      inEnvelope({ elicitation: { form: {} }, tools: {}, roots: null }),
      { elicitation: { form: {} } },
    ],
    ["a message says as null", inEnvelope(null), undefined],
    ["a message says as a text", inEnvelope("all"), undefined],
    ...nothing.map((message) => [`${JSON.stringify(message)} says`, message, undefined] as const),
  ])("is what %s", (_what, message, expected) => {
    expect(clientCapabilitiesIn(message)).toStrictEqual(expected);
  });
});

describe("the resources that a client listens to", () => {
  const listen = (notifications: unknown): object => ({
    id: 3,
    method: "subscriptions/listen",
    params: { notifications },
  });
  test.each<readonly [unknown, object | undefined]>([
    [listen({ resourceSubscriptions: ["a", 7, "b", null] }), { id: 3, uris: ["a", "b"] }],
    [listen({ resourceSubscriptions: [] }), { id: 3, uris: [] }],
    [listen({ resourceSubscriptions: "a" }), undefined],
    [listen({}), undefined],
    [listen(undefined), undefined],
    [{ id: 3, method: "subscriptions/listen" }, undefined],
    [{ ...listen({ resourceSubscriptions: ["a"] }), method: "other" }, undefined],
    ...nothing.map((message) => [message, undefined] as const),
  ])("in %j are %j", (message, expected) => {
    expect(subscriptionIn(message)).toEqual(expected);
  });
});

test.each<readonly [unknown, unknown]>([
  [{ method: "notifications/cancelled", params: { requestId: 7 } }, 7],
  [{ method: "notifications/cancelled", params: { requestId: "a" } }, "a"],
  [{ method: "notifications/cancelled" }, undefined],
  [{ method: "notifications/other", params: { requestId: 7 } }, undefined],
  ...nothing.map((message) => [message, undefined] as const),
])("%j takes back the request %j", (message, id) => {
  expect(cancelledIn(message)).toBe(id);
});

describe("what a client is told that there is", () => {
  const always = { tools: { listChanged: true }, logging: {} };
  const all = {
    ...always,
    prompts: { listChanged: true },
    resources: { listChanged: true, subscribe: true },
    completions: {},
  };
  const never = new Promise(() => {});

  test.each<readonly [string, readonly (object | undefined)[], object]>([
    ["no servers", [], always],
    ["a server that does not run", [undefined], always],
    ["prompts of one", [{}, { prompts: {} }], { ...always, prompts: { listChanged: true } }],
    [
      "resources that cannot be subscribed to",
      [{ resources: { subscribe: false } }, { resources: {} }],
      { ...always, resources: { listChanged: true, subscribe: false } },
    ],
    [
      "resources of which some can",
      [{ resources: {} }, { resources: { subscribe: true } }],
      { ...always, resources: { listChanged: true, subscribe: true } },
    ],
    ["completion", [{ completions: {} }], { ...always, completions: {} }],
  ])("with %s", async (_what, has, expected) => {
    const servers = has.map((capabilities) => ({ capabilities }));
    expect(await announcedCapabilities(Promise.resolve(), () => servers as never)).toEqual(
      expected,
    );
    const failed = Promise.reject(new Error("one has not started"));
    expect(await announcedCapabilities(failed, () => servers as never)).toEqual(expected);
  });

  test("is everything where servers take longer than a client waits", async () => {
    expect(await announcedCapabilities(never, () => [], 1)).toEqual(all);
  });

  test("is known as soon as the servers are, and no clock runs on", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    expect(await settlesWithin(Promise.resolve(), 1000)).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
    expect(await settlesWithin(Promise.resolve(), 1e9)).toBe(true);
    expect(await settlesWithin(Promise.reject(new Error("no")), 1e9)).toBe(true);
    expect(await settlesWithin(never, 1)).toBe(false);
  });
});

describe("a transport that is looked at", () => {
  const ping: JSONRPCMessage = { jsonrpc: "2.0", id: 1, method: "ping" };
  const pong: JSONRPCMessage = { jsonrpc: "2.0", id: 1, result: {} };

  function open(answer?: JSONRPCMessage) {
    const seen: string[] = [];
    const note = (what: string) => (message?: unknown) => {
      seen.push(message === undefined ? what : `${what} ${JSON.stringify(message)}`);
    };
    let sends = async (message: JSONRPCMessage): Promise<void> => note("inner sends")(message);
    const inner: Transport = {
      start: async () => note("inner starts")(),
      send: (message) => sends(message),
      close: async () => note("inner closes")(),
    };
    const outer = new ObservedTransport(inner, {
      received: (message) => {
        note("received")(message);
        return answer;
      },
      sent: note("sent"),
    });
    outer.onmessage = note("delivered");
    outer.onclose = note("closed");
    outer.onerror = ({ message }) => note("error")(message);
    const breakDown = (): void => {
      sends = () => Promise.reject(new Error("broken"));
    };
    return { inner, outer, seen, breakDown };
  }

  test("delivers what it gets and sends what it is given, and both are seen first", async () => {
    const { inner, outer, seen } = open();
    await outer.start();
    inner.onmessage?.(ping);
    await outer.send(pong);
    inner.onerror?.(new Error("odd"));
    await outer.close();
    inner.onclose?.();
    expect(seen).toEqual([
      "inner starts",
      `received ${JSON.stringify(ping)}`,
      `delivered ${JSON.stringify(ping)}`,
      `sent ${JSON.stringify(pong)}`,
      `inner sends ${JSON.stringify(pong)}`,
      'error "odd"',
      "inner closes",
      "closed",
    ]);
  });

  test("delivers nothing that is answered at once, and says where the answer cannot be sent", async () => {
    const { inner, seen, breakDown } = open(pong);
    inner.onmessage?.(ping);
    breakDown();
    inner.onmessage?.(ping);
    await new Promise(setImmediate);
    const received = `received ${JSON.stringify(ping)}`;
    expect(seen).toEqual([
      received,
      `inner sends ${JSON.stringify(pong)}`,
      received,
      'error "broken"',
    ]);
  });

  test("needs nobody who hears it", async () => {
    const { inner, outer } = open();
    Object.assign(outer, { onmessage: undefined, onclose: undefined, onerror: undefined });
    inner.onmessage?.(ping);
    inner.onerror?.(new Error("odd"));
    inner.onclose?.();
    const answering = open(pong);
    answering.breakDown();
    answering.outer.onerror = undefined;
    answering.inner.onmessage?.(ping);
    await new Promise(setImmediate);
  });
});
