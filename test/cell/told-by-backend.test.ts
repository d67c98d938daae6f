import { describe, expect, test } from "vitest";
import type { SessionOptions } from "../../src/index.js";
import type { BackendEvent } from "../../src/protocol/cell-backend.js";
import type { CellPlace } from "../../src/protocol/outcome.js";
import type { Session } from "../../src/session/session.js";
import { completedOf, Held, shownBy } from "../support/cells.js";
import { ScriptedCells, settledWith, usageOf } from "../support/scripted-cells.js";

const noWait = { yieldAfterMs: Number.POSITIVE_INFINITY };
const atOnce = { yieldAfterMs: 0 };
const started: BackendEvent = { type: "started" };
const disposed: BackendEvent = { type: "disposed", cpuMs: 0 };
const yielded = (cpuMs: number): BackendEvent => ({ type: "yielded", usage: usageOf(cpuMs) });
const says = (text: string): BackendEvent => ({ type: "output", item: { type: "text", text } });

function open(options: SessionOptions = {}): { session: Session; cells: ScriptedCells } {
  const cells = new ScriptedCells();
  return { session: cells.runtime().openSession(options), cells };
}

describe("what a cell has used is what its backend has told last:", () => {
  test("with a yield, with a sample, and with its end", async () => {
    const { session, cells } = open();
    const exec = session.exec("", noWait);
    cells.last.say(started, yielded(1));
    expect(await exec).toMatchObject({ status: "yielded", usage: { cpuMs: 1 } });
    const wait = session.wait("1", atOnce);
    cells.last.samples[0]?.resolve(usageOf(2));
    expect(await wait).toMatchObject({ status: "yielded", reason: "time", usage: { cpuMs: 2 } });
    const last = session.wait("1", noWait);
    cells.last.say(settledWith("completed", 3), disposed);
    expect(await last).toMatchObject({ status: "completed", usage: { cpuMs: 3 } });
  });

  test("where it is cut off", async () => {
    const { session, cells } = open();
    const exec = session.exec("", noWait);
    cells.last.say(started);
    const end = session.terminate("1");
    cells.last.say({ type: "unresponsive", usage: usageOf(4) });
    for (const outcome of [await exec, await end]) {
      expect(outcome).toMatchObject({ status: "terminated", orphaned: true, usage: { cpuMs: 4 } });
    }
  });

  test("and a sample that comes after its end changes nothing", async () => {
    const taken = new Held();
    const { session, cells } = open({ onNotify: () => taken.promise });
    const exec = session.exec("", atOnce);
    cells.last.say(started, { type: "notify", text: "n" });
    await exec;
    const wait = session.wait("1", atOnce);
    cells.last.say(settledWith("completed", 5), disposed);
    cells.last.samples[0]?.resolve(usageOf(6));
    expect(await wait).toMatchObject({ status: "yielded", usage: { cpuMs: 5 } });
    taken.resolve();
    expect(await session.wait("1", noWait)).toMatchObject({
      status: "completed",
      usage: { cpuMs: 5 },
    });
  });

  test("for as long as it has lived", async () => {
    const { session, cells } = open();
    const before = performance.now();
    const exec = session.exec("", noWait);
    cells.last.say(started, settledWith("completed"), disposed);
    const { wallMs } = completedOf(await exec).usage;
    expect(wallMs).toBeGreaterThanOrEqual(0);
    expect(wallMs).toBeLessThanOrEqual(performance.now() - before);
  });
});

describe("an exec that is to yield at once", () => {
  test("does when its cell starts, with nothing of what that says then", async () => {
    const { session, cells } = open();
    const exec = session.exec("", atOnce);
    cells.last.say(started, says("a"));
    expect(await exec).toMatchObject({ status: "yielded", reason: "time", output: [] });
    expect(cells.last.samples).toEqual([]);
  });

  test("does so too where the host has asked for it before", async () => {
    const { session, cells } = open();
    const exec = session.exec("", noWait);
    expect(await session.yieldNow("1")).toBe(true);
    cells.last.say(started, says("a"));
    expect(await exec).toMatchObject({ status: "yielded", reason: "host", output: [] });
    expect(cells.last.samples).toEqual([]);
    expect(await session.yieldNow("1")).toBe(false);
  });
});

test("an answer that was asked for one observer is none for the next", async () => {
  const { session, cells } = open();
  const exec = session.exec("", atOnce);
  cells.last.say(started);
  await exec;
  const first = session.wait("1", atOnce);
  cells.last.say(yielded(0));
  expect(await first).toMatchObject({ status: "yielded", reason: "requested" });
  const second = session.wait("1", noWait);
  cells.last.samples[0]?.resolve(usageOf(1));
  await new Promise((resolve) => setImmediate(resolve));
  cells.last.say(says("a"), settledWith("completed"), disposed);
  expect(shownBy(completedOf(await second))).toEqual(["a"]);
});

test("a wait whose signal has been aborted before observes nothing", async () => {
  const { session, cells } = open();
  const exec = session.exec("", atOnce);
  cells.last.say(started);
  await exec;
  await expect(session.wait("1", { signal: AbortSignal.abort("no") })).rejects.toBe("no");
  const wait = session.wait("1", noWait);
  await expect(session.wait("1")).rejects.toMatchObject({ code: "ERR_CELL_BUSY" });
  cells.last.say(settledWith("completed"), disposed);
  expect(await wait).toMatchObject({ status: "completed" });
});

test("calls that were open at the end are warned of, also where a notification is taken after it", async () => {
  const taken = new Held();
  const hang = { execute: (): Promise<never> => new Promise(() => {}) };
  const { session, cells } = open({ tools: { hang }, onNotify: () => taken.promise });
  const exec = session.exec("", noWait);
  const call: BackendEvent = { type: "toolCall", callId: 1, tool: 0, json: "null" };
  cells.last.say(started, { type: "notify", text: "n" }, call, settledWith("completed"), disposed);
  taken.resolve();
  const { warnings } = completedOf(await exec);
  expect(warnings).toMatchObject([{ type: "toolCallsDropped", tools: ["hang"], count: 1 }]);
});

test("a cell whose code has ended has that end when it is terminated, though a notification is never taken", async () => {
  const { session, cells } = open({ onNotify: () => new Promise(() => {}) });
  const exec = session.exec("", noWait);
  cells.last.say(started, { type: "notify", text: "n" }, settledWith("completed"));
  const end = session.terminate("1");
  cells.last.say(disposed);
  for (const outcome of [await exec, await end]) expect(outcome.status).toBe("completed");
});

test("console lines are in the outcome, as far as there may be", async () => {
  const { session, cells } = open({ limits: { unseenBytes: 10_000 }, console: true });
  const exec = session.exec("", noWait);
  const log = (length: number): BackendEvent => ({
    type: "log",
    log: { level: "info", text: "x".repeat(length), time: 0 },
  });
  cells.last.say(started, log(1), log(10_000), settledWith("terminated"), disposed);
  const outcome = await exec;
  expect(outcome).toMatchObject({ status: "failed", logs: [{ text: "x" }] });
  expect(outcome.logs).toHaveLength(1);
});

test("a handler of events that rejects is a warning of the process", async () => {
  const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
  const { session, cells } = open({
    onEvent: async ({ type }) => {
      if (type === "ended") throw new Error("mine");
    },
  });
  const exec = session.exec("", noWait);
  cells.last.say(started, settledWith("completed"), disposed);
  expect(await exec).toMatchObject({ status: "completed" });
  expect((await warned).message).toBe("The onEvent handler failed: mine");
});

test("where a cell lives is in each of its outcomes", async () => {
  const place: CellPlace = { host: "process", confinement: [] };
  const { session, cells } = open();
  const exec = session.exec("", noWait);
  cells.last.say({ type: "started", place }, yielded(0));
  expect(await exec).toMatchObject({ status: "yielded", ...place });
  const wait = session.wait("1", noWait);
  cells.last.say(settledWith("completed"), disposed);
  expect(await wait).toMatchObject({ status: "completed", ...place });
});

test("a cell that is past its wall limit is asked to stop, with the limit's error", async () => {
  const { session, cells } = open({ limits: { wallMs: 1 } });
  const before = performance.now();
  const exec = session.exec("", noWait);
  cells.last.say(started);
  const why = await cells.last.stop.promise;
  expect(why).toMatchObject({ error: { code: "ERR_CELL_WALL_LIMIT" } });
  cells.last.say(settledWith("terminated"), disposed);
  const { error } = (await exec) as { error: { limit: { used: number } } };
  expect(error).toMatchObject({ code: "ERR_CELL_WALL_LIMIT", limit: { allowed: 1 } });
  expect(error.limit.used).toBeGreaterThanOrEqual(1);
  expect(error.limit.used).toBeLessThanOrEqual(Math.max(1, performance.now() - before));
});

test.each([new Error("no memory"), undefined])(
  "a cell that is not started rejects its exec and who ends it, leaves its place, and has the cause %s",
  async (cause) => {
    const { session, cells } = open({ limits: { cells: 1 } });
    const asked = [session.exec("", noWait), session.terminate("1")];
    const refusal = { code: "ERR_THREAD_START", message: "no thread", cause } as const;
    cells.last.say({ type: "refused", refusal });
    for (const one of await Promise.allSettled(asked)) {
      const { reason } = one as PromiseRejectedResult;
      expect(reason).toMatchObject({ code: "ERR_THREAD_START", message: "no thread" });
      expect(Object.hasOwn(reason, "cause")).toBe(cause !== undefined);
      expect(reason.cause).toBe(cause);
    }
    expect(await session.wait("1")).toMatchObject({ status: "missing", reason: "refused" });
    const next = session.exec("", noWait);
    cells.last.say(started, settledWith("completed"), disposed);
    expect(await next).toMatchObject({ status: "completed", cellId: "2" });
  },
);
