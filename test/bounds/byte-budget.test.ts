import { expect, test } from "vitest";
import { ByteBudget } from "../../src/bounds/byte-budget.js";

test("a budget is taken to its last byte, and no further", () => {
  const budget = new ByteBudget(10);
  expect(budget.take(10)).toBeUndefined();
  expect(budget.take(1)).toEqual({ limit: 10 });
  budget.giveBack(3);
  expect(budget.take(4)).toEqual({ limit: 10 });
  expect(budget.take(3)).toBeUndefined();
});

test("what the outer budget refuses is not taken from the inner one, and its limit is told", () => {
  const outer = new ByteBudget(10);
  const [one, other] = [new ByteBudget(8, outer), new ByteBudget(8, outer)];
  expect(one.take(8)).toBeUndefined();
  expect(other.take(3)).toEqual({ limit: 10 });
  expect(other.take(9)).toEqual({ limit: 8 });
  one.giveBack(8);
  // Had the refused bytes been taken, neither would have room for these.
  expect(other.take(8)).toBeUndefined();
  expect(one.take(2)).toBeUndefined();
  expect(one.take(1)).toEqual({ limit: 10 });
});
