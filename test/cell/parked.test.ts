import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BareCell } from "../support/bare-cell.js";
import { settledWith, usageOf } from "../support/scripted-cells.js";

const wallMs = 100_003;
const hourMs = 3_600_000;
const never = { by: "exec", yieldAfterMs: Number.POSITIVE_INFINITY } as const;
const atOnce = { by: "wait", yieldAfterMs: 0 } as const;
const disposed = { type: "disposed", cpuMs: 0 } as const;

beforeEach(() => {
  const toFake = ["setTimeout", "clearTimeout", "performance"] as const;
  vi.useFakeTimers({ toFake: [...toFake], now: 0 });
});
afterEach(() => {
  // What is shared of clocks must not be left with a timer that never fires.
  vi.runAllTimers();
  vi.useRealTimers();
});

/** Whether its backend was asked to stop. */
function watchStop({ backend }: BareCell): () => Promise<boolean> {
  let isAsked = false;
  void backend.stop.promise.then(() => {
    isAsked = true;
  });
  return async () => {
    await new Promise((done) => setImmediate(done));
    return isAsked;
  };
}

describe("a cell that is parked", () => {
  test("has of its wall limit what it had before, when it goes on", async () => {
    const bare = new BareCell({ wallMs });
    const isStopped = watchStop(bare);
    const observed = bare.cell.observe(never);
    bare.say({ type: "started" });
    for (let times = 0; times < 2; times += 1) {
      vi.advanceTimersByTime(40_000);
      bare.cell.park();
      vi.advanceTimersByTime(hourMs);
      expect(await isStopped()).toBe(false);
      bare.cell.unpark();
    }
    vi.advanceTimersByTime(20_000);
    expect(await isStopped()).toBe(false);
    vi.advanceTimersByTime(10);
    expect(await isStopped()).toBe(true);
    bare.say(settledWith("terminated"), disposed);
    expect(await observed).toMatchObject({
      status: "failed",
      error: { code: "ERR_CELL_WALL_LIMIT", limit: { allowed: wallMs } },
    });
    const { error } = (await observed) as { error: { limit: { used: number } } };
    expect(error.limit.used).toBeGreaterThanOrEqual(wallMs);
    expect(error.limit.used).toBeLessThan(wallMs + 10);
  });

  test("stops soon after it goes on, where hardly anything of its wall limit was left", async () => {
    const bare = new BareCell({ wallMs });
    const isStopped = watchStop(bare);
    void bare.cell.observe(never);
    bare.say({ type: "started" });
    vi.advanceTimersByTime(wallMs - 1);
    bare.cell.park();
    bare.cell.unpark();
    expect(await isStopped()).toBe(false);
    vi.advanceTimersByTime(5);
    expect(await isStopped()).toBe(true);
    bare.say(settledWith("terminated"), disposed);
  });

  test("uses no time, neither meanwhile nor in the end", async () => {
    const bare = new BareCell();
    const first = bare.cell.observe({ by: "exec", yieldAfterMs: 0 });
    bare.say({ type: "started" });
    await first;
    vi.advanceTimersByTime(100);
    bare.cell.park();
    vi.advanceTimersByTime(hourMs);
    const wait = bare.cell.observe(atOnce);
    bare.backend.samples[0]?.resolve(usageOf(1));
    expect(await wait).toMatchObject({ status: "yielded", usage: { wallMs: 100 } });
    bare.cell.unpark();
    vi.advanceTimersByTime(20);
    bare.cell.park();
    vi.advanceTimersByTime(hourMs);
    bare.cell.unpark();
    vi.advanceTimersByTime(3);
    const last = bare.cell.observe(never);
    bare.say(settledWith("completed"), disposed);
    expect(await last).toMatchObject({ status: "completed", usage: { wallMs: 123 } });
  });

  test("counts as parked, and then as what it was; it says so, and its trace is told", async () => {
    const traced: string[] = [];
    const trace = {
      parked: () => void traced.push("parked"),
      unparked: () => void traced.push("unparked"),
      yielded: () => void traced.push("yielded"),
      ended: () => void traced.push("ended"),
    } as never;
    const bare = new BareCell({ trace });
    const observed = bare.cell.observe({ by: "exec", yieldAfterMs: 0 });
    bare.say({ type: "started" });
    await observed;
    const { cells } = bare.counters;
    expect(cells).toEqual({ running: 0, yielded: 1, parked: 0 });
    bare.cell.park();
    expect(cells).toEqual({ running: 0, yielded: 0, parked: 1 });
    bare.cell.unpark();
    expect(cells).toEqual({ running: 0, yielded: 1, parked: 0 });
    const last = bare.cell.observe(never);
    expect(cells).toEqual({ running: 1, yielded: 0, parked: 0 });
    bare.say(settledWith("completed"), disposed);
    await last;
    // It cannot go on any more.
    bare.cell.unpark();
    expect(cells).toEqual({ running: 0, yielded: 0, parked: 0 });
    expect(bare.types).toEqual(["started", "yielded", "parked", "unparked", "ended"]);
    expect(traced).toEqual(["yielded", "parked", "unparked", "ended"]);
    for (const type of ["parked", "unparked"]) {
      const event = { type, sessionId: "s", cellId: "c", at: expect.any(Number) };
      expect(bare.events).toContainEqual(event);
    }
  });
});
