import { afterEach, describe, expect, test, vi } from "vitest";
import type { ShareRequest, TenantShare } from "../../src/postgres.js";
import { type TenantQuota, TenantShares } from "../../src/server/cluster/tenant-shares.js";

/** Shares of one tenant `t`, of which a store gives what it is told to. */
function openShares(
  quota: TenantQuota,
  give: (request: ShareRequest) => Partial<TenantShare> | Promise<never>,
) {
  const asked: ShareRequest[] = [];
  const state = { running: 0 };
  const shares = new TenantShares({
    store: {
      share: async (request) => {
        asked.push(request);
        return { cells: 0, begins: 0, left: Infinity, ...(await give(request)) };
      },
    },
    server: "own",
    quotaOf: () => quota,
    runningOf: () => state.running,
  });
  /** As a cell that begins: it is counted while it asks, and no more when it is refused. */
  const begin = async (): Promise<unknown> => {
    state.running += 1;
    try {
      await shares.admit("t");
      return "begun";
    } catch (error) {
      state.running -= 1;
      return (error as { code?: unknown }).code;
    }
  };
  return { shares, asked, state, begin };
}

function many<Value>(count: number, make: () => Promise<Value>): Promise<Value[]> {
  return Promise.all(Array.from({ length: count }, make));
}

test("however many ask at once, the store is asked for all of them, and those that came first begin", async () => {
  const { begin, asked } = openShares({ running: 5 }, ({ cells: { wanted } }) => ({
    cells: Math.min(wanted, 5),
  }));
  const told = await many(20_000, begin);
  expect(told.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => "begun"));
  expect(new Set(told.slice(5))).toEqual(new Set(["ERR_QUOTA"]));
  expect(asked).toMatchObject([
    { server: "own", tenant: "t", cells: { running: 0, wanted: 20_000, most: 5 } },
    // Others may just have given something back.
    { cells: { running: 5, wanted: 20_000 } },
  ]);
});

test("who asks is not refused because cells that did not ask used what came, where the store gave what was asked for", async () => {
  const { begin, asked, state } = openShares({ running: 1000 }, ({ cells: { wanted } }) => {
    // Such as one that was brought back.
    if (asked.length < 5) state.running += 1;
    return { cells: wanted };
  });
  expect(await many(2, begin)).toEqual(["begun", "begun"]);
  expect(asked.map(({ cells }) => cells)).toMatchObject([
    { running: 0, wanted: 2 },
    { running: 2, wanted: 3 },
    { running: 3, wanted: 4 },
    { running: 4, wanted: 5 },
    { running: 5, wanted: 6 },
  ]);
});

test("a second's worth of a minute's is asked for in advance, and given back", async () => {
  const { begin, asked, shares } = openShares({ perMinute: 120 }, ({ begins: { wanted } }) => ({
    begins: wanted,
  }));
  expect(await many(3, begin)).toEqual(["begun", "begun", "begun"]);
  expect(await many(2, begin)).toEqual(["begun", "begun"]);
  expect(asked.map(({ begins }) => begins.wanted)).toEqual([5]);
  expect(await begin()).toBe("begun");
  expect(asked.map(({ begins }) => begins.wanted)).toEqual([5, 3]);
  shares.round();
  // Who asks before it is given back has it.
  expect(await begin()).toBe("begun");
  expect(asked.map(({ begins }) => begins.wanted)).toEqual([5, 3, 1]);
  shares.round();
  await new Promise((resolve) => setImmediate(resolve));
  expect(asked.map(({ begins }) => begins.wanted)).toEqual([5, 3, 1, -2]);
});

test("who may not begin is told when that is over", async () => {
  const { shares } = openShares({ perMinute: 2 }, () => ({ begins: 0, left: 0.5 }));
  await expect(shares.admit("t")).rejects.toMatchObject({
    code: "ERR_QUOTA",
    message: "The tenant may begin 2 cells a minute, and has begun as many.",
    retryAfterMs: 15_000,
  });
});

test("a store that cannot be asked refuses those that ask, and the next are asked for again", async () => {
  let isDown = true;
  const { begin } = openShares({ running: 1 }, () =>
    isDown ? Promise.reject(Object.assign(new Error("down"), { code: "DOWN" })) : { cells: 1 },
  );
  expect(await many(2, begin)).toEqual(["DOWN", "DOWN"]);
  isDown = false;
  expect(await begin()).toBe("begun");
});

describe("what cells leave that have ended", () => {
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  afterEach(() => void vi.useRealTimers());

  /** Two cells of five have begun; what was given back is in `running`. */
  async function openTwo() {
    const opened = openShares({ running: 5 }, ({ cells: { wanted } }) => ({ cells: wanted }));
    expect(await many(2, opened.begin)).toEqual(["begun", "begun"]);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    return { ...opened, running: () => opened.asked.slice(1).map(({ cells }) => cells) };
  }

  test("is given back a moment later, all at once", async () => {
    const { shares, state, running } = await openTwo();
    state.running = 1;
    shares.rests("t");
    vi.advanceTimersByTime(49);
    state.running = 0;
    shares.rests("t");
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1);
    await turn();
    expect(running()).toEqual([{ running: 0, wanted: 0, most: 5 }]);
    expect(vi.getTimerCount()).toBe(0);
    shares.rests("t");
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is for who begins in that moment, and the store is not asked", async () => {
    const { shares, state, begin, running } = await openTwo();
    state.running = 1;
    shares.rests("t");
    expect(await begin()).toBe("begun");
    vi.advanceTimersByTime(1000);
    await turn();
    expect(running()).toEqual([]);
  });

  test("is given back with what is asked for meanwhile, and not once more", async () => {
    const { shares, state, begin, running } = await openTwo();
    state.running = 1;
    shares.rests("t");
    expect(await many(2, begin)).toEqual(["begun", "begun"]);
    expect(running()).toEqual([{ running: 2, wanted: 3, most: 5 }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is left where it is of tenants without a bound, and of those that began nothing", async () => {
    const { shares } = await openTwo();
    shares.rests("t");
    shares.rests("another");
    const free = openShares({ perMinute: 600 }, ({ begins: { wanted } }) => ({ begins: wanted }));
    const begun = free.begin();
    free.shares.rests("t");
    expect(await begun).toBe("begun");
    free.shares.rests("t");
    expect(vi.getTimerCount()).toBe(0);
  });

  test("keeps no process alive", async () => {
    const { shares, state } = await openTwo();
    vi.useRealTimers();
    state.running = 1;
    const before = process.getActiveResourcesInfo();
    shares.rests("t");
    expect(process.getActiveResourcesInfo()).toEqual(before);
  });

  test("of cells that came without asking is told the store in the next round", async () => {
    const { shares, state, running } = await openTwo();
    shares.round();
    await turn();
    expect(running()).toEqual([]);
    state.running = 4;
    shares.round();
    await turn();
    expect(running()).toEqual([{ running: 4, wanted: 4, most: 5 }]);
  });
});
