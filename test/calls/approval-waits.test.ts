import { describe, expect, test } from "vitest";
import type { ApprovalAnswer } from "../../src/index.js";
import { EventLog, Held, openSession, runToTexts, start, textsOf } from "../support/cells.js";
import { callIt, erase } from "../support/erase-tool.js";

describe("a call that waits for approval", () => {
  test("does not run, is no deadlock, and counts as in flight", async () => {
    const decision = new Held<boolean>();
    const tool = erase("ask");
    const source = `
      const asked = tools.erase({ path: "/a" });
      text(await tools.other());
      text(await asked);`;
    const other = { execute: () => `after ${tool.runs.length}` };
    await using session = openSession({
      tools: { erase: tool, other },
      limits: { toolCallsInFlight: 1 },
      onApproval: () => decision.promise,
    });
    const id = await start(session, source);
    expect(await session.wait(id, { yieldAfterMs: 50 })).toMatchObject({ status: "yielded" });
    expect(tool.runs).toEqual([]);
    decision.resolve(true);
    expect(textsOf(await session.wait(id))).toEqual(["after 1", "erased /a"]);
  });

  test("is known to a cell that yields in the moment of the call", async () => {
    const decision = new Held<boolean>();
    await using session = openSession({
      tools: { erase: erase("ask") },
      onApproval: () => decision.promise,
    });
    const source = 'const asked = tools.erase({ path: "/a" }); yield_control(); text(await asked);';
    const outcome = await session.exec(source);
    expect(outcome).toMatchObject({ status: "yielded", pendingApprovals: ["erase"] });
    decision.resolve(true);
    expect(textsOf(await session.wait(outcome.cellId))).toEqual(["erased /a"]);
  });

  test("is taken back when its cell ends, and what is decided later runs nothing", async () => {
    const decision = new Held<boolean>();
    const asked = new Held<AbortSignal>();
    const log = new EventLog();
    const tool = erase("ask");
    await using session = openSession({
      tools: { erase: tool },
      onEvent: log.push,
      onApproval: (_, { signal }) => {
        asked.resolve(signal);
        return decision.promise;
      },
    });
    const id = await start(session, callIt);
    const signal = await asked.promise;
    expect(signal.aborted).toBe(false);
    await session.terminate(id);
    expect(signal).toMatchObject({ aborted: true, reason: { code: "ERR_CELL_ENDED" } });
    decision.resolve(true);
    await new Promise((resolve) => setImmediate(resolve));
    expect(tool.runs).toEqual([]);
    const told = log.events.filter(({ type }) => type !== "started" && type !== "yielded");
    expect(told).toMatchObject([
      { type: "toolCallStarted" },
      { type: "approvalRequested" },
      { type: "approvalSettled", status: "aborted" },
      { type: "toolCallSettled", status: "aborted" },
      { type: "ended" },
    ]);
  });

  test("ends with its cell at the wall limit", async () => {
    const asked = new Held<AbortSignal>();
    await using session = openSession({
      tools: { erase: erase("ask") },
      limits: { wallMs: 100 },
      onApproval: (_, { signal }) => {
        asked.resolve(signal);
        return new Promise<boolean>(() => {});
      },
    });
    expect(await session.exec(callIt)).toMatchObject({
      status: "failed",
      error: { code: "ERR_CELL_WALL_LIMIT" },
    });
    expect((await asked.promise).aborted).toBe(true);
  });

  test("asks no other handler when its cell ends while one decides", async () => {
    const decision = new Held<undefined>();
    const asked = new Held();
    let outerAsked = 0;
    await using session = openSession({
      tools: { erase: erase("ask") },
      onApproval: () => {
        outerAsked += 1;
        return true;
      },
    });
    const id = await start(session, callIt, {
      onApproval: () => {
        asked.resolve();
        return decision.promise;
      },
    });
    await asked.promise;
    await session.terminate(id);
    decision.resolve(undefined);
    await new Promise((resolve) => setImmediate(resolve));
    expect(outerAsked).toBe(0);
  });

  test("calls no handler if the cell ends while the tool's own function decides", async () => {
    const policy = new Held<"ask">();
    const entered = new Held();
    let questions = 0;
    await using session = openSession({
      tools: {
        erase: erase(() => {
          entered.resolve();
          return policy.promise;
        }),
      },
      onApproval: () => {
        questions += 1;
        return true;
      },
    });
    const id = await start(session, callIt);
    await entered.promise;
    await session.terminate(id);
    policy.resolve("ask");
    await new Promise((resolve) => setImmediate(resolve));
    expect(questions).toBe(0);
  });
});

test("events tell of every question and its answer, between the call's own", async () => {
  const log = new EventLog();
  const answers: ApprovalAnswer[] = [
    { approved: true, reason: "fine", input: { path: "/b" } },
    { approved: false, reason: "no" },
    undefined,
    true,
  ];
  const tool = erase({ policy: "ask", reason: "it erases" });
  await runToTexts(callIt.repeat(4), {
    tools: { erase: tool },
    onEvent: log.push,
    onApproval: () => answers.shift(),
  });
  const told = log.events
    .filter(({ type }) => type.startsWith("approval"))
    .map(({ sessionId: _sessionId, at: _at, ...news }) => news);
  const ids = (n: number) => ({ cellId: "1", callId: `1-${n}`, tool: "erase" });
  const requested = (n: number) => ({
    type: "approvalRequested",
    ...ids(n),
    input: { path: "/a" },
    reason: "it erases",
  });
  const settled = (n: number, rest: object) => ({
    type: "approvalSettled",
    ...ids(n),
    durationMs: expect.any(Number),
    ...rest,
  });
  expect(told).toStrictEqual([
    requested(1),
    settled(1, { status: "approved", reason: "fine", input: { path: "/b" } }),
    requested(2),
    settled(2, { status: "refused", reason: "no" }),
    requested(3),
    settled(3, { status: "failed", reason: expect.stringContaining("has decided") }),
    requested(4),
    settled(4, { status: "approved" }),
  ]);
  expect(log.types().slice(1, 6)).toEqual([
    "toolCallStarted",
    "approvalRequested",
    "approvalSettled",
    "toolCallSettled",
    "output",
  ]);
});
