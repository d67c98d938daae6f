import { describe, expect, test } from "vitest";
import { type CellSession, connectCodeMode } from "../../src/client.js";
import { type CellEvent, createCodeMode } from "../../src/index.js";
import { CellServer, serverToken } from "../support/cell-server.js";

/** Written for a session here, and for one of a server. */
async function runIn(session: CellSession): Promise<unknown> {
  const events: string[] = [];
  const notes: string[] = [];
  const first = await session.exec(
    'text("a"); notify("n"); yield_control(); text("b"); store("k", [1])',
    {
      onEvent: (event: CellEvent) => {
        expect(event.sessionId).toBe(session.id);
        events.push(event.type);
      },
      onNotify: ({ text }) => void notes.push(text),
    },
  );
  const second = await session.wait(first.cellId);
  const failed = await session.exec("null.f");
  const values = await session.storedValues();
  const code = failed.status === "failed" ? failed.error.code : failed.status;
  return {
    first: shown(first),
    second: shown(second),
    code,
    values,
    events: events.slice(0, 3),
    notes,
  };
}

function shown(outcome: { status: string; output?: readonly unknown[] }): unknown {
  return [outcome.status, outcome.output];
}

/** A server, and a session on it. */
async function connected(server: CellServer, options: { retryForMs?: number } = {}) {
  const remote = connectCodeMode({ url: server.url, token: serverToken, ...options });
  return { remote, session: remote.openSession({ id: "s" }) };
}

function later<Value>() {
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** Holds calls of a tool until the test lets them go. */
function gate() {
  const called = later<void>();
  const opened = later<string>();
  const execute = (): Promise<string> => {
    called.resolve();
    return opened.promise;
  };
  return {
    called: called.promise,
    open: () => opened.resolve("done"),
    tools: [{ name: "held", execute }],
  };
}

test("code that is written for a session in this process does the same on a server", async () => {
  await using server = await CellServer.start();
  const { session } = await connected(server);
  await using here = createCodeMode();
  const there = await runIn(session);
  expect(there).toEqual(await runIn(here.openSession({ id: "s" })));
  expect(there).toMatchObject({ first: ["yielded", [{ type: "text", text: "a" }]], notes: ["n"] });
});

describe("a lost connection", () => {
  test("of an exec: it is sent again, and finds the cell that it has started", async () => {
    const { called, open, tools } = gate();
    await using server = await CellServer.start({ tools });
    const { session } = await connected(server);
    let cuts = 0;
    server.onEvent = ({ type }, response) => {
      if (type !== "toolCallStarted" || cuts > 0) return;
      cuts += 1;
      response.destroy();
    };
    const ids: string[] = [];
    const done = session.exec('text("a"); text(await tools.held())', {
      onCellId: (id) => void ids.push(id),
    });
    await called;
    open();
    const outcome = await done;
    expect(shown(outcome)).toEqual([
      "completed",
      [
        { type: "text", text: "a" },
        { type: "text", text: "done" },
      ],
    ]);
    expect(cuts).toBe(1);
    expect(ids).toEqual([outcome.cellId]);
  });

  test("of the answer to a wait: its output is told in the next", async () => {
    await using server = await CellServer.start();
    const { session } = await connected(server);
    const first = await session.exec('text("a"); yield_control(); text("b")');
    let cuts = 0;
    server.onAnswer = (_request, response) => {
      cuts += 1;
      if (cuts > 1) return false;
      response.destroy();
      return true;
    };
    const second = await session.wait(first.cellId);
    expect(shown(second)).toEqual(["completed", [{ type: "text", text: "b" }]]);
    expect(cuts).toBe(2);
  });

  test("of the answer to a terminate: the end is told all the same", async () => {
    const { called, tools } = gate();
    await using server = await CellServer.start({ tools });
    const { session } = await connected(server);
    const first = await session.exec("await tools.held()", { yieldAfterMs: 0 });
    await called;
    let cuts = 0;
    server.onAnswer = () => {
      cuts += 1;
      return cuts === 1;
    };
    expect(await session.terminate(first.cellId)).toMatchObject({
      status: "terminated",
      reason: "requested",
    });
    expect(cuts).toBeGreaterThan(1);
  });

  test("is told of when it lasts longer than retryForMs", async () => {
    await using server = await CellServer.start();
    const { session } = await connected(server, { retryForMs: 0 });
    server.onRequest = (request) => {
      request.socket.destroy();
      return true;
    };
    await expect(session.exec("1")).rejects.toMatchObject({
      code: "ERR_SERVER_UNREACHABLE",
      message: expect.stringMatching(/^The server at http:\/\/127\.0\.0\.1:\d+ did not answer: /),
    });
    expect(server.asked).toHaveLength(1);
  });
});

describe("a signal", () => {
  test("of an exec ends its cell", async () => {
    const { called, tools } = gate();
    await using server = await CellServer.start({ tools });
    const { session } = await connected(server);
    const stop = new AbortController();
    const done = session.exec("await tools.held()", { signal: stop.signal });
    await called;
    stop.abort();
    expect(await done).toMatchObject({ status: "terminated", reason: "aborted" });
  });

  test("of an exec that has yielded ends its cell", async () => {
    const { called, tools } = gate();
    await using server = await CellServer.start({ tools });
    const { session } = await connected(server);
    const stop = new AbortController();
    const { cellId } = await session.exec("await tools.held()", {
      signal: stop.signal,
      yieldAfterMs: 0,
    });
    await called;
    const end = session.wait(cellId, { yieldAfterMs: Number.POSITIVE_INFINITY });
    stop.abort();
    expect(await end).toMatchObject({ status: "terminated", reason: "aborted" });
  });

  test("that is aborted already starts no cell", async () => {
    await using server = await CellServer.start();
    const { session } = await connected(server);
    const outcome = await session.exec("1", { signal: AbortSignal.abort() });
    expect(outcome).toMatchObject({ status: "terminated", reason: "aborted" });
    expect(server.asked).toEqual([]);
  });

  test("of a wait stops waiting, and the cell goes on", async () => {
    const { called, open, tools } = gate();
    await using server = await CellServer.start({ tools });
    const { session } = await connected(server);
    const { cellId } = await session.exec("text(await tools.held())", { yieldAfterMs: 0 });
    await called;
    const stop = new AbortController();
    const waiting = session.wait(cellId, { signal: stop.signal, yieldAfterMs: 60_000 });
    const reason = new Error("enough");
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    open();
    // The server may still hold the wait that was given up.
    const end = await untilFree(() => session.wait(cellId, { yieldAfterMs: 60_000 }));
    expect(shown(end)).toEqual(["completed", [{ type: "text", text: "done" }]]);
  });
});

test("closing a session or its connection rejects what waits, and the cell goes on", async () => {
  const { called, open, tools } = gate();
  await using server = await CellServer.start({ tools });
  const { remote, session } = await connected(server);
  const id = later<string>();
  const done = session.exec("text(await tools.held())", { onCellId: id.resolve, requestId: "r" });
  await called;
  await remote.close();
  await expect(done).rejects.toMatchObject({ code: "ERR_SESSION_CLOSED" });
  await expect(session.exec("1")).rejects.toMatchObject({ code: "ERR_SESSION_CLOSED" });
  expect(() => remote.openSession()).toThrow(
    expect.objectContaining({ code: "ERR_SESSION_CLOSED" }),
  );
  open();
  const { session: next } = await connected(server);
  const end = await untilFree(async () => next.wait(await id.promise, { yieldAfterMs: 60_000 }));
  expect(shown(end)).toEqual(["completed", [{ type: "text", text: "done" }]]);
});

test("approvals are listed and decided about", async () => {
  const refund = { name: "refund", approval: "ask", execute: () => "refunded" } as const;
  await using server = await CellServer.start({ tools: [refund] });
  const { remote, session } = await connected(server);
  const asked = later<string>();
  const done = session.exec("text(await tools.refund())", {
    onEvent: (event) => {
      if (event.type === "approvalRequested") asked.resolve(event.approvalId ?? "");
    },
  });
  const approvalId = await asked.promise;
  expect(await remote.approvals()).toMatchObject([{ approvalId, tool: "refund", state: "open" }]);
  const decision = { verdict: "approve", note: "fine" } as const;
  expect(await remote.decide(approvalId, decision)).toMatchObject({
    status: "decided",
    decision: { by: "somebody", note: "fine" },
  });
  expect(shown(await done)).toEqual(["completed", [{ type: "text", text: "refunded" }]]);
});

test("the server's errors are thrown with their codes, and the token is asked for before each request", async () => {
  await using server = await CellServer.start();
  const tokens = ["wrong", serverToken];
  const remote = connectCodeMode({
    url: `${server.url}/`,
    token: async () => tokens.shift() ?? "",
  });
  const session = remote.openSession();
  await expect(session.exec("1")).rejects.toMatchObject({
    name: "CodeModeError",
    code: "ERR_UNAUTHORIZED",
    message: "This key is not known.",
  });
  expect(await session.exec("1")).toMatchObject({ status: "completed" });
  await expect(session.exec("1")).rejects.toMatchObject({ code: "ERR_INVALID_OPTION" });
  expect(tokens).toEqual([]);
});

test("ids that would be another path are sent as they are, or not at all", async () => {
  await using server = await CellServer.start();
  const { remote, session } = await connected(server);
  for (const id of ["", ".", ".."]) {
    expect(await session.wait(id)).toEqual({ status: "missing", cellId: id, reason: "unknown" });
    expect(await session.terminate(id)).toMatchObject({ status: "missing" });
  }
  expect(server.asked).toEqual([]);
  expect(await session.wait("../../x?y#z/%2e")).toMatchObject({ status: "missing" });
  expect(server.asked).toEqual(["POST /v1/sessions/s/cells/..%2F..%2Fx%3Fy%23z%2F%252e/wait"]);
  for (const id of [".", "..", "a/b", "", "ä", "a".repeat(129)]) {
    expect(() => remote.openSession({ id })).toThrow(/^The option "id" must be/);
  }
});

/** A wait of another connection may hold the cell until the server has seen that it was given up. */
async function untilFree<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await attempt();
    } catch (thrown) {
      if ((thrown as { code?: unknown }).code !== "ERR_CELL_BUSY") throw thrown;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
