import { describe, expect, test } from "vitest";
import type { ApprovalRequest, CellEvent, ToolContext } from "../../src/index.js";
import { openSession, shownBy } from "../support/cells.js";
import { DurableRuntimes, waitToEnd } from "../support/durable-runtimes.js";

const source = `
  const order = await tools.find({ id: "A-1" });
  text(await tools.refund({ total: order.total, id: order.id }));
  text(await tools.mail({ to: order.id }).catch((error) => error.message));
  store("done", true);
  notify("done");`;

/** Tools that note what they did. */
function shop() {
  const ran: string[] = [];
  const tools = {
    find: {
      effect: "read",
      execute: ({ id }: { id: string }) => {
        ran.push("find");
        return { id, total: 40 };
      },
    },
    refund: {
      preview: ({ total }: { total: number }) => `would refund ${total}`,
      execute: ({ total }: { total: number }) => {
        ran.push(`refund ${total}`);
        return `refunded ${total}`;
      },
    },
    mail: {
      approval: "ask",
      execute: ({ to }: { to: string }) => {
        ran.push(`mail ${to}`);
        return "sent";
      },
    },
  } as const;
  return { tools, ran };
}

describe("a plan", () => {
  test("has the calls that a program would make, with inputs, and lets nothing happen", async () => {
    const { tools, ran } = shop();
    const seen: unknown[] = [];
    await using session = openSession({
      tools,
      onEvent: (event: CellEvent) => void seen.push(event),
      onNotify: (note) => void seen.push(note),
      onApproval: (request) => void seen.push(request),
    });
    const plan = await session.plan(source);
    expect(plan.calls).toEqual([
      { tool: "refund", input: { total: 40, id: "A-1" }, isAssumed: false },
      { tool: "mail", input: { to: "A-1" }, isAssumed: true },
    ]);
    expect(plan.outcome.status).toBe("completed");
    expect(shownBy(plan.outcome)).toEqual(["would refund 40", "null"]);
    expect(ran).toEqual(["find"]);
    expect(seen).toEqual([]);
    expect(await session.storedValues()).toEqual({});
    const failed = await session.plan("text(0); yield_control(); text(1); throw new Error('no')");
    expect(failed).toMatchObject({
      calls: [],
      outcome: { status: "failed", output: [{ text: "0" }, { text: "1" }] },
    });
  });

  test("that is approved lets its calls through without asking", async () => {
    const { tools, ran } = shop();
    await using session = openSession({ tools });
    const plan = await session.plan(source);
    // As from a place where plans are kept.
    const approve = JSON.parse(JSON.stringify(plan));
    expect(shownBy(await session.exec(source, { approve }))).toEqual(["refunded 40", "sent"]);
    expect(ran).toEqual(["find", "find", "refund 40", "mail A-1"]);
  });

  test("lets each call through once, and all others are asked about", async () => {
    const { tools, ran } = shop();
    const asked: ApprovalRequest[] = [];
    await using session = openSession({
      tools,
      onApproval: (request) => {
        asked.push(request);
        return false;
      },
    });
    const plan = await session.plan(`await tools.refund({ id: "A-1", total: 40 });`);
    const twice = `
      for (const input of [{ total: 40, id: "A-1" }, { total: 40, id: "A-1" }, { total: 41, id: "A-1" }]) {
        text(await tools.refund(input).catch((error) => error.message));
      }
      text((await tools.find({ id: "B" })).total);`;
    const refused = 'The tool "refund" was not called: approval was refused.';
    expect(shownBy(await session.exec(twice, { approve: plan }))).toEqual([
      "refunded 40",
      refused,
      refused,
      "40",
    ]);
    expect(asked).toMatchObject([
      { input: { total: 40 }, reason: "the call is not in the approved plan" },
      { input: { total: 41 } },
    ]);
    expect(ran).toEqual(["refund 40", "find"]);
  });

  test("does not let through what a tool denies", async () => {
    const { tools } = shop();
    await using session = openSession({ tools: { mail: { ...tools.mail, approval: "deny" } } });
    const call = "text(await tools.mail({ to: 'x' }).catch((error) => error.message))";
    const approve = await session.plan(call);
    expect(approve.calls).toHaveLength(1);
    expect(shownBy(await session.exec(call, { approve }))).toEqual([
      'The tool "mail" was not called: the call is denied.',
    ]);
  });

  test("is gone with its process: the calls that are left are asked about", async () => {
    await using runtimes = new DurableRuntimes();
    const begun: ToolContext[] = [];
    const tools = {
      wait: {
        effect: "read",
        execute: (_: unknown, context: ToolContext) => {
          begun.push(context);
          return begun.length === 1 ? new Promise(() => {}) : "waited";
        },
      },
      ...shop().tools,
    } as const;
    const first = (await runtimes.next({ tools })).openSession({ id: "s" });
    const program = "await tools.wait({}); text(await tools.refund({ total: 1 }))";
    const approve = { calls: [{ tool: "refund", input: { total: 1 }, isAssumed: false }] };
    const { cellId } = await first.exec(program, { approve, yieldAfterMs: 0 });
    while (begun.length === 0) await first.wait(cellId, { yieldAfterMs: 1 });
    const later = await runtimes.next({ tools });
    const session = later.openSession({ id: "s" });
    const ended = waitToEnd(session, cellId);
    let open = await later.approvals();
    while (open.length === 0) open = await later.approvals();
    expect(open).toMatchObject([
      { tool: "refund", reason: "the call is not in the approved plan" },
    ]);
    await later.decide(open[0]?.approvalId ?? "", { verdict: "approve" });
    expect(shownBy(await ended)).toEqual(["refunded 1"]);
  });

  test("has what its program writes to the console, from the beginning to the end", async () => {
    await using session = openSession({ console: true });
    const { outcome } = await session.plan('console.log("a"); yield_control(); console.log("b");');
    expect(outcome.logs.map(({ text }) => text)).toEqual(["a", "b"]);
  });

  test("has calls whose input the tool's schema leaves out", async () => {
    const schema = {
      "~standard": { version: 1, vendor: "own", validate: () => ({ value: undefined }) },
    } as const;
    await using session = openSession({ tools: { stop: { inputSchema: schema, execute() {} } } });
    const { calls, outcome } = await session.plan("await tools.stop({ now: true });");
    expect(outcome.status).toBe("completed");
    expect(calls).toEqual([{ tool: "stop", input: null, isAssumed: false }]);
  });

  test("has an id of its own", async () => {
    await using session = openSession();
    const plans = [session.plan("text(1)"), session.plan("text(2)")];
    const ids = (await Promise.all(plans)).map(({ outcome }) => outcome.cellId);
    expect(new Set([...ids, (await session.exec("")).cellId]).size).toBe(3);
  });

  test("is one of nothing where its signal has been aborted before", async () => {
    await using session = openSession();
    expect(await session.plan("text(1)", { signal: AbortSignal.abort() })).toMatchObject({
      calls: [],
      outcome: { status: "terminated", reason: "aborted", output: [] },
    });
  });

  test("is refused for what is no source, and by a session that is closed", async () => {
    const session = openSession();
    await expect(session.plan(1 as never)).rejects.toMatchObject({
      code: "ERR_INVALID_OPTION",
      message: expect.stringContaining('"source" must be a string'),
    });
    await session.close();
    await expect(session.plan("")).rejects.toMatchObject({ code: "ERR_SESSION_CLOSED" });
  });

  test("is made with what earlier processes have stored", async () => {
    await using runtimes = new DurableRuntimes();
    const first = (await runtimes.next()).openSession({ id: "s" });
    await first.exec('store("k", "kept")');
    const later = (await runtimes.next()).openSession({ id: "s" });
    expect(shownBy((await later.plan('text(load("k"))')).outcome)).toEqual(["kept"]);
  });

  test.each([
    [{}],
    [{ calls: 1 }],
    [{ calls: [{ input: 1 }] }],
    [{ calls: [{ tool: "x" }] }],
    [true],
  ])("is refused where it is none: %j", async (approve) => {
    await using session = openSession();
    await expect(session.exec("1", { approve: approve as never })).rejects.toMatchObject({
      code: "ERR_INVALID_OPTION",
      message: expect.stringMatching(/"approve" must be a plan/),
    });
  });
});
