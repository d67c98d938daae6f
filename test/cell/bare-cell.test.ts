import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import type { BackendEvent } from "../../src/protocol/cell-backend.js";
import type { CellTrace } from "../../src/protocol/telemetry.js";
import { BareCell } from "../support/bare-cell.js";
import { settledWith, usageOf } from "../support/scripted-cells.js";

const never = { by: "exec", yieldAfterMs: Number.POSITIVE_INFINITY } as const;
const started: BackendEvent = { type: "started" };
const disposed: BackendEvent = { type: "disposed", cpuMs: 0 };
const refusal = { code: "ERR_THREAD_START", message: "no thread" } as const;
const durable = {} as never;

/** A trace that notes what it is told. */
function noting(traced: unknown[]): CellTrace {
  const part = {
    yielded: (reason: string) => void traced.push(["yielded", reason]),
    ended: (outcome: unknown) => void traced.push(["ended", outcome]),
    refused: (code: string) => void traced.push(["refused", code]),
  };
  return part as never;
}

describe("the session of a cell is told", () => {
  test.each<[string, readonly BackendEvent[], readonly string[]]>([
    ["that ends", [started, settledWith("completed"), disposed], ["start over", "writes", "given"]],
    ["that has not run", [settledWith("failed"), disposed], ["writes", "given", "start over"]],
    ["that is terminated", [started, settledWith("terminated"), disposed], ["start over", "given"]],
    ["that is refused", [{ type: "refused", refusal }], ["refused", "start over"]],
    [
      "that is cut off",
      [started, { type: "unresponsive", usage: usageOf(1) }],
      ["start over", "given"],
    ],
  ])("once that its start is over and that it is forgotten: one %s", async (_, events, told) => {
    const bare = new BareCell();
    const observed = bare.cell.observe(never).catch(() => {});
    bare.say(...events);
    await Promise.all([observed, bare.cell.released]);
    expect([...bare.told].sort()).toEqual([...told].sort());
    expect(bare.told.indexOf("writes")).toBeLessThan(bare.told.indexOf("given") + 1);
  });
});

describe("the trace of a cell is told", () => {
  test("each time that it yields, and how it ends", async () => {
    const traced: unknown[] = [];
    const bare = new BareCell({ trace: noting(traced) });
    const first = bare.cell.observe({ by: "exec", yieldAfterMs: 0 });
    bare.say(started);
    await first;
    const last = bare.cell.observe({ by: "wait", yieldAfterMs: Number.POSITIVE_INFINITY });
    bare.say({ type: "yielded", usage: usageOf(1) });
    await last;
    const end = bare.cell.observe(never);
    bare.say(settledWith("completed"), disposed);
    const outcome = await end;
    expect(traced).toEqual([
      ["yielded", "time"],
      ["yielded", "requested"],
      ["ended", outcome],
    ]);
  });

  test("that it was refused, with the code", async () => {
    const traced: unknown[] = [];
    const bare = new BareCell({ trace: noting(traced) });
    const observed = bare.cell.observe(never);
    bare.say({ type: "refused", refusal });
    await expect(observed).rejects.toMatchObject({ code: "ERR_THREAD_START" });
    expect(traced).toEqual([["refused", "ERR_THREAD_START"]]);
    const { refused, running, yielded } = bare.counters.cellStats(0);
    expect([refused, running, yielded]).toEqual([1, 0, 0]);
  });
});

describe("an observer", () => {
  test("is told that it yields as often as it does, with the reason, and the session's handlers once", async () => {
    const bare = new BareCell();
    const first = bare.cell.observe(never);
    bare.say(started, { type: "yielded", usage: usageOf(1) });
    const outcome = await first;
    expect(outcome).toMatchObject({ reason: "requested" });
    expect(outcome).not.toHaveProperty("pendingApprovals");
    const second = bare.cell.observe({ by: "wait", yieldAfterMs: 0 });
    bare.backend.samples[0]?.resolve(usageOf(2));
    expect(await second).toMatchObject({ reason: "time" });
    const third = bare.cell.observe(never);
    expect(bare.cell.yieldNow()).toBe(true);
    bare.backend.samples[1]?.resolve(usageOf(3));
    expect(await third).toMatchObject({ reason: "host" });
    const yields = bare.events.flatMap((event) => (event.type === "yielded" ? event.reason : []));
    expect(yields).toEqual(["requested", "time", "host"]);
  });

  test("whose signal for yielding has been aborted before is answered at once", async () => {
    const bare = new BareCell();
    const exec = bare.cell.observe({ by: "exec", yieldAfterMs: 0 });
    bare.say(started);
    await exec;
    const aborted = { yieldSignal: AbortSignal.abort() };
    const wait = bare.cell.observe({ ...never, by: "wait", ...aborted });
    bare.backend.samples[0]?.resolve(usageOf(1));
    expect(await wait).toMatchObject({ status: "yielded", reason: "host" });
  });

  test("of a cell that was left by the one before counts again", async () => {
    const bare = new BareCell();
    const abort = new AbortController();
    const observed = bare.cell.observe({ ...never, signal: abort.signal });
    expect(bare.counters.cells).toMatchObject({ running: 1, yielded: 0 });
    abort.abort("enough");
    await expect(observed).rejects.toBe("enough");
    expect(bare.counters.cells).toMatchObject({ running: 0, yielded: 1 });
    expect(bare.cell.yieldNow()).toBe(false);
    const next = bare.cell.observe(never);
    expect(bare.counters.cells).toMatchObject({ running: 1, yielded: 0 });
    bare.say(started, settledWith("completed"), disposed);
    expect(await next).toMatchObject({ status: "completed" });
  });

  test.each([
    ["time", false],
    ["host", true],
  ] as const)(
    "of a durable cell is told of its start when that is durable: it yields by %s",
    async (reason, isAsked) => {
      const bare = new BareCell({ durable });
      const observed = bare.cell.observe({ by: "exec", yieldAfterMs: isAsked ? 1e9 : 0 });
      if (isAsked) expect(bare.cell.yieldNow()).toBe(true);
      bare.say(started);
      expect(bare.backend.samples).toHaveLength(1);
      expect(bare.types).toEqual(["started"]);
      bare.say({ type: "output", item: { type: "text", text: "a" } });
      bare.backend.samples[0]?.resolve(usageOf(7));
      expect(await observed).toMatchObject({
        ...{ status: "yielded", reason, usage: { cpuMs: 7 } },
        output: [{ text: "a" }],
      });
    },
  );

  test("of a durable cell that may take its time is not answered when it starts", () => {
    const bare = new BareCell({ durable });
    void bare.cell.observe(never);
    bare.say(started);
    expect(bare.backend.samples).toEqual([]);
    void bare.cell.terminate("requested");
    bare.say(settledWith("terminated"), disposed);
  });
});

describe("what an end is told with", () => {
  test("is what its backend says of it, where that has been told before", async () => {
    const bare = new BareCell();
    const observed = bare.cell.observe(never);
    bare.say(started, { type: "output", item: { type: "text", text: "abc" } });
    const event = settledWith("completed", 4);
    if (event.type !== "settled") throw new Error("It is none.");
    const facts = {
      ...{ endedAt: 17, wallMs: 18, toolCalls: 19, outputBytes: 20, droppedCalls: ["hang"] },
    };
    bare.say({ ...event, settled: { ...event.settled, facts } }, disposed);
    expect(await observed).toMatchObject({
      ...{ status: "completed", output: [{ text: "abc" }] },
      usage: { wallMs: 18, toolCalls: 19, outputBytes: 20, cpuMs: 4 },
      warnings: [{ type: "toolCallsDropped", tools: ["hang"], count: 1 }],
    });
  });

  test("is what has come of it here, else", async () => {
    const bare = new BareCell();
    const before = Date.now();
    const observed = bare.cell.observe(never);
    bare.say(started, { type: "output", item: { type: "text", text: "äb" } });
    bare.say(settledWith("completed", 4), disposed);
    const outcome = await observed;
    expect(outcome).toMatchObject({ usage: { toolCalls: 0, outputBytes: 3 }, warnings: [] });
    const { endedAt } = outcome as { endedAt?: number };
    if (endedAt !== undefined) expect(endedAt).toBeGreaterThanOrEqual(before);
  });
});

test("a cell has been lost where its store has refused it, and by no other end", async () => {
  for (const [code, isLost] of [
    ["ERR_CELL_STORE", true],
    ["ERR_CELL_SCRIPT", false],
    [undefined, false],
  ] as const) {
    const bare = new BareCell();
    expect(bare.cell.isLost).toBe(false);
    const observed = bare.cell.observe(never);
    const event = settledWith(code === undefined ? "completed" : "failed");
    if (event.type !== "settled") throw new Error("It is none.");
    const error = code && { code, name: "Error", message: "m", text: "t" };
    bare.say(started, { ...event, settled: { ...event.settled, error } }, disposed);
    await observed;
    expect(bare.cell.isLost).toBe(isLost);
  }
});

test.each<[string, readonly BackendEvent[]]>([
  ["has ended", [started, settledWith("completed"), disposed]],
  ["was refused", [{ type: "refused", refusal }]],
])("the signal of a cell that %s is left alone", async (_, events) => {
  const { signal } = new AbortController();
  const bare = new BareCell({ signal });
  expect(getEventListeners(signal, "abort")).toHaveLength(1);
  const observed = bare.cell.observe(never).catch(() => {});
  bare.say(...events);
  await observed;
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("all who have asked for its end get the same", async () => {
  const bare = new BareCell();
  const asked = [bare.cell.terminate("requested"), bare.cell.terminate("closed")];
  expect(await bare.backend.stop.promise).toEqual({ reason: "requested", error: undefined });
  bare.say(settledWith("terminated"), disposed);
  const [first, second] = await Promise.all(asked);
  expect(first).toMatchObject({ status: "terminated", reason: "requested" });
  expect(second).toBe(first);
});

test("who asks for a cell that was refused before is told why, and it has no end that somebody was given", async () => {
  const bare = new BareCell();
  bare.say({ type: "refused", refusal });
  expect(bare.cell.isGiven).toBe(false);
  await expect(bare.cell.observe(never)).rejects.toMatchObject({ code: "ERR_THREAD_START" });
  await expect(bare.cell.terminate("requested")).rejects.toMatchObject({
    code: "ERR_THREAD_START",
  });
});
