import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { ApprovalHandler, ApprovalRequest, ToolDefinition } from "../../src/index.js";
import { EventLog, Held, shownBy, textsOf } from "../support/cells.js";
import { callIt, erase } from "../support/erase-tool.js";
import { Place, storeWith } from "../support/store-place.js";

const noWait = { yieldAfterMs: Number.POSITIVE_INFINITY };
const denied = 'The tool "erase" was not called: the call is denied';
const refused = 'The tool "erase" was not called: approval was refused';

/** The text of one call of a durable cell, what the tool was run with, and how its request ended. */
async function outcomeOf(approval: ToolDefinition["approval"], onApproval?: ApprovalHandler) {
  const place = new Place();
  const log = new EventLog();
  const tool = erase(approval);
  const codeMode = await place.open({
    tools: { erase: tool },
    onEvent: log.push,
    ...(onApproval !== undefined && { onApproval }),
  });
  const before = performance.now();
  const texts = textsOf(await codeMode.openSession({ id: "s" }).exec(callIt, noWait));
  const took = performance.now() - before;
  await place.close();
  const settled = log.events.flatMap((event) => (event.type === "approvalSettled" ? [event] : []));
  for (const { durationMs } of settled) {
    expect(durationMs).toBeGreaterThanOrEqual(0);
    expect(durationMs).toBeLessThanOrEqual(took);
  }
  const asked = log.types().filter((type) => type === "approvalRequested").length;
  return {
    texts,
    runs: tool.runs,
    asked,
    settled: settled.map(({ status, reason, input }) => ({ status, reason, input })),
  };
}

describe("a call of a durable cell", () => {
  test.each<readonly [string, ToolDefinition["approval"], string]>([
    ["runs where its tool says auto", "auto", "erased /a"],
    ["runs where its tool says auto after a while", async () => "auto" as const, "erased /a"],
    ["does not where its tool says deny", "deny", `${denied}.`],
    [
      "does not where its tool says deny after a while, and why",
      async () => ({ policy: "deny" as const, reason: "read-only" }),
      `${denied}: read-only`,
    ],
  ])("%s", async (_what, approval, expected) => {
    const { texts, runs, asked, settled } = await outcomeOf(approval);
    expect(texts).toEqual([expected]);
    expect(runs).toHaveLength(expected === "erased /a" ? 1 : 0);
    expect([asked, settled]).toEqual([0, []]);
  });

  test.each<readonly [string, ApprovalHandler, string, object]>([
    ["approves", () => true, "erased /a", { status: "approved" }],
    [
      "approves, and why",
      () => ({ approved: true, reason: "fine" }),
      "erased /a",
      { status: "approved", reason: "fine" },
    ],
    [
      "gives another input",
      () => ({ approved: true, input: { path: "/b" } }),
      "erased /b",
      { status: "approved", input: { path: "/b" } },
    ],
    [
      "refuses, and gives another input",
      () => ({ approved: false, input: { path: "/b" } }),
      `${refused}.`,
      { status: "refused" },
    ],
    [
      "refuses, and why",
      async () => ({ approved: false, reason: "keep it" }),
      `${refused}: keep it`,
      { status: "refused", reason: "keep it" },
    ],
  ])("does what a handler says that %s", async (_what, onApproval, text, settlement) => {
    for (const approval of ["ask", async () => "ask" as const] as const) {
      const outcome = await outcomeOf(approval, onApproval);
      expect([outcome.texts, outcome.asked]).toEqual([[text], 1]);
      expect(outcome.runs).toEqual(text.startsWith("erased") ? [{ path: text.slice(-2) }] : []);
      expect(outcome.settled).toEqual([{ reason: undefined, input: undefined, ...settlement }]);
    }
  });

  test("is not run where the handler fails, which is why", async () => {
    const fails = (): never => {
      throw new Error("the pager is off");
    };
    const { texts, runs, settled } = await outcomeOf("ask", fails);
    expect([texts, runs]).toEqual([[expect.stringContaining("the pager is off")], []]);
    expect(settled).toMatchObject([
      { status: "refused", reason: expect.stringContaining("the pager is off") },
    ]);
  });

  test("is known to wait by who is told of its cell in the same moment", async () => {
    const place = new Place();
    const codeMode = await place.open({ tools: { erase: erase("ask") } });
    const session = codeMode.openSession({ id: "s" });
    const source = 'const call = tools.erase({ path: "/a" }); yield_control(); await call;';
    expect(await session.exec(source, noWait)).toMatchObject({
      status: "yielded",
      pendingApprovals: ["erase"],
    });
    await place.close();
  });

  test("answers who asks for that when nobody here decides, and only until it is decided", async () => {
    const place = new Place();
    const log = new EventLog();
    const held = new Held<string>();
    const tools = { erase: erase("ask"), hold: { execute: () => held.promise } };
    const codeMode = await place.open({ tools, onEvent: log.push });
    const session = codeMode.openSession({ id: "s" });
    const asks = { ...noWait, yieldOnApproval: true };
    const first = await session.exec(`${callIt} text(await tools.hold());`, asks);
    expect(first).toMatchObject({ status: "yielded", pendingApprovals: ["erase"] });
    const { approvalId = "" } = await log.seen("approvalRequested");
    await codeMode.decide(approvalId, { verdict: "approve" });
    // The call after it has begun.
    await log.seen("toolCallStarted", 2);
    const end = session.wait(first.cellId, asks);
    await nextTurn();
    held.resolve("held");
    expect(textsOf(await end)).toEqual(["erased /a", "held"]);
    await place.close();
  });

  test("is told to be given up, once and before its end, where its cell is ended while it waits", async () => {
    const place = new Place();
    const log = new EventLog();
    const codeMode = await place.open({ tools: { erase: erase("ask") }, onEvent: log.push });
    const session = codeMode.openSession({ id: "s" });
    const exec = session.exec(callIt, noWait);
    const { cellId } = await log.seen("approvalRequested");
    await session.terminate(cellId);
    await exec;
    expect(log.types().filter((type) => /Settled|ended/.test(type))).toEqual([
      "approvalSettled",
      "toolCallSettled",
      "ended",
    ]);
    expect(await log.seen("approvalSettled")).toMatchObject({ status: "aborted" });
    await place.close();
  });
});

describe("a call that a later process takes up", () => {
  test("is not asked about again where that was decided", async () => {
    let isFull = true;
    const place = new Place((store) =>
      storeWith(store, {
        append: async (at, records, end) => {
          const began = records.findIndex(({ kind }) => kind === "began");
          if (!isFull || began < 0) return store.append(at, records, end);
          if (began > 0) await store.append(at, records.slice(0, began), undefined);
          throw new Error("the disk is full");
        },
      }),
    );
    const log = new EventLog();
    const options = { tools: { erase: erase("ask") }, onEvent: log.push };
    const first = (await place.open({ ...options, onApproval: () => true })).openSession({
      id: "s",
    });
    const { cellId, status } = await first.exec(callIt, noWait);
    expect([status, log.types().includes("approvalSettled")]).toEqual(["failed", true]);
    isFull = false;
    log.events.length = 0;
    const later = (await place.open(options)).openSession({ id: "s" });
    expect(shownBy(await later.wait(cellId, noWait))).toEqual(["erased /a"]);
    expect(log.types()).not.toContain("approvalRequested");
    await place.close();
  });

  test("has the question that it had, and whoever is asked again is told so", async () => {
    const place = new Place();
    const asked: ApprovalRequest[] = [];
    const log = new EventLog();
    const options = {
      tools: { erase: erase("ask") },
      onEvent: log.push,
      onApproval: (request: ApprovalRequest) => void asked.push(request),
    };
    const first = await place.open(options);
    const { cellId } = await first.openSession({ id: "s" }).exec(callIt, { yieldAfterMs: 0 });
    const { approvalId } = await log.seen("approvalRequested");
    const later = await place.open(options);
    const end = later.openSession({ id: "s" }).wait(cellId, noWait);
    await log.seen("approvalRequested", 2);
    expect(await later.approvals({ state: "all" })).toHaveLength(1);
    await later.decide(approvalId ?? "", { verdict: "approve" });
    expect(shownBy(await end)).toEqual(["erased /a"]);
    const [one, other] = asked;
    expect([one?.approvalId, other]).toEqual([approvalId, { ...one, isRepeated: true }]);
    expect(one).not.toHaveProperty("isRepeated");
    await place.close();
  });

  test("is refused where that was decided, also if its tool asks no more", async () => {
    const place = new Place();
    const log = new EventLog();
    const first = await place.open({ tools: { erase: erase("ask") }, onEvent: log.push });
    const { cellId } = await first.openSession({ id: "s" }).exec(callIt, { yieldAfterMs: 0 });
    const { approvalId = "" } = await log.seen("approvalRequested");
    const tool = erase();
    const later = await place.open({ tools: { erase: tool } });
    await later.decide(approvalId, { verdict: "deny", note: "keep it" });
    const end = await later.openSession({ id: "s" }).wait(cellId, noWait);
    expect([shownBy(end), tool.runs]).toEqual([[`${refused}: keep it`], []]);
    await place.close();
  });

  test("is run without asking where it was run before, whatever its tool says now", async () => {
    const place = new Place();
    const begun = new Held();
    const tool = (approval: ToolDefinition["approval"], execute: () => unknown) => ({
      tools: { erase: { effect: "idempotent" as const, approval, execute } },
    });
    const hangs = tool("auto", () => {
      begun.resolve();
      return new Promise(() => {});
    });
    const first = (await place.open(hangs)).openSession({ id: "s" });
    const { cellId } = await first.exec(callIt, { yieldAfterMs: 0 });
    await begun.promise;
    const runs = tool("deny", () => "again");
    const later = (await place.open(runs)).openSession({ id: "s" });
    expect(shownBy(await later.wait(cellId, noWait))).toEqual(["again"]);
    await place.close();
  });
});
