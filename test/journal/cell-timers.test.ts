import { expect, test, vi } from "vitest";
import { CellClock } from "../../src/journal/cell-clock.js";
import { CellTimers } from "../../src/journal/cell-timers.js";
import { TimerQueue } from "../../src/journal/timer-queue.js";

test("more timers than a call takes arguments are fired in order, and the host has turns between", async () => {
  const clock = new CellClock();
  const now = clock.now();
  const many = 140_000;
  const fired: number[] = [];
  let turns = 0;
  const turn = setInterval(() => {
    turns += 1;
  });
  await new Promise<void>((resolve) => {
    const timers = new CellTimers(clock, (timer) => {
      fired.push(timer);
      if (fired.length === many / 2) resolve();
    });
    for (let timer = 1; timer <= many; timer += 1) timers.set(timer, now);
    for (let timer = 2; timer <= many; timer += 2) timers.clear(timer);
  });
  clearInterval(turn);
  expect(fired.every((timer, index) => timer === 2 * index + 1)).toBe(true);
  expect(turns).toBeGreaterThan(10);
});

test("each timer is fired when it is due, in whatever order they were set, and none once all are cleared", () => {
  vi.useFakeTimers({ now: 1_000_000 });
  try {
    const clock = new CellClock();
    const now = clock.now();
    const fired: [number, number][] = [];
    const timers = new CellTimers(clock, (timer) => fired.push([timer, clock.now() - now]));
    for (const [timer, due] of [
      [1, 50],
      [2, 10],
      [3, 100],
      [4, 10],
      [5, -5],
      [6, 70],
      [7, 2 ** 31 + 5],
    ] as const) {
      timers.set(timer, now + due);
    }
    expect(vi.getTimerCount()).toBe(1);
    timers.clear(6);
    vi.advanceTimersByTime(9);
    expect(fired).toEqual([[5, 0]]);
    vi.advanceTimersByTime(200);
    expect(fired.slice(1)).toEqual([
      [2, 10],
      [4, 10],
      [1, 50],
      [3, 100],
    ]);
    // Longer than one timer of Node waits.
    vi.advanceTimersByTime(2 ** 31);
    expect(fired.slice(5)).toEqual([[7, 2 ** 31 + 5]]);
    expect(vi.getTimerCount()).toBe(0);
    timers.set(8, clock.now() + 10);
    timers.clearAll();
    expect(vi.getTimerCount()).toBe(0);
    timers.set(9, clock.now() + 20);
    vi.advanceTimersByTime(100);
    expect(fired.slice(6).map(([timer]) => timer)).toEqual([9]);
  } finally {
    vi.useRealTimers();
  }
});

test("a queue of timers gives the same as a sorted list", () => {
  const queue = new TimerQueue();
  const list: { timer: number; due: number }[] = [];
  // Numbers without an order, the same in each run.
  let state = 1;
  const below = (max: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % max;
  };
  for (let timer = 1; timer <= 2_000; timer += 1) {
    const due = below(100);
    queue.add(timer, due);
    list.push({ timer, due });
    list.sort((a, b) => a.due - b.due || a.timer - b.timer);
    // Long phases in which it grows, and in which it shrinks.
    const removals = timer % 400 < 200 ? 0 : 2;
    for (let n = 0; n < removals; n += 1) {
      const [removed] = list.splice(below(3) === 0 ? 0 : below(list.length), 1);
      if (removed !== undefined) queue.remove(removed.timer);
    }
    expect(queue.next()).toEqual(list[0]);
  }
  queue.clear();
  expect(queue.next()).toBeUndefined();
});
