import { describe, expect, test } from "vitest";
import { runWithin, threadCpuMs } from "../../src/base/time-bound.js";

const forEver = (): never => {
  for (;;);
};

describe("work that is bounded in time", () => {
  test("gives its result", () => {
    expect(runWithin(10_000, () => 5)).toEqual({ isDone: true, result: 5 });
    expect(runWithin(10_000, () => undefined)).toEqual({ isDone: true, result: undefined });
  });

  test("is stopped where it takes longer, and so is a regular expression", () => {
    expect(runWithin(10, forEver)).toEqual({ isDone: false });
    expect(runWithin(10, () => /^(a+)+$/.test(`${"a".repeat(60)}b`))).toEqual({ isDone: false });
  });

  test.each([new Error("no"), "no", null, undefined, { code: "ERR_OTHER" }, 5])(
    "throws what it throws: %o",
    (thrown) => {
      let caught: unknown = "nothing";
      try {
        runWithin(10_000, () => {
          throw thrown;
        });
      } catch (error) {
        caught = error;
      }
      expect(caught).toBe(thrown);
    },
  );

  test("may have such work in it", () => {
    const outer = runWithin(10_000, () => {
      const inner = runWithin(10, forEver);
      return [inner, runWithin(10_000, () => "after")];
    });
    expect(outer).toEqual({
      isDone: true,
      result: [{ isDone: false }, { isDone: true, result: "after" }],
    });
  });
});

test("a thread's processor time is no more than the time that passes, in milliseconds", () => {
  const startedAt = performance.now();
  const before = threadCpuMs();
  runWithin(10, forEver);
  const used = threadCpuMs() - before;
  expect(used).toBeGreaterThan(0);
  expect(used).toBeLessThan(performance.now() - startedAt + 50);
});
