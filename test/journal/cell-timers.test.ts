import { expect, test } from "vitest";
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
