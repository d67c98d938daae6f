import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { connectCodeMode } from "../../src/client.js";
import {
  type Answer,
  eventsAnswer,
  jsonAnswer,
  refusal,
  scriptedFetch,
} from "../support/scripted-fetch.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});

afterEach(() => {
  vi.useRealTimers();
});

const listed = jsonAnswer({ tools: [] });

/** Asks for the tools, and gives how that went and how often the server was asked. */
async function ask(
  answers: readonly Answer[],
  options: object = {},
): Promise<{ readonly result: unknown; readonly asked: number; readonly tookMs: number }> {
  const { sent, fetch } = scriptedFetch(...answers);
  const remote = connectCodeMode({ url: "http://h", fetch, ...options });
  const begun = performance.now();
  let end: { readonly result: unknown; readonly tookMs: number } | undefined;
  const note = (result: unknown): void => {
    end = { result, tookMs: performance.now() - begun };
  };
  remote.tools().then(note, note);
  // No timer waits once all is over.
  for (let i = 0; i < 10_000 && end === undefined; i += 1) await vi.advanceTimersByTimeAsync(10);
  if (end === undefined) throw new Error("It is not over.");
  return { ...end, asked: sent.length };
}

const page = (status: number, headers: Record<string, string> = {}): Response =>
  new Response("<h1>no</h1>", { status, headers: { "content-type": "text/html", ...headers } });

const lost = (): Response => {
  throw new TypeError("fetch failed", { cause: new Error("ECONNREFUSED") });
};

describe("a request is sent again", () => {
  test.each<readonly [string, Response | (() => Response)]>([
    ["a connection that is lost", lost],
    ["a proxy's page of status 502", page(502)],
    ["a proxy's page of status 503", page(503)],
    ["a proxy's page of status 504", page(504)],
    ["any error of status 503", refusal("ERR_NEW", 503)],
    [
      "a limit of requests that says when it ends",
      refusal("ERR_QUOTA", 429, { "retry-after": "1" }),
    ],
    ["a busy store", refusal("ERR_STORE_UNAVAILABLE", 500)],
    ["a server that ends", refusal("ERR_DRAINING", 400)],
    ["a session that was closed there", refusal("ERR_SESSION_CLOSED", 400)],
    ["a process that could not be started", refusal("ERR_PROCESS_START", 500)],
    ["a thread that could not be started", refusal("ERR_THREAD_START", 500)],
    ["too many threads that could not be ended", refusal("ERR_TOO_MANY_ORPHANS", 500)],
  ])("after %s", async (_what, answer) => {
    expect(await ask([answer, listed])).toMatchObject({ result: [], asked: 2 });
  });

  test.each<readonly [string, Response, string]>([
    ["a page of status 500", page(500), "ERR_SERVER_ANSWER"],
    ["a page of status 429", page(429, { "retry-after": "1" }), "ERR_SERVER_ANSWER"],
    ["a limit that does not say when it ends", refusal("ERR_QUOTA", 429), "ERR_QUOTA"],
    ["an error of status 400", refusal("ERR_BODY", 400, { "retry-after": "1" }), "ERR_BODY"],
    ["an error of status 500", refusal("ERR_INTERNAL", 500), "ERR_INTERNAL"],
    ["a busy cell", refusal("ERR_CELL_BUSY", 409), "ERR_CELL_BUSY"],
    ["an answer that is none", jsonAnswer({}), "ERR_SERVER_ANSWER"],
    ["an error of lower case", refusal("err_draining", 400), "ERR_SERVER_ANSWER"],
    ["an error of no text", jsonAnswer({ error: { code: "ERR_X" } }, 400), "ERR_SERVER_ANSWER"],
    ["an error that is a text", jsonAnswer({ error: "no" }, 400), "ERR_SERVER_ANSWER"],
  ])("but not after %s", async (_what, answer, code) => {
    expect(await ask([answer, listed])).toMatchObject({ result: { code }, asked: 1 });
  });

  test("while a cell is busy because of an earlier try", async () => {
    const busy = refusal("ERR_CELL_BUSY", 409);
    expect(await ask([lost, busy, busy, listed])).toMatchObject({ result: [], asked: 4 });
  });

  test.each([
    ["1", 1_000],
    ["20", 20_000],
    ["100000", 60_000],
  ])("when the server's retry-after of %s seconds is over", async (after, milliseconds) => {
    const draining = refusal("ERR_DRAINING", 503, { "retry-after": after });
    const { tookMs, asked } = await ask([draining, listed], { retryForMs: 100_000 });
    expect(asked).toBe(2);
    expect(tookMs).toBeGreaterThanOrEqual(milliseconds);
    expect(tookMs).toBeLessThan(milliseconds + 20);
  });

  test.each(["", "soon", "-1", "1.5", "Wed, 21 Oct 2026 07:28:00 GMT", "1000000", " 5 s"])(
    "soon where its retry-after says no seconds: %j",
    async (after) => {
      const draining = refusal("ERR_DRAINING", 503, { "retry-after": after });
      const { tookMs, asked } = await ask([draining, listed]);
      expect(asked).toBe(2);
      expect(tookMs).toBeLessThan(220);
    },
  );

  test("where the server says that it takes no longer than retryForMs", async () => {
    const draining = refusal("ERR_DRAINING", 503, { "retry-after": "30" });
    expect(await ask([draining, listed])).toMatchObject({ result: [], asked: 2 });
  });

  test("not where the server says that it takes longer than retryForMs", async () => {
    const draining = refusal("ERR_DRAINING", 503, { "retry-after": "31" });
    expect(await ask([draining, listed])).toMatchObject({
      result: { code: "ERR_DRAINING" },
      asked: 1,
      tookMs: 0,
    });
  });

  test("more and more seldom, at least each five seconds, until retryForMs is over", async () => {
    const { result, asked, tookMs } = await ask([lost], { retryForMs: 60_000 });
    expect(result).toMatchObject({
      code: "ERR_SERVER_UNREACHABLE",
      message: expect.stringContaining("did not answer: fetch failed: ECONNREFUSED. Check"),
    });
    // The longest pauses are 0.2, 0.4, 0.8, 1.6, 3.2 and then 5 s; each is at least half of that.
    expect(asked).toBeGreaterThanOrEqual(6 + Math.floor((60 - 6.2) / 5));
    expect(asked).toBeLessThanOrEqual(7 + Math.ceil(60 / 2.5));
    expect(tookMs).toBeGreaterThan(54_000);
    expect(tookMs).toBeLessThanOrEqual(60_020);
  });

  test("for as long as before, after a connection that has held for more than ten seconds", async () => {
    const held = (): Promise<Response> =>
      new Promise((_, reject) => {
        setTimeout(() => reject(new TypeError("terminated")), 10_500);
      });
    const short = await ask([lost, lost, lost, lost, listed], { retryForMs: 1_000 });
    expect(short).toMatchObject({ result: { code: "ERR_SERVER_UNREACHABLE" } });
    const long = await ask([held, held, held, held, listed], { retryForMs: 1_000 });
    expect(long).toMatchObject({ result: [], asked: 5 });
  });

  test("but not for longer because a try has taken nine seconds", async () => {
    const slow = (): Promise<Response> =>
      new Promise((_, reject) => {
        setTimeout(() => reject(new TypeError("terminated")), 9_000);
      });
    const { result, asked } = await ask([slow, slow, listed], { retryForMs: 1_000 });
    expect(result).toMatchObject({ code: "ERR_SERVER_UNREACHABLE" });
    expect(asked).toBe(2);
  });
});

test("an event between says that the connection lives, so silence counts from the last one", async () => {
  const { sent, fetch } = scriptedFetch(
    (signal) => {
      const encoder = new TextEncoder();
      let pings = 0;
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, 900));
          if (signal.aborted) return;
          pings += 1;
          controller.enqueue(encoder.encode(": ping\n\n"));
          if (pings === 5) controller.close();
        },
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    },
    eventsAnswer(["error", { error: { code: "ERR_QUOTA", message: "enough" } }]),
  );
  const remote = connectCodeMode({ url: "http://h", fetch, silenceMs: 1_000 });
  let thrown: unknown;
  remote
    .openSession()
    .exec("1")
    .catch((error: unknown) => {
      thrown = error;
    });
  for (let i = 0; i < 10_000 && thrown === undefined; i += 1) {
    await vi.advanceTimersByTimeAsync(10);
  }
  // It was lost when it ended, after 4.5 s, and not before.
  expect(thrown).toMatchObject({ code: "ERR_QUOTA", message: "enough" });
  expect(sent).toHaveLength(2);
});

test("silence of any length that a timer does not know is a timer's longest", async () => {
  vi.useRealTimers();
  const warnings: string[] = [];
  const note = ({ name }: Error): void => void warnings.push(name);
  process.on("warning", note);
  for (const silenceMs of [Number.POSITIVE_INFINITY, 2 ** 31]) {
    const { fetch } = scriptedFetch(listed);
    expect(await connectCodeMode({ url: "http://h", fetch, silenceMs }).tools()).toEqual([]);
  }
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", note);
  expect(warnings).toEqual([]);
});

test("a connection that is closed while a request waits to be sent again leaves no timer", async () => {
  const { sent, fetch } = scriptedFetch(lost);
  const remote = connectCodeMode({ url: "http://h", fetch });
  const asked = remote.tools();
  const refused = expect(asked).rejects.toMatchObject({ code: "ERR_SESSION_CLOSED" });
  while (sent.length < 3) await vi.advanceTimersByTimeAsync(10);
  // The pause after the third has begun.
  await vi.advanceTimersByTimeAsync(0);
  expect(vi.getTimerCount()).toBe(1);
  await remote.close();
  await refused;
  expect(vi.getTimerCount()).toBe(0);
});
