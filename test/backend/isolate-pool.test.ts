import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  IsolatePool,
  type Prewarm,
  type SpareListener,
} from "../../src/backend/pool/isolate-pool.js";
import { IsolatePools } from "../../src/backend/pool/isolate-pools.js";
import { processorCount } from "../../src/base/processor-count.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** An isolate that is ready, and gone, when the test says so. */
class TestSpare {
  readonly listener: SpareListener;
  isDismissed = false;

  constructor(listener: SpareListener) {
    this.listener = listener;
  }

  dismiss(): void {
    this.isDismissed = true;
  }
}

function poolOf(prewarm: Prewarm) {
  const made: TestSpare[] = [];
  const state = { isBusy: false, fails: false };
  const pool = new IsolatePool<TestSpare>({
    prewarm,
    make: (listener) => {
      if (state.fails) throw new Error("no thread");
      const spare = new TestSpare(listener);
      made.push(spare);
      return spare;
    },
    isBusy: () => state.isBusy,
  });
  /** Until no more is made. */
  const fill = (): void => {
    while (pool.spares.starting === 1) made.at(-1)?.listener.onReady();
  };
  return { pool, made, state, fill };
}

/** What was taken is made again, after the answer. */
async function refill({ pool, fill }: ReturnType<typeof poolOf>): Promise<void> {
  pool.refillSoon();
  await nextTurn();
  await nextTurn();
  fill();
}

/** One whose spare was taken, and that waits to make the next: every processor has a cell to run. */
async function busyPool() {
  const all = poolOf(1);
  all.fill();
  all.pool.take();
  all.state.isBusy = true;
  await refill(all);
  return all;
}

describe("isolates that are kept ready", () => {
  test("are made one after another, up to their number", () => {
    const { pool, made, fill } = poolOf(3);
    expect(pool.spares).toEqual({ ready: 0, starting: 1 });
    made[0]?.listener.onReady();
    expect(pool.spares).toEqual({ ready: 1, starting: 1 });
    fill();
    expect(pool.spares).toEqual({ ready: 3, starting: 0 });
    expect(made).toHaveLength(3);
  });

  test("are each taken once; then the one that is being made, then none", () => {
    const { pool, made } = poolOf(2);
    made[0]?.listener.onReady();
    expect(pool.take()).toBe(made[0]);
    expect(pool.take()).toBe(made[1]);
    expect(pool.take()).toBe(undefined);
    expect(pool.spares).toEqual({ ready: 0, starting: 0 });
  });

  test("are made again after the answer of the cell that took them, and not before", async () => {
    const all = poolOf(1);
    const { pool, made, fill } = all;
    fill();
    pool.take();
    expect(made).toHaveLength(1);
    await refill(all);
    expect(pool.spares).toEqual({ ready: 1, starting: 0 });
    pool.refillSoon();
    pool.refillSoon();
    await nextTurn();
    expect(made).toHaveLength(2);
  });

  test("are no longer kept when they are gone", async () => {
    const all = poolOf(2);
    const { pool, made, fill } = all;
    fill();
    made[0]?.listener.onGone();
    expect(pool.spares.ready).toBe(1);
    expect(pool.take()).toBe(made[1]);
    await refill(all);
    expect(made).toHaveLength(4);
    // Of one that was taken nothing is to be done.
    made[1]?.listener.onGone();
    expect(pool.spares.ready).toBe(2);
  });

  test("are made later where one could not be made", async () => {
    const all = poolOf(1);
    all.fill();
    all.pool.take();
    all.state.fails = true;
    await refill(all);
    expect(all.pool.spares).toEqual({ ready: 0, starting: 0 });
    all.state.fails = false;
    await refill(all);
    expect(all.pool.spares.ready).toBe(1);
  });

  test("wait for 20 ms where every processor has a cell to run", async () => {
    const all = await busyPool();
    const { made } = all;
    await refill(all);
    vi.advanceTimersByTime(19);
    expect(made).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(made).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("wait no longer once a processor is free", async () => {
    const all = await busyPool();
    const { made, state } = all;
    state.isBusy = false;
    await refill(all);
    expect(made).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("are but one after a minute without a cell, whatever their number", () => {
    const { pool, made, fill } = poolOf(3);
    fill();
    pool.noteUse();
    vi.advanceTimersByTime(59_000);
    pool.noteUse();
    vi.advanceTimersByTime(59_999);
    expect(pool.spares.ready).toBe(3);
    vi.advanceTimersByTime(1);
    expect(pool.spares.ready).toBe(1);
    expect(made.map(({ isDismissed }) => isDismissed)).toEqual([false, true, true]);
  });
});

describe('the number of isolates that are kept ready by "auto"', () => {
  async function raised() {
    const all = poolOf("auto");
    all.fill();
    for (let i = 0; i < 3; i += 1) {
      while (all.pool.take() !== undefined);
      await refill(all);
    }
    return all;
  }

  test("is one, and one more each time that there was none, up to a bound", async () => {
    const all = poolOf("auto");
    all.fill();
    expect(all.pool.spares.ready).toBe(1);
    const seen: number[] = [];
    const most = Math.max(4, 2 * processorCount);
    for (let i = 0; i < most + 2; i += 1) {
      while (all.pool.take() !== undefined);
      await refill(all);
      seen.push(all.pool.spares.ready);
    }
    expect(seen).toEqual(Array.from({ length: most + 2 }, (_, i) => Math.min(i + 2, most)));
  });

  test("is one less after each ten seconds without a miss", async () => {
    const all = await raised();
    const { pool } = all;
    expect(pool.spares.ready).toBe(4);
    vi.advanceTimersByTime(9_999);
    await refill(all);
    expect(pool.spares.ready).toBe(4);
    vi.advanceTimersByTime(1);
    await refill(all);
    expect(pool.spares.ready).toBe(3);
    await refill(all);
    expect(pool.spares.ready).toBe(3);
    for (let i = 0; i < 5; i += 1) {
      vi.advanceTimersByTime(10_000);
      await refill(all);
    }
    expect(pool.spares.ready).toBe(1);
  });

  test("is one after a minute without a cell", async () => {
    const all = await raised();
    all.pool.noteUse();
    vi.advanceTimersByTime(60_000);
    expect(all.pool.spares.ready).toBe(1);
    all.pool.take();
    await refill(all);
    expect(all.pool.spares.ready).toBe(1);
  });
});

describe("a pool that is closed", () => {
  test("ends what it keeps and what it makes, and is closed when they are gone", async () => {
    const { pool, made } = poolOf(3);
    made[0]?.listener.onReady();
    made[1]?.listener.onReady();
    pool.noteUse();
    let isClosed = false;
    const closing = pool.close().then(() => {
      isClosed = true;
    });
    expect(made.map(({ isDismissed }) => isDismissed)).toEqual([true, true, true]);
    made[0]?.listener.onGone();
    made[1]?.listener.onGone();
    await nextTurn();
    expect(isClosed).toBe(false);
    made[2]?.listener.onGone();
    await closing;
    expect(made).toHaveLength(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is closed at once where it keeps none, and makes none any more", async () => {
    const all = poolOf(1);
    all.fill();
    all.pool.take();
    all.state.isBusy = true;
    await refill(all);
    all.pool.refillSoon();
    await all.pool.close();
    await refill(all);
    vi.advanceTimersByTime(1_000);
    expect(all.made).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("the pools of a runtime", () => {
  function acquire(prewarm: Prewarm, kind = "test") {
    const made: (readonly [number, TestSpare])[] = [];
    const pools = IsolatePools.acquire<TestSpare>(kind, prewarm, (heapBytes, listener) => {
      const spare = new TestSpare(listener);
      made.push([heapBytes, spare]);
      return spare;
    });
    const release = async (): Promise<void> => {
      const released = pools.release();
      for (const [, { listener, isDismissed }] of made) if (isDismissed) listener.onGone();
      await released;
    };
    return { pools, made, release };
  }

  test("are of four heap limits at most, each with its own isolates", async () => {
    const { pools, made, release } = acquire(1);
    const [first] = [1, 2, 3, 4].map((heapBytes) => pools.poolFor(heapBytes));
    expect(pools.poolFor(5)).toBe(undefined);
    expect(pools.poolFor(1)).toBe(first);
    expect(made.map(([heapBytes]) => heapBytes)).toEqual([1, 2, 3, 4]);
    made[0]?.[1].listener.onReady();
    expect(pools.spares).toEqual({ ready: 1, starting: 3 });
    await release();
    expect(made.every(([, { isDismissed }]) => isDismissed)).toBe(true);
  });

  test("are none where none are to be kept", () => {
    expect(acquire(0).pools.poolFor(1)).toBe(undefined);
  });

  test('are shared by those of one kind that ask for "auto", and end with the last of them', async () => {
    const one = acquire("auto");
    const two = acquire("auto");
    const other = acquire("auto", "another");
    expect(two.pools).toBe(one.pools);
    expect(other.pools).not.toBe(one.pools);
    expect(acquire(1).pools).not.toBe(acquire(1).pools);
    one.pools.poolFor(1);
    await one.pools.release();
    expect(one.made[0]?.[1].isDismissed).toBe(false);
    await one.release();
    expect(one.made[0]?.[1].isDismissed).toBe(true);
    expect(acquire("auto").pools).not.toBe(one.pools);
  });

  test("know that every processor has a cell", async () => {
    const { pools, made, release } = acquire(2);
    for (let i = 0; i < processorCount; i += 1) pools.countRunning(1);
    pools.poolFor(1);
    expect(made).toHaveLength(0);
    pools.countRunning(-1);
    pools.poolFor(2);
    expect(made.map(([heapBytes]) => heapBytes)).toEqual([2]);
    vi.advanceTimersByTime(20);
    expect(made.map(([heapBytes]) => heapBytes)).toEqual([2, 1]);
    await release();
  });
});
