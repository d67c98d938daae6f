import { describe, expect, test } from "vitest";
import {
  CodeModeError,
  createCodeMode,
  createModelTools,
  type ExecOptions,
  type SessionOptions,
  type ToolContext,
} from "../../src/index.js";
import { EventLog, shownBy, textsOf } from "../support/cells.js";

function openSession(options: SessionOptions) {
  return createCodeMode().openSession(options);
}

function refusal(options: SessionOptions): CodeModeError {
  try {
    openSession(options);
  } catch (error) {
    if (error instanceof CodeModeError) return error;
    throw error;
  }
  throw new Error("The options were taken.");
}

describe("id and data of a session", () => {
  test("reach events, notifications and tools, of each session its own", async () => {
    const log = new EventLog();
    const heard: string[] = [];
    const seen: unknown[] = [];
    await using codeMode = createCodeMode({
      onEvent: log.push,
      onNotify: ({ sessionId, text }) => void heard.push(`${sessionId}: ${text}`),
      tools: {
        who: {
          execute: (_input, { sessionId, sessionData }) => {
            seen.push(sessionData);
            return sessionId;
          },
        },
      },
    });
    const data = { user: "ada" };
    const sessions = [codeMode.openSession({ id: "a", data }), codeMode.openSession({ id: "b" })];
    for (const session of sessions) {
      const outcome = await session.exec('notify("hi"); text(await tools.who());');
      expect(textsOf(outcome)).toEqual([session.id]);
    }
    expect(sessions.map(({ id, data }) => [id, data])).toEqual([
      ["a", data],
      ["b", undefined],
    ]);
    expect(seen[0]).toBe(data);
    expect(seen[1]).toBeUndefined();
    expect(heard).toEqual(["a: hi", "b: hi"]);
    expect(new Set(log.events.map(({ sessionId }) => sessionId))).toEqual(new Set(["a", "b"]));
  });

  test("the context of an exec reaches the tools of its cell, and of no other", async () => {
    const seen: unknown[] = [];
    const look = {
      execute: (_input: unknown, { context }: ToolContext) => void seen.push(context),
    };
    await using session = openSession({ tools: { look } });
    const context = { requestId: 7 };
    await session.exec("await tools.look();", { context });
    await session.exec("await tools.look();");
    const { exec } = createModelTools(session);
    await exec.execute({ code: "await tools.look();" }, { context });
    expect(seen).toEqual([context, undefined, context]);
    expect(seen[2]).toBe(context);
  });

  test.each([[""], ["x".repeat(257)], [7], [null]])("an id cannot be %j", (id) => {
    expect(refusal({ id: id as string })).toMatchObject({
      code: "ERR_INVALID_OPTION",
      message: expect.stringContaining('The option "id" must be a string of 1 to 256 characters'),
    });
  });

  test("an id can have 256 characters", async () => {
    await using session = openSession({ id: "x".repeat(256) });
    expect(session.id).toHaveLength(256);
  });

  test("they are none of a runtime's options", () => {
    expect(() => createCodeMode({ id: "a" } as object)).toThrow('There is no option "id"');
  });
});

describe("an exec of its session", () => {
  test("whose signal has been aborted before does not start, and has an id all the same", async () => {
    const log = new EventLog();
    const ids: string[] = [];
    await using session = openSession({});
    const outcome = await session.exec("text(1)", {
      signal: AbortSignal.abort(),
      onCellId: (id) => void ids.push(id),
      onEvent: log.push,
    });
    expect(outcome).toMatchObject({ status: "terminated", reason: "aborted", output: [] });
    expect([outcome.cellId, ids, log.types()]).toEqual(["1", ["1"], []]);
  });

  test("may have limits, tools and a console of its own, which the next has not", async () => {
    const name = (text: string) => ({ execute: () => text });
    await using session = openSession({ tools: { who: name("session") } });
    const source = `
      globalThis.console?.log("log");
      for (const one of [await tools.who(), "b", "c"]) text(one);`;
    const own = {
      limits: { outputItems: 2 },
      tools: { who: name("exec") },
      console: "output",
    } as const;
    const all = async (options?: ExecOptions): Promise<readonly string[]> =>
      shownBy(await session.exec(source, options));
    for (let round = 0; round < 2; round += 1) {
      expect(await all()).toEqual(["session", "b", "c"]);
      expect(await all({ limits: own.limits })).toEqual(["session", "b"]);
      expect(await all({ tools: own.tools })).toEqual(["exec", "b", "c"]);
      expect(await all({ console: own.console })).toEqual(["log", "session", "b", "c"]);
      expect(await all(own)).toEqual(["log", "exec"]);
    }
  });
});

describe("values a session is opened with", () => {
  test("are what its cells load, and a session's own values can be given to the next", async () => {
    await using codeMode = createCodeMode();
    const first = codeMode.openSession({ storedValues: { n: 1, deep: { list: [null, "é€"] } } });
    expect(textsOf(await first.exec('store("n", load("n") + 1); text(load("deep"));'))).toEqual([
      '{"list":[null,"é€"]}',
    ]);
    const values = await first.storedValues();
    const second = codeMode.openSession({ storedValues: values });
    expect(await second.storedValues()).toEqual({ n: 2, deep: { list: [null, "é€"] } });
    expect(textsOf(await second.exec('text(load("n"));'))).toEqual(["2"]);
  });

  test("are copies", async () => {
    const list = [1];
    await using session = openSession({ storedValues: { list } });
    list.push(2);
    expect(await session.storedValues()).toEqual({ list: [1] });
  });

  test("an own key __proto__ is a key like any other", async () => {
    await using session = openSession({ storedValues: JSON.parse('{"__proto__": 1}') });
    expect(textsOf(await session.exec('text(load("__proto__"));'))).toEqual(["1"]);
  });

  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  test.each<[string, SessionOptions, string]>([
    ["a list", { storedValues: [] as never }, '"storedValues" must be a record of JSON values'],
    ["null", { storedValues: null as never }, '"storedValues" must be a record of JSON values'],
    ["a text", { storedValues: "ab" as never }, '"storedValues" must be a record of JSON values'],
    [
      "a function",
      { storedValues: { f: () => 1 } },
      'storedValues["f"]" must be a plain JSON value',
    ],
    ["undefined", { storedValues: { u: undefined } }, 'storedValues["u"]" must be a plain JSON'],
    ["NaN", { storedValues: { n: { a: [NaN] } } }, "NaN at .a[0]"],
    ["a date", { storedValues: { d: { at: new Date(0) } } }, " at .at"],
    ["a map", { storedValues: { m: new Map() } }, 'storedValues["m"]" must be a plain JSON value'],
    ["a hole", { storedValues: { h: new Array(1) } }, "got undefined at [0]"],
    ["a bigint", { storedValues: { b: { "a b": 1n } } }, ' at ["a b"]'],
    ["a circle", { storedValues: { c: circle } }, "nested 1000 deep (limits.jsonDepth)"],
    [
      "what is too deep",
      { storedValues: { d: [[[]]] }, limits: { jsonDepth: 2 } },
      "nested 2 deep (limits.jsonDepth)",
    ],
    [
      "what is made of too many values",
      { storedValues: { d: [1, { a: 2 }] }, limits: { jsonValues: 4 } },
      "made of 4 values, keys included (limits.jsonValues)",
    ],
    [
      "what counts for more than its text",
      { storedValues: { d: [1, 2, 3, 4, 5, 6] }, limits: { storedBytes: 100 } },
      "all stored values together may have 100 bytes (limits.storedBytes)",
    ],
    [
      "too many keys",
      { storedValues: { a: 1, b: 2 }, limits: { storedKeys: 1 } },
      "may have 1 keys (limits.storedKeys); got 2",
    ],
    [
      "too much",
      { storedValues: { a: 1, long: "x".repeat(100) }, limits: { storedBytes: 100 } },
      'storedValues["long"]" does not fit: all stored values together may have 100 bytes (limits.storedBytes)',
    ],
  ])("cannot be %s", (_what, options, why) => {
    expect(refusal(options)).toMatchObject({
      code: "ERR_INVALID_OPTION",
      message: expect.stringContaining(why),
    });
  });
});
