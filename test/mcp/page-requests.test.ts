import { describe, expect, test } from "vitest";
import { PageRequests } from "../../src/mcp/client/page-requests.js";
import type { McpServerRequest } from "../../src/mcp.js";
import { Held } from "../support/cells.js";

const page = { url: "https://login.test/", message: "Log in", elicitationId: "login" };
const next = { url: "https://pay.test/", message: "", elicitationId: "pay" };

/** A server's error that wants these pages to be opened. */
function wants(...elicitations: readonly unknown[]): Error {
  return Object.assign(new Error("a page is needed"), { code: -32_042, data: { elicitations } });
}

const toOpen = (text: string): string =>
  `MCP server "one" wants a person to open ${text} in a browser first.`;
const login = toOpen("https://login.test/ (Log in)");
const notDone = "The person has been asked to, and is not done; make the call again when they are.";

/** A request that a server answers so, one attempt after another, the last again and again. */
function requestOf(
  answers: readonly (Error | string | (() => Error))[],
  {
    ask = async () => ({ action: "accept" }),
    signal,
    cause,
  }: {
    readonly ask?: (request: McpServerRequest) => Promise<Record<string, unknown>>;
    readonly signal?: AbortSignal;
    readonly cause?: object;
  } = {},
) {
  const asked: McpServerRequest[] = [];
  let attempts = 0;
  const requests = new PageRequests({
    server: "one",
    ask: (request) => {
      asked.push(request);
      return ask(request);
    },
  });
  const send = async (): Promise<string> => {
    const answer = answers[Math.min(attempts, answers.length - 1)] ?? "";
    attempts += 1;
    const given = typeof answer === "function" ? answer() : answer;
    if (typeof given === "string") return given;
    throw given;
  };
  return {
    requests,
    asked,
    attempts: () => attempts,
    run: () => requests.run({ cause, signal }, send),
  };
}

describe("a request whose server wants pages", () => {
  test("is sent once where it is answered, and where it fails otherwise", async () => {
    const good = requestOf(["fine"]);
    expect(await good.run()).toBe("fine");
    const bad = requestOf([new Error("no disk")]);
    await expect(bad.run()).rejects.toThrow(new Error("no disk"));
    expect([good, bad].map(({ asked, attempts }) => [asked.length, attempts()])).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  test("is sent again when the person has agreed to each page", async () => {
    const cause = { cellId: "1" };
    const { signal } = new AbortController();
    const made = requestOf([wants(page, next), "fine"], { cause, signal });
    expect(await made.run()).toBe("fine");
    expect(made.attempts()).toBe(2);
    const common = { server: "one", method: "elicitation/create", causes: [cause], signal };
    expect(made.asked).toEqual([
      { ...common, params: { mode: "url", ...page } },
      { ...common, params: { mode: "url", ...next } },
    ]);
  });

  test("is asked for with no cause and no id where there is none", async () => {
    const made = requestOf([wants({ url: page.url }), "fine"]);
    expect(await made.run()).toBe("fine");
    const [request] = made.asked;
    expect(request?.causes).toEqual([]);
    expect(request?.params).toEqual({ mode: "url", url: page.url, message: "" });
    expect(request?.signal.aborted).toBe(false);
  });

  test("waits after it was sent too early until the server says that the person is done", async () => {
    const isEarly = new Held();
    const made = requestOf([
      wants(page),
      () => {
        isEarly.resolve();
        return wants(page);
      },
      "fine",
    ]);
    const running = made.run();
    await isEarly.promise;
    for (const other of [undefined, 1, {}, "another"]) made.requests.completed(other);
    await new Promise(setImmediate);
    expect(made.attempts()).toBe(2);
    made.requests.completed("login");
    expect(await running).toBe("fine");
    expect([made.attempts(), made.asked.length]).toEqual([3, 1]);
  });

  test("does not wait where the server has said so already", async () => {
    const made = requestOf([
      wants(page),
      () => {
        made.requests.completed("login");
        return wants(page);
      },
      "fine",
    ]);
    expect(await made.run()).toBe("fine");
    expect([made.attempts(), made.asked.length]).toEqual([3, 1]);
  });

  test("has a second page opened, and no third", async () => {
    const completes = () => {
      made.requests.completed("login");
      return wants(page);
    };
    const made = requestOf([wants(page), completes, wants(next), "fine"]);
    expect(await made.run()).toBe("fine");
    expect(made.asked.map(({ params }) => params["url"])).toEqual([page.url, next.url]);
    const endless = requestOf([
      wants(page),
      () => {
        endless.requests.completed("login");
        return wants(page);
      },
      wants(next),
    ]);
    await expect(endless.run()).rejects.toThrow(`${toOpen(next.url)} ${notDone}`);
    expect([endless.attempts(), endless.asked.length]).toEqual([4, 2]);
  });

  test("fails where it is sent too early to a server that gives no ids", async () => {
    const made = requestOf([wants({ ...page, elicitationId: undefined })]);
    await expect(made.run()).rejects.toThrow(`${login} ${notDone}`);
    expect([made.attempts(), made.asked.length]).toEqual([2, 1]);
  });

  test("hears nothing any more when it has been answered", async () => {
    const first = requestOf([wants(page), "fine"]);
    expect(await first.run()).toBe("fine");
    first.requests.completed("login");
    const isEarly = new Held();
    let attempts = 0;
    const second = first.requests.run({ cause: undefined, signal: undefined }, () => {
      attempts += 1;
      if (attempts === 3) return "fine";
      if (attempts === 2) isEarly.resolve();
      throw wants(page);
    });
    await isEarly.promise;
    await new Promise(setImmediate);
    expect(attempts).toBe(2);
    first.requests.completed("login");
    expect(await second).toBe("fine");
  });

  test.each([
    ["decline", "said no"],
    ["cancel", "did not answer"],
    [undefined, "did not answer"],
  ])("fails where the person's answer is %j, and asks for no other page", async (action, what) => {
    const made = requestOf([wants(page, next)], { ask: async () => ({ action }) });
    await expect(made.run()).rejects.toMatchObject({
      name: "PagesNeededError",
      code: -32_042,
      data: { elicitations: [page, next] },
      message: `${toOpen("https://login.test/ (Log in) and https://pay.test/")} The person was asked to, and ${what}.`,
    });
    expect([made.attempts(), made.asked.length]).toEqual([1, 1]);
  });

  test("fails with the reason of its signal where that is aborted while it waits", async () => {
    const isEarly = new Held();
    const stop = new AbortController();
    const answers = [
      wants(page),
      () => {
        isEarly.resolve();
        return wants(page);
      },
    ];
    const made = requestOf(answers, { signal: stop.signal });
    const running = made.run();
    await isEarly.promise;
    await new Promise(setImmediate);
    stop.abort(new Error("the cell has ended"));
    await expect(running).rejects.toThrow(new Error("the cell has ended"));
    expect(made.attempts()).toBe(2);
  });

  test("fails so where its signal is aborted just before it would wait", async () => {
    const stop = new AbortController();
    const answers = [
      wants(page),
      () => {
        stop.abort(new Error("the cell has ended"));
        return wants(page);
      },
    ];
    const made = requestOf(answers, { signal: stop.signal });
    await expect(made.run()).rejects.toThrow(new Error("the cell has ended"));
  });

  test("fails so where its signal is aborted while the person is asked", async () => {
    const stop = new AbortController();
    const made = requestOf([wants(page)], {
      signal: stop.signal,
      ask: async ({ signal }) => {
        stop.abort(new Error("the cell has ended"));
        signal.throwIfAborted();
        return {};
      },
    });
    await expect(made.run()).rejects.toThrow(new Error("the cell has ended"));
  });

  test("fails as it did where its server has been asked by another such request", async () => {
    const inner = requestOf([wants(page)], { ask: async () => ({ action: "decline" }) });
    const outer = requestOf([]);
    const running = outer.requests.run({ cause: undefined, signal: undefined }, () => inner.run());
    await expect(running).rejects.toThrow(`${login} The person was asked to, and said no.`);
    expect(outer.asked).toEqual([]);
  });
});

describe("an error wants pages", () => {
  test.each<readonly [string, unknown]>([
    ["has another code", Object.assign(wants(page), { code: -32_603 })],
    ["has no data", Object.assign(new Error("x"), { code: -32_042 })],
    ["has null for data", Object.assign(new Error("x"), { code: -32_042, data: null })],
    ["lists no pages", wants()],
    ["lists what is no list", Object.assign(wants(), { data: { elicitations: page } })],
    ["lists no addresses", wants(null, "https://login.test/", {}, { url: 1 })],
    ["lists an address that is too long", wants({ url: `https://x.test/${"x".repeat(7_986)}` })],
    ["is null", null],
    ["is a text", "a page is needed"],
    ["is undefined", undefined],
  ])("but not where it %s", async (_what, error) => {
    const asked: unknown[] = [];
    const requests = new PageRequests({
      server: "one",
      ask: async (request) => {
        asked.push(request);
        return { action: "accept" };
      },
    });
    const running = requests.run({ cause: undefined, signal: undefined }, () => {
      throw error;
    });
    expect(
      await running.then(
        () => "answered",
        (thrown: unknown) => thrown,
      ),
    ).toBe(error);
    expect(asked).toEqual([]);
  });

  const url = `https://x.test/${"x".repeat(7_985)}`;
  test.each<readonly [string, readonly unknown[], string]>([
    [
      "five of them at most",
      Array.from({ length: 7 }, (_, i) => ({ url: `p${i}` })),
      "p0 and p1 and p2 and p3 and p4",
    ],
    ["those that have an address", [null, { url: "a" }, { url: 1 }, { url: "b" }], "a and b"],
    ["the long ones in full", [{ url }], url],
    ["their words in one line", [{ url: "a", message: " two\n\tlines " }], "a ( two lines )"],
    ["no words that are none", [{ url: "a", message: 1 }], "a"],
    [
      "2000 characters of their words",
      [{ url: "a", message: "x".repeat(2_001) }],
      `a (${"x".repeat(2_000)})`,
    ],
  ])("and names %s", async (_what, elicitations, text) => {
    const made = requestOf([wants(...elicitations)], { ask: async () => ({ action: "decline" }) });
    await expect(made.run()).rejects.toMatchObject({
      message: `${toOpen(text)} The person was asked to, and said no.`,
    });
  });
});
