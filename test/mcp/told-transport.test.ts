import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/server";
import { describe, expect, test } from "vitest";
import { type ToldClient, ToldTransport } from "../../src/mcp/gateway/told-transport.js";

const params = { protocolVersion: "2025-11-25", capabilities: {} };

/** A client's end, and the server's, of a transport whose client was told so much already. */
function transportOf(told?: ToldClient, failure?: Error) {
  const sent: JSONRPCMessage[] = [];
  const received: (JSONRPCMessage & { readonly id?: unknown; readonly method?: string })[] = [];
  const errors: Error[] = [];
  const calls: string[] = [];
  const inner: Transport = {
    start: async () => void calls.push("start"),
    close: async () => void calls.push("close"),
    send: async (message) => {
      sent.push(message);
      if (failure !== undefined) throw failure;
    },
  };
  const transport = new ToldTransport(inner, told);
  transport.onmessage = (message) => received.push(message as never);
  transport.onerror = (error) => errors.push(error);
  transport.onclose = () => calls.push("closed");
  /** The server answers what it was asked last by this method. */
  const answer = (method: string, result: object) => {
    const asked = received.findLast((message) => message.method === method);
    return transport.send({ jsonrpc: "2.0", id: asked?.id, ...result } as JSONRPCMessage);
  };
  return { transport, inner, sent, received, errors, calls, answer };
}

const request = (id: string | number, method: string, given: object = {}) =>
  ({ jsonrpc: "2.0", id, method, params: { ...given } }) as const;
const tools = { tools: [{ name: "exec" }] };
const changed = { jsonrpc: "2.0", method: "notifications/tools/list_changed" };

/** When all that was resolved has been heard. */
const turn = (): Promise<void> => new Promise(setImmediate);

describe("a transport to a client that was told nothing", () => {
  test("passes everything on, either way", async () => {
    const { transport, inner, sent, received, errors, calls, answer } = transportOf();
    await transport.start();
    expect([received, calls]).toEqual([[], ["start"]]);
    inner.onmessage?.(request(1, "initialize", params));
    await answer("initialize", { result: { a: 1 } });
    await transport.send(request(1, "ping"));
    inner.onerror?.(new Error("broken"));
    inner.onclose?.();
    await transport.close();
    expect(received).toEqual([request(1, "initialize", params)]);
    expect(sent).toEqual([{ jsonrpc: "2.0", id: 1, result: { a: 1 } }, request(1, "ping")]);
    expect([errors, calls]).toEqual([[new Error("broken")], ["start", "closed", "close"]]);
  });

  test("hands on what comes with a message", () => {
    const { transport, inner } = transportOf();
    const extras: unknown[] = [];
    transport.onmessage = (_message, extra) => extras.push(extra);
    const extra = { authInfo: { token: "t", clientId: "c", scopes: [] } };
    inner.onmessage?.(request(1, "ping"), extra);
    expect(extras).toEqual([extra]);
  });

  test("has the first results when the client has been answered, with the list of then", async () => {
    const { transport, inner, sent, received, answer } = transportOf();
    const first = transport.firstResults();
    inner.onmessage?.(request(0, "ping"));
    inner.onmessage?.({ jsonrpc: "2.0", method: "initialize" });
    inner.onmessage?.(request(1, "initialize", params));
    inner.onmessage?.(request(2, "initialize", { other: 1 }));
    await answer("ping", { result: {} });
    await turn();
    expect(received).toHaveLength(4);
    await transport.send({ jsonrpc: "2.0", id: 1, result: { a: 1 } });
    await turn();
    const own = received.at(-1);
    expect(own).toEqual(request(own?.id as string, "tools/list"));
    expect(own?.id).toMatch(/^codecell-[\da-f-]{36}$/);
    await answer("tools/list", { result: tools });
    expect(await first).toEqual({ params, initialize: { a: 1 }, tools });
    expect(sent.map((message) => ("id" in message ? message.id : undefined))).toEqual([0, 1]);
  });

  test("has none where the server refuses its list, and takes an error for no first result", async () => {
    const { transport, inner, received, answer } = transportOf();
    const first = transport.firstResults();
    inner.onmessage?.({ jsonrpc: "2.0", id: 1, method: "initialize" });
    const error = { error: { code: -32_000, message: "no" } };
    await answer("initialize", error);
    await turn();
    expect(received).toHaveLength(1);
    await answer("initialize", { result: {} });
    await turn();
    await answer("tools/list", error);
    expect(await first).toBeUndefined();
  });
});

describe("a transport to a client that was told something", () => {
  test("has the server asked for that first, whose answers go no further", async () => {
    const { transport, inner, sent, received, calls, answer } = transportOf({ params, tools });
    expect(received).toEqual([]);
    await transport.start();
    expect(calls).toEqual(["start"]);
    expect(received.map(({ method }) => method)).toEqual(["initialize", "tools/list"]);
    expect(received[0]).toMatchObject({ params });
    const first = transport.firstResults();
    // A request of the server's own is no answer, whatever its number is.
    const own = request(received[0]?.id as string, "ping");
    await transport.send(own);
    expect(sent.splice(0)).toEqual([own]);
    await answer("tools/list", { result: tools });
    await answer("initialize", { result: { a: 1 } });
    await turn();
    await answer("tools/list", { result: { tools: [] } });
    expect(await first).toEqual({ params, initialize: { a: 1 }, tools: { tools: [] } });
    expect(sent).toEqual([]);
    inner.onmessage?.(request(7, "initialize", { other: 1 }));
    await answer("initialize", { result: { b: 1 } });
    expect(sent).toEqual([{ jsonrpc: "2.0", id: 7, result: { b: 1 } }]);
  });

  test("does not ask for a list that the client has not asked for", async () => {
    const { transport, received } = transportOf({ params });
    await transport.start();
    expect(received.map(({ method }) => method)).toEqual(["initialize"]);
  });

  test.each<readonly [string, object, readonly object[]]>([
    ["the same", { result: tools }, []],
    ["the same but for what JSON has none of", { result: { ...tools, cursor: undefined } }, []],
    ["another", { result: { tools: [] } }, [changed]],
    ["an error", { error: { code: -32_000, message: "no" } }, []],
  ])("tells of a changed list where it would be told %s", async (_what, result, expected) => {
    const { transport, sent, answer } = transportOf({ params, tools });
    await transport.start();
    await answer("tools/list", result);
    await turn();
    expect(sent).toEqual(expected);
  });

  test("tells the server where it cannot tell the client that", async () => {
    const { transport, errors, answer } = transportOf({ params, tools }, new Error("gone"));
    await transport.start();
    await answer("tools/list", { result: { tools: [] } });
    await turn();
    expect(errors).toEqual([new Error("gone")]);
  });

  test("has no first results where the server refuses initialize", async () => {
    const { transport, received, answer } = transportOf({ params });
    await transport.start();
    void transport.firstResults();
    await answer("initialize", { error: { code: -32_000, message: "no" } });
    await turn();
    expect(received).toHaveLength(1);
  });
});
