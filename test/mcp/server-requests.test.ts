import type { ClientCapabilities, LoggingLevel, Server } from "@modelcontextprotocol/server";
import { describe, expect, test } from "vitest";
import type { McpServerRequest } from "../../src/mcp/client/servers.js";
import { Clients } from "../../src/mcp/gateway/clients.js";
import { passMessage } from "../../src/mcp/gateway/server-messages.js";
import { ServerRequests } from "../../src/mcp/gateway/server-requests.js";
import type { Ask, LogMessage, Reach } from "../../src/mcp/server/reach.js";
import { Held } from "../support/cells.js";

type Method = McpServerRequest["method"];

const never = new AbortController().signal;

/** A client that can be asked, and what it was asked. */
function asked(capabilities: ClientCapabilities, client: object = {}): Reach & { asks: Ask[] } {
  const asks: Ask[] = [];
  return {
    client,
    capabilities,
    asks,
    ask: async (ask) => {
      asks.push(ask);
      return { by: "cause" };
    },
    log: async () => {},
  };
}

/** A client with a connection, as its server knows it. */
function connected(capabilities: ClientCapabilities | undefined, name: string): Server {
  return {
    getClientCapabilities: () => capabilities,
    request: async () => ({ by: name }),
  } as unknown as Server;
}

interface Situation {
  /** Of the calls that the server is at work on. */
  readonly causes?: readonly (Reach | undefined)[];
  /** Those who hear what they are asked, and those who do not. */
  readonly listening?: readonly (ClientCapabilities | undefined)[];
  readonly deaf?: readonly ClientCapabilities[];
  readonly onlyClient?: Promise<unknown>;
  readonly signal?: AbortSignal;
}

function answerTo(
  method: Method,
  params: Readonly<Record<string, unknown>>,
  { causes = [], listening = [], deaf = [], onlyClient, signal = never }: Situation,
): Promise<unknown> {
  const clients = new Clients();
  for (const [n, can] of listening.entries()) clients.add(connected(can, `#${n}`), () => true);
  for (const can of deaf) clients.add(connected(can, "deaf"), () => false);
  const objects = causes.map(() => ({}));
  const requests = new ServerRequests({
    clients,
    reachOf: (cause) => causes[objects.indexOf(cause)],
    onlyClient,
  });
  return requests.answer({ server: "files", method, params, causes: objects, signal });
}

const form: ClientCapabilities = { elicitation: { form: {} } };
const page: ClientCapabilities = { elicitation: { url: {} } };
const unsaid: ClientCapabilities = { elicitation: {} };
const both: ClientCapabilities = { elicitation: { form: {}, url: {} } };
const sampling: ClientCapabilities = { sampling: {} };
const samplingTools: ClientCapabilities = { sampling: { tools: {} } };
const roots: ClientCapabilities = { roots: {} };

const inForm = { mode: "form" };
const byUrl = { mode: "url" };

/** Which clients can answer what. */
const abilities: readonly (readonly [Method, object, readonly ClientCapabilities[], string])[] = [
  ["elicitation/create", {}, [form, unsaid, both], "elicitation"],
  ["elicitation/create", inForm, [form, unsaid, both], "elicitation"],
  ["elicitation/create", byUrl, [page, both], "elicitation in URL mode"],
  ["sampling/createMessage", {}, [sampling, samplingTools], "sampling"],
  ["sampling/createMessage", { tools: [] }, [samplingTools], "sampling"],
  ["roots/list", {}, [roots], "roots"],
];
const everyone = [{}, form, page, unsaid, both, sampling, samplingTools, roots];

describe.each(abilities)("%s of %j", (method, params, able, what) => {
  const ask = (situation: Situation): Promise<unknown> =>
    answerTo(method, params as Readonly<Record<string, unknown>>, situation);

  test.each(everyone)("for a client with %j", async (capabilities) => {
    const cause = asked(capabilities);
    if (able.includes(capabilities)) {
      expect(await ask({ causes: [cause], listening: [both] })).toEqual({ by: "cause" });
      expect(cause.asks).toMatchObject([{ method, params }]);
      expect(await ask({ listening: [undefined, capabilities] })).toEqual({ by: "#1" });
      return;
    }
    await expect(ask({ causes: [cause], listening: able })).rejects.toMatchObject({
      code: -32_601,
      message: `The client whose call this is for has no ${what}.`,
    });
    expect(cause.asks).toEqual([]);
    await expect(ask({ listening: [capabilities], deaf: able })).rejects.toMatchObject({
      code: -32_601,
      message: `There is no client with ${what}.`,
    });
  });

  test("is not passed on where two clients could be meant", async () => {
    const [can = {}] = able;
    await expect(ask({ causes: [asked(can), asked(can)] })).rejects.toMatchObject({
      code: -32_603,
      message: `${method} is not passed on: the server "files" is at work for several clients, and nothing says whose request this is.`,
    });
    await expect(ask({ listening: [can, can, can] })).rejects.toMatchObject({
      code: -32_603,
      message: `${method} is not passed on: 3 clients have ${what}, and the server "files" is at work for none of them.`,
    });
  });

  test("is passed on where several calls are of one client, or of none", async () => {
    const [can = {}] = able;
    const client = {};
    const last = asked(can, client);
    const causes = [undefined, asked(can, client), last];
    expect(await ask({ causes })).toEqual({ by: "cause" });
    expect(last.asks).toHaveLength(1);
    expect(await ask({ causes: [undefined], listening: [can] })).toEqual({ by: "#0" });
  });
});

describe("what a server asks", () => {
  test("waits for the only client there will be, as long as the server does", async () => {
    const known = new Held();
    let answer: unknown;
    const clients = new Clients();
    const requests = new ServerRequests({
      clients,
      reachOf: () => undefined,
      onlyClient: known.promise,
    });
    const of = (signal: AbortSignal): McpServerRequest => ({
      server: "files",
      method: "roots/list",
      params: {},
      causes: [],
      signal,
    });
    const gone = new AbortController();
    const asking = requests.answer(of(never)).then((value) => {
      answer = value;
    });
    const given = requests.answer(of(gone.signal));
    gone.abort("the server has gone");
    await expect(given).rejects.toBe("the server has gone");
    await expect(requests.answer(of(AbortSignal.abort("before")))).rejects.toBe("before");
    expect(answer).toBeUndefined();
    clients.add(connected(roots, "the one"), () => true);
    known.resolve();
    await asking;
    expect(answer).toEqual({ by: "the one" });
    const failed = { onlyClient: Promise.reject(new Error("no client came")), listening: [roots] };
    await expect(answerTo("roots/list", {}, failed)).rejects.toThrow("no client came");
  });

  test("for one call is taken back with that call, and for several with the server's own", async () => {
    const call = new AbortController();
    const own = new AbortController();
    const cause = asked(roots);
    const withSignal = { signal: call.signal };
    const requests = new ServerRequests({
      clients: new Clients(),
      reachOf: () => cause,
      onlyClient: undefined,
    });
    const from = (causes: readonly object[]): McpServerRequest => ({
      server: "files",
      method: "roots/list",
      params: {},
      causes,
      signal: own.signal,
    });
    await requests.answer(from([withSignal]));
    await requests.answer(from([withSignal, withSignal]));
    await requests.answer(from([{}]));
    const aborted = (): readonly boolean[] => cause.asks.map(({ signal }) => signal.aborted);
    expect(aborted()).toEqual([false, false, false]);
    call.abort();
    expect(aborted()).toEqual([true, false, false]);
    own.abort();
    expect(aborted()).toEqual([true, true, true]);
  });
});

describe("clients with a connection", () => {
  const level = (...levels: readonly (LoggingLevel | undefined)[]): LoggingLevel | undefined => {
    const clients = new Clients();
    for (const wanted of levels) clients.add(connected({}, ""), () => true).level = wanted;
    return clients.level;
  };

  test.each<readonly [readonly (LoggingLevel | undefined)[], LoggingLevel | undefined]>([
    [[], undefined],
    [[undefined], undefined],
    [["error", undefined, "info"], "info"],
    [["emergency", "critical"], "critical"],
    [["debug", "emergency"], "debug"],
  ])("that want %j get messages from %s on", (wanted, least) => {
    expect(level(...wanted)).toBe(least);
  });

  test.each(["http-1", undefined])("get messages of their session %s", async (sessionId) => {
    const sent: unknown[] = [];
    const server = {
      sendLoggingMessage: async (...args: unknown[]) => void sent.push(args),
      ...(sessionId !== undefined && { transport: { sessionId } }),
    } as unknown as Server;
    const message: LogMessage = { level: "info", logger: "files", data: 1 };
    await new Clients().add(server, () => true).log(message);
    expect(sent).toEqual([[message, sessionId]]);
  });

  test("are found by their server until they go", () => {
    const clients = new Clients();
    const [one, other] = [connected({}, "one"), connected(undefined, "other")];
    const known = clients.add(one, () => false);
    clients.add(other, () => true);
    expect(clients.find(one)).toBe(known);
    expect(known.isListening).toBe(false);
    expect(clients.find(other)?.isListening).toBe(true);
    expect(clients.find(other)?.capabilities).toEqual({});
    clients.remove(one);
    expect(clients.find(one)).toBeUndefined();
    expect(clients.all).toHaveLength(1);
  });
});

describe("a server's log message", () => {
  const pass = (params: Readonly<Record<string, unknown>>): readonly LogMessage[] => {
    const messages: LogMessage[] = [];
    const reach = { log: async (message: LogMessage) => void messages.push(message) };
    const gone = { log: async () => Promise.reject(new Error("it has left")) };
    passMessage({ server: "files", method: "notifications/message", params, causes: [] }, [
      gone,
      reach,
    ] as unknown as readonly Reach[]);
    return messages;
  };

  test.each([
    [
      { level: "error", logger: "disk", data: 1 },
      { level: "error", logger: "files/disk", data: 1 },
    ],
    [{ data: "a" }, { level: "info", logger: "files", data: "a" }],
    [
      { logger: "", data: "a" },
      { level: "info", logger: "files", data: "a" },
    ],
    [
      { logger: 7, data: "a" },
      { level: "info", logger: "files", data: "a" },
    ],
  ])("%j is passed on as %j", (params, message) => {
    expect(pass(params)).toEqual([message]);
  });
});
