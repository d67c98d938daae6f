import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { type CodeModeStats, createCodeMode } from "../../src/index.js";
import { EventLog, Held, start } from "../support/cells.js";
import { DurableRuntimes, waitToEnd } from "../support/durable-runtimes.js";
import { callIt, erase } from "../support/erase-tool.js";

test("stats count cells by state and by how they ended", async () => {
  const held = new Held<string>();
  await using codeMode = createCodeMode({
    limits: { cells: 1 },
    tools: { hold: { execute: () => held.promise } },
  });
  const session = codeMode.openSession();
  const counted = ({ cells: { queued, running, yielded, parked, ended } }: CodeModeStats) => ({
    ...{ queued, running, yielded, parked },
    ...ended,
  });
  const none = { completed: 0, failed: 0, terminated: 0 };
  const idle = { queued: 0, running: 0, yielded: 0, parked: 0 };
  expect(counted(codeMode.stats())).toEqual({ ...idle, ...none });

  const cellId = await start(session, "text(await tools.hold())");
  expect(counted(codeMode.stats())).toEqual({ ...idle, ...none, yielded: 1 });
  const waiting = session.wait(cellId, { yieldAfterMs: Number.POSITIVE_INFINITY });
  const next = session.exec("throw 1");
  expect(counted(codeMode.stats())).toEqual({ ...idle, ...none, running: 1, queued: 1 });
  held.resolve("ok");
  await Promise.all([waiting, next]);
  expect(counted(codeMode.stats())).toEqual({ ...idle, completed: 1, failed: 1, terminated: 0 });

  const last = await start(session, "await new Promise(() => setTimeout(() => {}, 1e6))");
  await session.terminate(last);
  const stats = codeMode.stats();
  expect(counted(stats)).toEqual({ ...idle, completed: 1, failed: 1, terminated: 1 });
  expect(stats.cells.duration.count).toBe(3);
  expect(stats.cells.duration.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(3);
  expect(stats.sessions).toBe(1);
  await session.close();
  expect(codeMode.stats().sessions).toBe(0);
});

test("stats count tool calls, and the approvals that are waited for", async () => {
  const asked = new Held();
  const decision = new Held<boolean>();
  const hold = new Held();
  await using codeMode = createCodeMode({
    tools: {
      erase: erase("ask"),
      fail: {
        execute: () => {
          throw new Error("no");
        },
      },
      hang: { execute: () => new Promise(() => hold.resolve()) },
    },
    onApproval: () => {
      asked.resolve();
      return decision.promise;
    },
  });
  const session = codeMode.openSession();
  const first = session.exec(`${callIt} await tools.fail().catch(() => {});`);
  await asked.promise;
  expect(codeMode.stats()).toMatchObject({ openApprovals: 1, toolCalls: { inFlight: 1 } });
  expect(codeMode.stats().memory.toolInputBytes).toBe('{"path":"/a"}'.length);
  decision.resolve(true);
  await first;
  expect(codeMode.stats()).toMatchObject({
    openApprovals: 0,
    memory: { toolInputBytes: 0 },
    toolCalls: { inFlight: 0, fulfilled: 1, rejected: 1, aborted: 0 },
  });

  const ended = session.exec("await tools.hang()");
  await hold.promise;
  await codeMode.close();
  expect((await ended).status).toBe("terminated");
  const { toolCalls } = codeMode.stats();
  expect(toolCalls).toMatchObject({ inFlight: 0, fulfilled: 1, rejected: 1, aborted: 1 });
  expect(toolCalls.duration.count).toBe(3);
});

test("an approval that a cell's end leaves open is waited for no more", async () => {
  const asked = new Held();
  await using codeMode = createCodeMode({
    tools: { erase: erase("ask") },
    onApproval: () => {
      asked.resolve();
      return new Promise(() => {});
    },
  });
  const session = codeMode.openSession();
  const exec = session.exec(callIt);
  await asked.promise;
  await session.close();
  await exec;
  expect(codeMode.stats()).toMatchObject({ openApprovals: 0, toolCalls: { inFlight: 0 } });
});

test("stats say what is ready, and change no more once they are given", async () => {
  await using codeMode = createCodeMode({ prewarm: 1 });
  const session = codeMode.openSession();
  const before = codeMode.stats();
  expect(before.isolates).toEqual({ ready: 0, starting: 1, orphaned: expect.any(Number) });
  while (codeMode.stats().isolates.ready < 1) await nextTurn();
  await session.exec(`text("${"x".repeat(1000)}")`, { yieldAfterMs: 0 });
  expect(before.cells.ended.completed).toBe(0);
  expect(before.durable).toBeUndefined();
  expect(() => Object.assign(before.cells.ended, { completed: 7 })).toThrow(TypeError);
  expect(Object.isFrozen(before.cells.duration.buckets[0])).toBe(true);
});

test("stats of durable cells count writes, parked cells and replays, and no end that is read again", async () => {
  await using runtimes = new DurableRuntimes();
  const log = new EventLog();
  const options = { tools: { erase: erase("ask") }, parkAfterMs: 0, onEvent: log.push };
  const codeMode = await runtimes.next(options);
  const session = codeMode.openSession({ id: "s" });
  const cellId = await start(session, callIt);
  await log.seen("parked");
  const parked = codeMode.stats();
  expect(parked.cells).toMatchObject({ parked: 1, running: 0, yielded: 0 });
  expect(parked.openApprovals).toBe(1);
  expect(parked.durable).toMatchObject({ replays: 0, fencedAppends: 0, gatesWaiting: 0 });
  const [approval] = await codeMode.approvals();
  await codeMode.decide(approval?.approvalId ?? "", { verdict: "approve" });
  await waitToEnd(session, cellId);
  const { durable, cells } = codeMode.stats();
  expect(cells).toMatchObject({ parked: 0, running: 0, yielded: 0, ended: { completed: 1 } });
  expect(durable).toMatchObject({ replays: 1, divergences: 0, lostCalls: { failed: 0 } });
  expect(durable?.records).toBeGreaterThan(durable?.appends ?? 0);
  expect(durable?.appendDuration.count).toBe(durable?.appends);

  const next = await runtimes.next(options);
  await next.openSession({ id: "s" }).wait(cellId, { after: 0 });
  expect(next.stats()).toMatchObject({
    cells: { running: 0, ended: { completed: 0 } },
    durable: { replays: 0 },
  });
});
