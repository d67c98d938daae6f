import { expect, test } from "vitest";
import { getBinding } from "../../src/backend/addon/binding.js";
import { createCodeMode } from "../../src/index.js";

test("the addon notes when an exec reaches its steps, while it is asked to", async () => {
  const binding = getBinding();
  await using codeMode = createCodeMode({ prewarm: 0 });
  const session = codeMode.openSession();
  await session.exec("text(1)");
  expect(binding.momentTimes().every((time) => time === 0)).toBe(true);

  binding.watchMoments(true);
  const [seconds, nanoseconds] = process.hrtime();
  await session.exec("text(2)");
  const times = binding.momentTimes();
  binding.watchMoments(false);
  // The addon returns while the cell's thread wakes, and that isolate was not ready: it wakes the host earlier.
  const [called = 0, , , runs = 0, compiles = 0, links = 0, evaluates = 0, , sends = 0] = times;
  expect(times).not.toContain(0);
  expect(called).toBeGreaterThanOrEqual(seconds * 1000 + nanoseconds / 1e6);
  expect([called, runs, compiles, links, evaluates, sends]).toEqual(
    [called, runs, compiles, links, evaluates, sends].sort((a, b) => a - b),
  );

  await session.exec("text(3)");
  expect(binding.momentTimes()).toEqual(times);
});
