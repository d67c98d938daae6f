import { expect, test } from "vitest";
import { connectCodeMode } from "../../src/client.js";
import { Served, twoTenants } from "../support/served.js";

const refund = {
  name: "refund",
  description: "Refunds an order.",
  approval: "ask",
  execute: (input: unknown) => ({ refunded: input }),
} as const;

/** The server, and its client as each of its tenants. */
async function start() {
  const served = await Served.start({ keys: twoTenants, tools: [refund] });
  const as = (token: string) => connectCodeMode({ url: served.url, token });
  return { served, as };
}

test("a session runs, yields, waits, stores, asks a person and is deleted on the server of codecell serve", async () => {
  const { served, as } = await start();
  await using _ = served;
  const codeMode = as("a");
  const session = codeMode.openSession({ id: "s" });
  const ids: string[] = [];
  const types: string[] = [];
  const first = await session.exec(
    'text("one"); yield_control(); text(await tools.refund("A-1")); store("k", [1]);',
    { onCellId: (id) => void ids.push(id), onEvent: ({ type }) => void types.push(type) },
  );
  expect(first).toMatchObject({ status: "yielded", output: [{ type: "text", text: "one" }] });
  expect(ids).toEqual([first.cellId]);
  expect(types).toEqual(expect.arrayContaining(["started", "output"]));
  const asking = await session.wait(first.cellId, { yieldOnApproval: true, yieldAfterMs: 60_000 });
  expect(asking).toMatchObject({ status: "yielded", pendingApprovals: ["refund"], output: [] });
  const [question] = await codeMode.approvals({ sessionId: "s", cellId: first.cellId });
  expect(question).toMatchObject({ sessionId: "s", tool: "refund", input: "A-1", state: "open" });
  const decided = await codeMode.decide(question?.approvalId ?? "", { verdict: "approve" });
  expect(decided).toMatchObject({ status: "decided", decision: { by: "a" } });
  const end = await session.wait(first.cellId, { yieldAfterMs: Number.POSITIVE_INFINITY });
  expect(end).toMatchObject({
    status: "completed",
    output: [{ type: "text", text: '{"refunded":"A-1"}' }],
  });
  expect(await session.storedValues()).toEqual({ k: [1] });
  expect(await codeMode.cells({ sessionId: "s", state: "ended" })).toMatchObject([
    { cellId: first.cellId, status: "completed" },
  ]);
  expect(await codeMode.tools()).toMatchObject([{ name: "refund" }]);
  await session.forget();
  expect(await session.storedValues()).toEqual({});
  expect(await session.wait(first.cellId)).toMatchObject({ status: "missing" });
  expect(served.problems).toEqual([]);
});

test("a program that fails is an outcome, one whose signal is aborted ends, and an exec sent again starts nothing", async () => {
  const { served, as } = await start();
  await using _ = served;
  const session = as("a").openSession();
  expect(await session.exec("null.f")).toMatchObject({
    status: "failed",
    error: { code: "ERR_CELL_SCRIPT" },
  });
  const stop = new AbortController();
  const ended = await session.exec("await new Promise(() => setTimeout(() => {}, 1e9));", {
    signal: stop.signal,
    yieldAfterMs: 60_000,
    onEvent: ({ type }) => {
      if (type === "started") stop.abort();
    },
  });
  expect(ended).toMatchObject({ status: "terminated", reason: "aborted" });
  const once = { requestId: "r" };
  const first = await session.exec('text("a")', once);
  expect(await session.exec('text("a")', once)).toEqual(first);
});

test("another tenant's cells are missing, and a key that is unknown or without the scope is told", async () => {
  const { served, as } = await start();
  await using _ = served;
  const { cellId } = await as("a").openSession({ id: "s" }).exec('store("k", 1)');
  const other = as("b").openSession({ id: "s" });
  expect(await other.wait(cellId)).toMatchObject({ status: "missing" });
  expect(await other.storedValues()).toEqual({});
  expect(await as("b").cells()).toEqual([]);
  await expect(as("wrong").openSession().exec("1")).rejects.toMatchObject({
    code: "ERR_UNAUTHORIZED",
  });
  await expect(as("a").decide("none", { verdict: "deny" })).rejects.toMatchObject({
    code: "ERR_NOT_FOUND",
  });
});

test("a server without keys needs no token, and is asked without the header that would have it", async () => {
  let authorization: string | null = "";
  await using served = await Served.start();
  const asking: typeof fetch = (input, init) => {
    authorization = new Headers(init?.headers).get("authorization");
    return fetch(input, init);
  };
  const session = connectCodeMode({ url: served.url, fetch: asking }).openSession();
  expect((await session.exec('text("hi")')).status).toBe("completed");
  expect(authorization).toBe(null);
  const unset = connectCodeMode({ url: served.url, token: () => "" }).openSession();
  await expect(unset.exec("1")).rejects.toThrow(/it is an empty string. Leave it out where/);
});
