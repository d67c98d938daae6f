import { expect, test } from "vitest";
import type { CellEvent } from "../../src/index.js";
import { Held, openSession, start } from "../support/cells.js";
import { erase } from "../support/erase-tool.js";

test("calls and approvals tell how long they took, and it is no longer than their cell", async () => {
  const settled: CellEvent[] = [];
  await using session = openSession({
    tools: { erase: erase("ask") },
    onApproval: async () => true,
    onEvent: (event) => {
      if (event.type === "approvalSettled" || event.type === "toolCallSettled") settled.push(event);
    },
  });
  const startedAt = performance.now();
  await session.exec('await tools.erase({ path: "/a" });');
  const tookMs = performance.now() - startedAt;
  expect(settled.map(({ type }) => type)).toEqual(["approvalSettled", "toolCallSettled"]);
  for (const event of settled) {
    const { durationMs } = event as { durationMs: number };
    expect(durationMs).toBeGreaterThanOrEqual(0);
    expect(durationMs).toBeLessThanOrEqual(tookMs);
  }
});

test("a yielded cell names the tools that wait for approval, each once, as long as they wait", async () => {
  const decided = new Held<boolean>();
  const asked = new Held();
  let count = 0;
  await using session = openSession({
    tools: { erase: erase("ask"), rename: erase("ask"), read: erase("auto") },
    onApproval: () => {
      count += 1;
      if (count === 3) asked.resolve();
      return decided.promise;
    },
  });
  const source = `
    const call = (name) => tools[name]({ path: "/a" });
    await Promise.all(["erase", "rename", "erase", "read"].map(call));
    yield_control();
    text("done");`;
  const id = await start(session, source);
  await asked.promise;
  expect(await session.wait(id, { yieldAfterMs: 0 })).toMatchObject({
    status: "yielded",
    pendingApprovals: ["erase", "rename"],
  });
  decided.resolve(true);
  const later = await session.wait(id);
  expect(later.status).toBe("yielded");
  expect(later).not.toHaveProperty("pendingApprovals");
});

test("a call that fails, and one whose result is too large, are told as rejected, with why", async () => {
  const settled: CellEvent[] = [];
  await using session = openSession({
    tools: {
      fail: { execute: () => Promise.reject(new Error("no")) },
      long: { execute: () => "x".repeat(11) },
      wide: { execute: () => ["x".repeat(8)] },
    },
    limits: { toolResultBytes: 10 },
    onEvent: (event) => {
      if (event.type === "toolCallSettled") settled.push(event);
    },
  });
  await session.exec("for (const call of Object.values(tools)) await call().catch(() => {});");
  const tooLarge = (size: string): string =>
    `The tool's result is too large: ${size}, of at most 10 (limits.toolResultBytes). Ask for less at a time.`;
  expect(settled).toMatchObject([
    { tool: "fail", status: "rejected", error: "no" },
    { tool: "long", status: "rejected", error: tooLarge("11 bytes") },
    { tool: "wide", status: "rejected", error: tooLarge("12 bytes of JSON") },
  ]);
});
