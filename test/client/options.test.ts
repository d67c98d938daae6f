import { describe, expect, test } from "vitest";
import { connectCodeMode, type RemoteCodeMode, type RemoteSession } from "../../src/client.js";
import { jsonAnswer, scriptedFetch, sentOutcome } from "../support/scripted-fetch.js";

/** A client whose requests are noted and answered so. */
function client(answer: unknown) {
  const { sent, fetch } = scriptedFetch(jsonAnswer(answer));
  const remote = connectCodeMode({ url: "http://h/cells/", fetch });
  return { sent, remote, session: remote.openSession({ id: "s" }) };
}

describe("what is wrong is refused, and nothing is sent", () => {
  type Ask = (session: RemoteSession, remote: RemoteCodeMode) => Promise<unknown>;
  const exec =
    (options: object): Ask =>
    (session) =>
      session.exec("1", options as never);
  const wait =
    (options: object): Ask =>
    (session) =>
      session.wait("c", options as never);

  test.each<readonly [string, Ask]>([
    ["a source that is none", (session) => session.exec(5 as never)],
    ["an option of exec that there is not", exec({ tools: [] })],
    ["yieldAfterMs of exec", exec({ yieldAfterMs: -1 })],
    ["signal of exec", exec({ signal: {} })],
    ["requestId of exec", exec({ requestId: "" })],
    ["yieldOnApproval of exec", exec({ yieldOnApproval: 1 })],
    ["onCellId of exec", exec({ onCellId: "f" })],
    ["onEvent of exec", exec({ onEvent: {} })],
    ["onNotify of exec", exec({ onNotify: 1 })],
    ["limits of exec", exec({ limits: [1] })],
    ["no limits of exec", exec({ limits: null })],
    ["an option of wait that there is not", wait({ onEvent: () => {} })],
    ["yieldAfterMs of wait", wait({ yieldAfterMs: Number.NaN })],
    ["after of wait", wait({ after: -1 })],
    ["half an item after which to wait", wait({ after: 0.5 })],
    ["yieldOnApproval of wait", wait({ yieldOnApproval: "yes" })],
    ["signal of wait", wait({ signal: true })],
    ["a cell's id of wait", (session) => session.wait(5 as never)],
    ["a cell's id of terminate", (session) => session.terminate(undefined as never)],
    ["a query of approvals", (_, remote) => remote.approvals({ limit: 1 } as never)],
    ["the state of approvals", (_, remote) => remote.approvals({ state: "ended" as never })],
    ["an approval's id", (_, remote) => remote.decide(5 as never, { verdict: "deny" })],
    ["an approval without id", (_, remote) => remote.decide("", { verdict: "deny" })],
    ["an approval's id that is a path", (_, remote) => remote.decide("..", { verdict: "deny" })],
    ["another such id", (_, remote) => remote.decide(".", { verdict: "deny" })],
    ["no decision", (_, remote) => remote.decide("a", "approve" as never)],
    ["who decides", (_, remote) => remote.decide("a", { verdict: "deny", by: "me" } as never)],
    ["a query of cells", (_, remote) => remote.cells({ after: "c" } as never)],
    ["the state of cells", (_, remote) => remote.cells({ state: "all" as never })],
  ])("%s", async (_what, ask) => {
    const { sent, remote, session } = client({});
    await expect(ask(session, remote)).rejects.toMatchObject({ code: "ERR_INVALID_OPTION" });
    expect(sent).toEqual([]);
  });

  test.each<readonly [object]>([
    [{ url: "xhttps://h" }],
    [{ url: "httpsx://h" }],
    [{ url: "http://me@h" }],
    [{ url: "http://:secret@h" }],
    [{ fetch: {} }],
    [{ retryForMs: -1 }],
    [{ silenceMs: 0 }],
    [{ maxAnswerBytes: 0 }],
    [{ maxAnswerBytes: 1.5 }],
  ])("an option of connectCodeMode: %j", (options) => {
    expect(() => connectCodeMode({ url: "http://h", ...options } as never)).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_OPTION" }),
    );
  });

  test("a wait whose signal is aborted already, with its reason", async () => {
    const { sent, session } = client(sentOutcome());
    const reason = new Error("enough");
    await expect(session.wait("c", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(sent).toEqual([]);
  });
});

describe("what is sent", () => {
  const lines = (client: ReturnType<typeof scriptedFetch>["sent"]): readonly string[] =>
    client.map(({ line }) => line);

  test("is under the path of the url, and ids are encoded in it", async () => {
    const { sent, session, remote } = client(sentOutcome());
    await session.wait("a/b c");
    await session.wait("a/b");
    await session.terminate("...");
    await remote.openSession({ id: "x:y" }).exec("1");
    expect(lines(sent)).toEqual([
      "POST /cells/v1/sessions/s/cells/a%2Fb/wait",
      "POST /cells/v1/sessions/s/cells/.../terminate",
      "POST /cells/v1/sessions/x%3Ay/cells",
    ]);
  });

  test("of exec is its source, what its options say, and an id of the request", async () => {
    const { sent, session } = client(sentOutcome());
    await session.exec("1");
    await session.exec("2", {
      requestId: "r",
      yieldAfterMs: Number.POSITIVE_INFINITY,
      yieldOnApproval: true,
      limits: { cpuMs: 5, toolCalls: Number.POSITIVE_INFINITY },
    });
    expect(sent.map(({ body }) => body)).toEqual([
      { source: "1", requestId: expect.stringMatching(/^[0-9a-f]{32}$/) },
      {
        source: "2",
        requestId: "r",
        yieldAfterMs: Number.MAX_SAFE_INTEGER,
        yieldOnApproval: true,
        limits: { cpuMs: 5 },
      },
    ]);
  });

  test("of wait begins where this session has been told the output to, or with all of it", async () => {
    const yielded = { status: "yielded", reason: "time" };
    const { sent, fetch } = scriptedFetch(
      jsonAnswer(sentOutcome({ ...yielded, cursor: 3 })),
      jsonAnswer(sentOutcome({ ...yielded, cursor: 5 })),
      jsonAnswer(sentOutcome(yielded)),
      jsonAnswer(sentOutcome({ cursor: 7 })),
    );
    const session = connectCodeMode({ url: "http://h", fetch }).openSession();
    await session.wait("other", { yieldAfterMs: 0 });
    for (let i = 0; i < 4; i += 1) await session.wait("c");
    await session.wait("c", { after: 2, yieldOnApproval: false });
    expect(sent.map(({ body }) => body)).toEqual([
      { after: 0, yieldAfterMs: 0 },
      { after: 3 },
      { after: 5 },
      { after: 5 },
      { after: 0 },
      { after: 2, yieldOnApproval: false },
    ]);
  });

  test("of lists is what they are of", async () => {
    const { sent, remote } = client({ cells: [], approvals: [], tools: [] });
    await remote.cells();
    await remote.cells({ sessionId: "s:1", state: "open", limit: 5 });
    await remote.approvals();
    await remote.approvals({ sessionId: "a&b", cellId: "c=1", state: "all" });
    await remote.tools();
    for (const sessionId of ["..", "a/b", ""])
      expect(await remote.cells({ sessionId })).toEqual([]);
    expect(lines(sent)).toEqual([
      "GET /cells/v1/cells",
      "GET /cells/v1/sessions/s%3A1/cells?state=open&limit=5",
      "GET /cells/v1/approvals",
      "GET /cells/v1/approvals?session=a%26b&cell=c%3D1&state=all",
      "GET /cells/v1/tools",
    ]);
  });

  test("to forget is the session or one cell of it, and nothing where no cell can have the id", async () => {
    const { sent, session } = client({});
    await session.forget();
    await session.forget("a/b");
    for (const id of ["", ".", "..", "a b", "a".repeat(513)]) await session.forget(id);
    expect(lines(sent)).toEqual([
      "DELETE /cells/v1/sessions/s",
      "DELETE /cells/v1/sessions/s/cells/a%2Fb",
    ]);
  });

  test("has the token, and says what it takes and what it has", async () => {
    const { sent, fetch } = scriptedFetch(jsonAnswer(sentOutcome({ values: {} })));
    const url = new URL("http://h");
    const session = connectCodeMode({ url, fetch, token: "t" }).openSession();
    await session.exec("1");
    await session.storedValues();
    expect(sent.map(({ headers }) => Object.fromEntries(headers))).toEqual([
      {
        authorization: "Bearer t",
        accept: "text/event-stream, application/json",
        "content-type": "application/json",
      },
      { authorization: "Bearer t", accept: "application/json" },
    ]);
  });
});
