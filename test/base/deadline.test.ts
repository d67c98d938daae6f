import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Deadline } from "../../src/base/deadline.js";

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.runAllTimers();
  vi.useRealTimers();
});

const day = 86_400_000;

test("a deadline passes once, when its time has, and none that was cleared", () => {
  const passed: string[] = [];
  new Deadline(100, () => passed.push("a"));
  const cleared = new Deadline(100, () => passed.push("cleared"));
  vi.advanceTimersByTime(50);
  new Deadline(100, () => passed.push("b"));
  cleared.clear();
  vi.advanceTimersByTime(48);
  expect(passed).toEqual([]);
  vi.advanceTimersByTime(2);
  expect(passed).toEqual(["a"]);
  cleared.clear();
  vi.advanceTimersByTime(50);
  expect(passed).toEqual(["a", "b"]);
  vi.advanceTimersByTime(1_000);
  expect(passed).toEqual(["a", "b"]);
});

test("deadlines of the same time share a timer, and leave none behind", () => {
  const onPassed = (): void => {};
  new Deadline(100, onPassed);
  new Deadline(100, onPassed);
  expect(vi.getTimerCount()).toBe(1);
  new Deadline(200, onPassed);
  expect(vi.getTimerCount()).toBe(2);
  vi.advanceTimersByTime(100);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(100);
  expect(vi.getTimerCount()).toBe(0);
});

test("never is a time without a timer", () => {
  new Deadline(Number.POSITIVE_INFINITY, () => expect.unreachable()).clear();
  expect(vi.getTimerCount()).toBe(0);
});

test("a deadline may be further away than a timer can be", () => {
  const passed: string[] = [];
  new Deadline(60 * day, () => passed.push("far"));
  vi.advanceTimersByTime(60 * day - 2);
  expect(passed).toEqual([]);
  vi.advanceTimersByTime(2);
  expect(passed).toEqual(["far"]);
});

test("one that throws does not keep the others from passing", () => {
  const passed: string[] = [];
  new Deadline(100, () => {
    throw new Error("first");
  });
  new Deadline(100, () => passed.push("second"));
  expect(() => vi.advanceTimersByTime(100)).toThrow("first");
  vi.advanceTimersByTime(10);
  expect(passed).toEqual(["second"]);
});

test("one that is set while others of its time pass has its time", () => {
  const passed: string[] = [];
  new Deadline(100, () => new Deadline(100, () => passed.push("inner")));
  vi.advanceTimersByTime(198);
  expect(passed).toEqual([]);
  vi.advanceTimersByTime(2);
  expect(passed).toEqual(["inner"]);
});
