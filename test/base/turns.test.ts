import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { inSlices } from "../../src/base/slices.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

/** Items in the order in which they are done, and when the event loop has turned first. */
async function orderOf(
  work: (item: number) => void | Promise<void>,
  maxItems?: number,
): Promise<readonly unknown[]> {
  const order: unknown[] = [];
  const turned = new Promise<void>((resolve) => {
    setImmediate(() => {
      order.push("turn");
      resolve();
    });
  });
  await inSlices(
    [1, 2, 3],
    (item) => {
      order.push(item);
      return work(item);
    },
    maxItems,
  );
  await turned;
  return order;
}

describe("work in slices lets the event loop turn", () => {
  test("when it has taken ten milliseconds", async () => {
    const takes = (ms: number) => (): void => void vi.advanceTimersByTime(ms);
    expect(await orderOf(takes(0))).toEqual([1, 2, 3, "turn"]);
    expect(await orderOf(takes(5))).toEqual([1, 2, "turn", 3]);
    expect(await orderOf(takes(10))).toEqual([1, "turn", 2, 3]);
  });

  test("after as many items as one turn may have", async () => {
    expect(await orderOf(() => {}, 2)).toEqual([1, 2, "turn", 3]);
    expect(await orderOf(() => {}, 1)).toEqual([1, "turn", 2, 3]);
    expect(await orderOf(async () => {}, 2)).toEqual([1, 2, "turn", 3]);
  });

  test("and an item waits for the one before it", async () => {
    const done: number[] = [];
    const order = await orderOf(async (item) => {
      await Promise.resolve();
      done.push(item);
      expect(done).toHaveLength(item);
    });
    expect(order.filter((item) => item !== "turn")).toEqual([1, 2, 3]);
  });
});
