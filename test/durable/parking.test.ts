import { describe, expect, test, vi } from "vitest";
import type { CodeMode, KeptApproval } from "../../src/index.js";
import { EventLog, Held, shownBy } from "../support/cells.js";
import { DurableRuntimes, waitToEnd } from "../support/durable-runtimes.js";
import { callIt, erase } from "../support/erase-tool.js";

/** A runtime that parks at once, and what it says. */
async function parking(
  runtimes: DurableRuntimes,
  options: Parameters<typeof runtimes.next>[0] = {},
) {
  const log = new EventLog();
  const tool = erase("ask");
  const tools = { erase: tool, look: { effect: "read", execute: () => "seen" } as const };
  const all = { parkAfterMs: 0, tools, console: true, onEvent: log.push, ...options };
  const codeMode = await runtimes.next(all);
  return { codeMode, log, tool };
}

async function approve(codeMode: CodeMode, index = 0): Promise<void> {
  const { approvalId } = (await codeMode.approvals())[index] as KeptApproval;
  expect(await codeMode.decide(approvalId, { verdict: "approve" })).toMatchObject({
    status: "decided",
  });
}

const parkedTwice = `
  text("begin");
  console.log("a line");
  notify("a note");
  let count = 1;
  text(await tools.erase({ path: "/a" }), count += 1);
  await new Promise((done) => setTimeout(done, 1));
  text(await tools.look());
  text(await tools.erase({ path: "/b" }));
  text(count);
  store("count", count);`;

describe("a durable cell that waits for nothing but approvals", () => {
  test.each(["thread", "process"] as const)(
    "gives its isolate up, and goes on as if it had not (%s)",
    async (isolation) => {
      await using runtimes = new DurableRuntimes();
      const notes: string[] = [];
      const options = { isolation, onNotify: () => void notes.push("note") } as const;
      const { codeMode, log, tool } = await parking(runtimes, options);
      const session = codeMode.openSession({ id: "s" });
      const observed = session.exec(parkedTwice, { yieldAfterMs: Number.POSITIVE_INFINITY });
      await log.seen("parked");
      expect(tool.runs).toEqual([]);
      await approve(codeMode);
      await log.seen("parked", 2);
      await approve(codeMode);
      const outcome = await observed;
      expect(shownBy(outcome)).toEqual(["begin", "erased /a", "seen", "erased /b", "2"]);
      expect(outcome).toMatchObject({ status: "completed", logs: [{ text: "a line" }] });
      expect(notes).toEqual(["note"]);
      expect(tool.runs).toEqual([{ path: "/a" }, { path: "/b" }]);
      expect(await session.storedValues()).toEqual({ count: 2 });
      const types = log.types();
      expect(types.filter((type) => type === "started")).toHaveLength(1);
      expect(types.filter((type) => type === "toolCallStarted")).toHaveLength(3);
      expect((await codeMode.replay(await codeMode.journal(outcome.cellId))).status).toBe("same");
    },
  );

  test("is observed and ended as another is", async () => {
    await using runtimes = new DurableRuntimes();
    const { codeMode, log } = await parking(runtimes);
    const session = codeMode.openSession({ id: "s" });
    const { cellId } = await session.exec(callIt, { yieldAfterMs: 0 });
    await log.seen("parked");
    expect(await session.wait(cellId, { yieldAfterMs: 0 })).toMatchObject({
      status: "yielded",
      pendingApprovals: ["erase"],
    });
    expect(await session.terminate(cellId)).toMatchObject({
      status: "terminated",
      reason: "requested",
    });
    const [cell] = await codeMode.approvals({ state: "all" });
    expect(cell?.state).toBe("ended");
    expect(await session.wait(cellId)).toMatchObject({ status: "terminated" });
  });

  test("uses no time while it is parked", async () => {
    await using runtimes = new DurableRuntimes();
    const { codeMode, log } = await parking(runtimes);
    const session = codeMode.openSession();
    vi.useFakeTimers({ toFake: ["performance"], now: performance.now() });
    try {
      const { cellId } = await session.exec(callIt, { yieldAfterMs: 0 });
      await log.seen("parked");
      vi.advanceTimersByTime(3_600_000);
      const waiting = await session.wait(cellId, { yieldAfterMs: 0 });
      expect(waiting).toMatchObject({ usage: { wallMs: 0 } });
      await approve(codeMode);
      const ended = await waitToEnd(session, cellId);
      const usage = { wallMs: expect.closeTo(0, 3) };
      expect(ended).toMatchObject({ status: "completed", usage });
    } finally {
      vi.useRealTimers();
    }
  });

  test("is found by the next process, which parks it too", async () => {
    await using runtimes = new DurableRuntimes();
    const first = await parking(runtimes);
    const { cellId } = await first.codeMode
      .openSession({ id: "s" })
      .exec(parkedTwice, { yieldAfterMs: 0 });
    await first.log.seen("parked");
    const { codeMode, log, tool } = await parking(runtimes);
    const session = codeMode.openSession({ id: "s" });
    const ended = waitToEnd(session, cellId);
    await log.seen("parked");
    await approve(codeMode);
    await log.seen("parked", 2);
    await approve(codeMode);
    expect(shownBy(await ended)).toEqual(["begin", "erased /a", "seen", "erased /b", "2"]);
    expect(tool.runs).toHaveLength(2);
  });

  test("takes no place of another cell, and waits for one when it goes on", async () => {
    await using runtimes = new DurableRuntimes();
    const hold = new Held();
    const tools = { erase: erase("ask"), hold: { execute: () => hold.promise } };
    const { codeMode, log } = await parking(runtimes, { tools, limits: { cells: 1 } });
    const session = codeMode.openSession({ id: "s" });
    const parked = await session.exec(callIt, { yieldAfterMs: 0 });
    await log.seen("parked");
    const other = await session.exec("await tools.hold(); text('other')", { yieldAfterMs: 0 });
    await approve(codeMode);
    const ended = waitToEnd(session, parked.cellId);
    await log.seen("approvalSettled");
    expect(log.types()).not.toContain("unparked");
    hold.resolve();
    expect(shownBy(await waitToEnd(session, other.cellId))).toEqual(["other"]);
    expect(shownBy(await ended)).toEqual(["erased /a"]);
    // The place of a cell that was parked is given back once.
    expect(shownBy(await session.exec("text('last')"))).toEqual(["last"]);
  });

  test("goes on when two approvals come at once, and when a tool answers while it is brought back", async () => {
    await using runtimes = new DurableRuntimes();
    const { codeMode, log, tool } = await parking(runtimes);
    const session = codeMode.openSession({ id: "s" });
    const source = `
      const paths = ["/a", "/b", "/c"];
      text(await Promise.all(paths.map((path) => tools.erase({ path }))));`;
    const { cellId } = await session.exec(source, { yieldAfterMs: 0 });
    await log.seen("parked");
    const open = await codeMode.approvals();
    await Promise.all(
      open.map(({ approvalId }) => codeMode.decide(approvalId, { verdict: "approve" })),
    );
    const outcome = await waitToEnd(session, cellId);
    expect(shownBy(outcome)).toEqual(['["erased /a","erased /b","erased /c"]']);
    expect(tool.runs).toHaveLength(3);
  });

  test("is not parked while it waits for anything else", async () => {
    await using runtimes = new DurableRuntimes();
    const hold = new Held();
    const tools = { erase: erase("ask"), hold: { effect: "read", execute: () => hold.promise } };
    const { codeMode, log } = await parking(runtimes, { tools: tools as never });
    const session = codeMode.openSession({ id: "s" });
    const { cellId } = await session.exec(`const other = tools.hold(); ${callIt} await other;`, {
      yieldAfterMs: 0,
    });
    await log.seen("approvalRequested");
    for (let turn = 0; turn < 20; turn += 1) await session.wait(cellId, { yieldAfterMs: 0 });
    expect(log.types()).not.toContain("parked");
    hold.resolve();
    await log.seen("parked");
    await approve(codeMode);
    expect(shownBy(await waitToEnd(session, cellId))).toEqual(["erased /a"]);
  });

  test("is left in the store when its runtime is closed, also while it is brought back", async () => {
    await using runtimes = new DurableRuntimes();
    const { codeMode, log } = await parking(runtimes);
    const session = codeMode.openSession({ id: "s" });
    const { cellId } = await session.exec(callIt, { yieldAfterMs: 0 });
    await log.seen("parked");
    await approve(codeMode);
    const later = await parking(runtimes);
    const outcome = await waitToEnd(later.codeMode.openSession({ id: "s" }), cellId);
    // The tool has begun in the first process, or not; it was approved in any case.
    expect(shownBy(outcome)[0]).toMatch(/erased \/a|not known/);
    expect(await later.codeMode.approvals()).toEqual([]);
  });
});
