import { describe, expect, test } from "vitest";
import { connectCodeMode, type RemoteCodeMode, type RemoteSession } from "../../src/client.js";
import { eventsAnswer, jsonAnswer, scriptedFetch, sentOutcome } from "../support/scripted-fetch.js";

function answered(answer: Response): {
  readonly remote: RemoteCodeMode;
  readonly session: RemoteSession;
} {
  const remote = connectCodeMode({ url: "http://h", fetch: scriptedFetch(answer).fetch });
  return { remote, session: remote.openSession({ id: "mine" }) };
}

const wrong = expect.objectContaining({ code: "ERR_SERVER_ANSWER" });

describe("an outcome", () => {
  const error = { text: "Error: no" };
  test.each<readonly [object]>([
    [{}],
    [{ status: "failed", error }],
    [{ status: "terminated", reason: "closed" }],
    [{ status: "yielded", cursor: 0, warnings: undefined }],
    [{ status: "missing", output: undefined, logs: undefined, usage: undefined }],
    [{ newer: "field" }],
  ])("is passed on as it comes: %j", async (more) => {
    const sent = sentOutcome(more);
    const { session } = answered(jsonAnswer(sent));
    expect(await session.wait("c")).toEqual(JSON.parse(JSON.stringify(sent)));
  });

  test.each<readonly [object]>([
    [{ status: "new" }],
    [{ cellId: 5 }],
    [{ output: {} }],
    [{ logs: null }],
    [{ usage: [] }],
    [{ cursor: "1" }],
    [{ cursor: 1.5 }],
    [{ warnings: {} }],
    [{ status: "failed" }],
    [{ status: "failed", error: [] }],
    [{ status: "failed", error: { text: 5 } }],
    [{ status: "failed", error, warnings: undefined }],
    [{ status: "yielded", output: undefined }],
  ])("is refused where a part is not as it must be: %j", async (more) => {
    const { session } = answered(jsonAnswer(sentOutcome(more)));
    await expect(session.wait("c")).rejects.toEqual(wrong);
    await expect(session.terminate("c")).rejects.toEqual(wrong);
    await expect(session.exec("1")).rejects.toEqual(wrong);
  });
});

test.each<readonly [string, unknown, unknown]>([
  ["values", { values: { k: [1] } }, { k: [1] }],
  ["no values", { values: [1] }, undefined],
  ["nothing", null, undefined],
])("the stored values are those that are sent: %s", async (_what, answer, values) => {
  const asked = answered(jsonAnswer(answer)).session.storedValues();
  if (values === undefined) await expect(asked).rejects.toEqual(wrong);
  else expect(await asked).toEqual(values);
});

test.each<readonly [unknown, boolean]>([
  [{ status: "decided", decision: { verdict: "deny", at: 1 } }, true],
  [{ status: "alreadyDecided", decision: { verdict: "deny", at: 1 } }, true],
  [{ status: "ended" }, true],
  [{ status: "missing" }, true],
  [{ status: "decided" }, false],
  [{ status: "alreadyDecided", decision: "deny" }, false],
  [{ status: "new" }, false],
  [[], false],
  [null, false],
])("the outcome of a decision is %j: %s", async (answer, isOne) => {
  const decided = answered(jsonAnswer(answer)).remote.decide("a", { verdict: "deny" });
  if (isOne) expect(await decided).toEqual(answer);
  else await expect(decided).rejects.toEqual(wrong);
});

describe("lists", () => {
  test("name sessions as their client does, and no tenant", async () => {
    const cell = { cellId: "c", status: "open", createdAt: 1 };
    const cells = [
      { ...cell, session: "s", tenant: "t" },
      { ...cell, sessionId: "s" },
    ];
    const { remote } = answered(jsonAnswer({ cells }));
    expect(await remote.cells()).toEqual([
      { ...cell, sessionId: "s" },
      { ...cell, sessionId: "s" },
    ]);
  });

  test.each([{ tools: {} }, { tools: [1] }, { tools: [[]] }, { cells: [] }, [], null])(
    "are refused where they are none of objects: %j",
    async (answer) => {
      await expect(answered(jsonAnswer(answer)).remote.tools()).rejects.toMatchObject({
        code: "ERR_SERVER_ANSWER",
        message: expect.stringContaining("sends no list of tools"),
      });
    },
  );
});

describe("a server's own error", () => {
  test.each<readonly [object, string]>([
    [{ message: "no" }, "no"],
    [{ message: "no", requestId: "r-1" }, "no (request r-1 of the server)"],
    [{ message: "no", requestId: 5 }, "no"],
    [{ message: "x".repeat(5000) }, "x".repeat(4000)],
  ])("has its own message: %j", async (error, message) => {
    const answer = jsonAnswer({ error: { code: "ERR_NEWER", ...error } }, 400);
    const thrown: unknown = await answered(answer)
      .remote.tools()
      .catch((e: unknown) => e);
    expect(thrown).toMatchObject({ name: "CodeModeError", code: "ERR_NEWER" });
    expect(String((thrown as Error).message).startsWith(message)).toBe(true);
    expect(String((thrown as Error).message).length).toBeLessThan(4100);
  });

  test.each(["ERR_", "ERR-X", "NO", `ERR_${"X".repeat(61)}`, "ERR_x", "my ERR_X", "ERR_X.", 5])(
    "has a code of codecell: %j is none",
    async (code) => {
      const answer = jsonAnswer({ error: { code, message: "no" } }, 400);
      await expect(answered(answer).remote.tools()).rejects.toMatchObject({
        code: "ERR_SERVER_ANSWER",
        message: expect.stringContaining("answers with status 400 and application/json"),
      });
    },
  );
});

describe("what is no answer of codecell", () => {
  test.each<readonly [string, Response, string]>([
    ["nothing", new Response(null, { status: 404 }), "status 404 and no content type."],
    [
      "text of many lines",
      new Response("a \n\n b", { status: 200, headers: { "content-type": "text/plain" } }),
      'status 200 and text/plain: "a b".',
    ],
    [
      "a long type",
      new Response("", { status: 400, headers: { "content-type": `x/${"y".repeat(500)}` } }),
      `status 400 and x/${"y".repeat(98)}`,
    ],
    [
      "events where none were asked for",
      eventsAnswer(["outcome", {}]),
      'status 200 and text/event-stream: "event: outcome data: {} ".',
    ],
  ])("is told: %s", async (_what, answer, words) => {
    const asked = answered(answer).remote.tools();
    await expect(asked).rejects.toMatchObject({
      code: "ERR_SERVER_ANSWER",
      message: expect.stringContaining(words),
    });
  });

  test.each(["APPLICATION/JSON", "application/json; charset=utf-8", " application/json ;x"])(
    "is not JSON of the type %j",
    async (type) => {
      const answer = new Response('{"tools":[]}', { headers: { "content-type": type } });
      expect(await answered(answer).remote.tools()).toEqual([]);
    },
  );

  test("is not an answer of no content", async () => {
    const { session } = answered(new Response(null, { status: 204 }));
    expect(await session.forget()).toBe(undefined);
  });

  test.each([1, 3, 8])(
    "is not text that is cut within a character, in pieces of %i bytes",
    async (size) => {
      const bytes = new TextEncoder().encode('{"values":{"k":"ä€😀"}}');
      let at = 0;
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          controller.enqueue(bytes.slice(at, at + size));
          at += size;
          if (at >= bytes.length) controller.close();
        },
      });
      const answer = new Response(body, { headers: { "content-type": "application/json" } });
      expect(await answered(answer).session.storedValues()).toEqual({ k: "ä€😀" });
    },
  );
});

test("an answer of maxAnswerBytes is read, and one more is refused", async () => {
  const text = JSON.stringify({ tools: [] });
  const ask = (maxAnswerBytes: number): Promise<unknown> => {
    const { fetch } = scriptedFetch(jsonAnswer({ tools: [] }));
    return connectCodeMode({ url: "http://h", fetch, maxAnswerBytes }).tools();
  };
  expect(await ask(text.length)).toEqual([]);
  await expect(ask(text.length - 1)).rejects.toEqual(wrong);
});
