import { describe, expect, test } from "vitest";
import { AskQueue } from "../../src/mcp/server/ask-queue.js";
import { type Caller, onAbort } from "../../src/mcp/server/caller.js";
import { CellFeed } from "../../src/mcp/server/cell-feed.js";

const never = new AbortController().signal;
const ask = (name: string, signal = never) => ({ method: "ask", params: { name }, signal });

/** A request of a client, as far as a feed needs it; what it is told is kept. */
function request(options: { readonly isModern?: boolean; readonly progressToken?: number } = {}) {
  const told: unknown[] = [];
  const { isModern = true, progressToken } = options;
  const caller = {
    server: { sendLoggingMessage: async (message: unknown) => void told.push(["server", message]) },
    context: {
      mcpReq: {
        signal: never,
        ...(isModern && { envelope: {} }),
        _meta: { progressToken },
        log: async (_level: string, data: unknown) => void told.push(["log", data]),
        notify: async ({ params }: { params: { message: string } }) =>
          void told.push(["progress", params.message]),
      },
    },
  };
  return { caller: caller as unknown as Caller, told };
}

describe("what is asked with the next answer", () => {
  test("is taken once, by its key, and its answer settles it", async () => {
    const queue = new AskQueue();
    const first = queue.ask(ask("first"));
    const second = queue.ask(ask("second"));
    await queue.waiting();
    expect(queue.take()).toEqual({
      ask_1: { method: "ask", params: { name: "first" } },
      ask_2: { method: "ask", params: { name: "second" } },
    });
    expect(queue.take()).toEqual({});
    queue.answer({ ask_1: { said: "one" }, ask_2: { said: "two" } });
    expect(await Promise.all([first, second])).toEqual([{ said: "one" }, { said: "two" }]);
    expect(queue.take()).toEqual({});
  });

  test("is asked again where the client has left it out, or answered with what is no object", async () => {
    const queue = new AskQueue();
    void queue.ask(ask("left out"));
    void queue.ask(ask("text"));
    void queue.ask(ask("null"));
    queue.take();
    queue.answer({ ask_2: "text", ask_3: null });
    await queue.waiting();
    expect(Object.keys(queue.take())).toEqual(["ask_1", "ask_2", "ask_3"]);
  });

  test("can be waited for before there is anything", async () => {
    const queue = new AskQueue();
    let isWaiting = true;
    const waiting = queue.waiting().then(() => {
      isWaiting = false;
    });
    await new Promise(setImmediate);
    expect(isWaiting).toBe(true);
    void queue.ask(ask("late"));
    await waiting;
    queue.take();
    const again = queue.waiting();
    void queue.ask(ask("later"));
    await again;
    expect(Object.keys(queue.take())).toEqual(["ask_2"]);
  });

  test("ends with its signal, before and after it was taken, and with its client", async () => {
    const queue = new AskQueue();
    const early = new AbortController();
    const late = new AbortController();
    await expect(queue.ask(ask("over", AbortSignal.abort("gone before")))).rejects.toBe(
      "gone before",
    );
    const first = queue.ask(ask("first", early.signal));
    early.abort("taken back");
    await expect(first).rejects.toBe("taken back");
    const second = queue.ask(ask("second", late.signal));
    expect(Object.keys(queue.take())).toEqual(["ask_3"]);
    late.abort("too late");
    await expect(second).rejects.toBe("too late");
    const third = queue.ask(ask("third"));
    queue.giveUp(new Error("the client has gone"));
    await expect(third).rejects.toThrow("the client has gone");
    expect(queue.take()).toEqual({});
  });
});

describe("a request that its client takes back", () => {
  test("calls back, at once where that has happened, and not when nobody waits any more", () => {
    const abort = new AbortController();
    const of = (signal: AbortSignal): Caller =>
      ({ context: { mcpReq: { signal } } }) as unknown as Caller;
    const calls: string[] = [];
    onAbort(of(AbortSignal.abort()), () => calls.push("before"));
    expect(calls).toEqual(["before"]);
    onAbort(of(abort.signal), () => calls.push("after"));
    onAbort(of(abort.signal), () => calls.push("disposed"))[Symbol.dispose]();
    expect(calls).toEqual(["before"]);
    abort.abort();
    expect(calls).toEqual(["before", "after"]);
  });
});

describe("what a cell says while no request of its client waits", () => {
  const notify = (feed: CellFeed, text: string): Promise<void> =>
    feed.notify({ sessionId: "s", cellId: "1", text });

  test("is kept for the next one, the last hundred", async () => {
    const origin = request();
    const feed = new CellFeed(origin.caller);
    for (let count = 0; count < 102; count += 1) await notify(feed, `text ${count}`);
    expect(origin.told).toEqual([]);
    const next = request();
    using _attached = feed.attach(next.caller);
    expect(next.told).toHaveLength(100);
    expect(next.told.at(0)).toEqual(["log", "text 2"]);
    expect(next.told.at(-1)).toEqual(["log", "text 101"]);
  });

  test("is told once", async () => {
    const feed = new CellFeed(request().caller);
    await notify(feed, "once");
    feed.attach(request().caller)[Symbol.dispose]();
    const second = request();
    using _attached = feed.attach(second.caller);
    expect(second.told).toEqual([]);
  });

  test("goes to the client itself where that takes messages at any time", async () => {
    const origin = request({ isModern: false });
    await notify(new CellFeed(origin.caller), "now");
    expect(origin.told).toEqual([["server", { level: "info", logger: "cell 1", data: "now" }]]);
  });

  test("goes to the request that waits, with progress where that was asked for", async () => {
    const feed = new CellFeed(request().caller);
    const plain = request();
    const wanted = request({ progressToken: 0 });
    const ended = feed.attach(plain.caller);
    using _attached = feed.attach(wanted.caller);
    // What ends late does not take the place of what waits.
    ended[Symbol.dispose]();
    await notify(feed, "now");
    expect(plain.told).toEqual([]);
    expect(wanted.told).toEqual([
      ["progress", "now"],
      ["log", "now"],
    ]);
  });
});
