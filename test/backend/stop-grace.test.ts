import { expect, test } from "vitest";
import { StopGrace, unresponsiveCpuMs } from "../../src/backend/thread/stop-grace.js";

/**
 * Follows a grace whose cell has used so much processor time at each look, the first being the request
 * to stop. Resolves with the number of looks until the cell counts as unresponsive.
 */
function looksUntilUnresponsive(used: readonly number[], maxCpuMs: number): Promise<number> {
  return new Promise((resolve) => {
    let looks = 0;
    const cpuTimeMs = (): number => {
      looks += 1;
      return used[looks - 1] ?? Infinity;
    };
    const grace = new StopGrace({ cpuTimeMs, onUnresponsive: () => resolve(looks - 1) });
    grace.begin(maxCpuMs);
  });
}

test.each([
  ["that has been at work is unresponsive", [500, 740], unresponsiveCpuMs.asked, 1],
  ["that has hardly run gets more time", [500, 520, 740], unresponsiveCpuMs.asked, 2],
  ["with a full heap may collect garbage first", [0, 240, 1200], unresponsiveCpuMs.heapFull, 2],
])("a cell %s", async (_what, used, maxCpuMs, looks) => {
  expect(await looksUntilUnresponsive(used, maxCpuMs)).toBe(looks);
});

test("a cell that is asked again is measured from then on", async () => {
  const used = [0, 100, 150, 250];
  let looks = 0;
  await new Promise<void>((resolve) => {
    const grace = new StopGrace({
      cpuTimeMs: () => used[looks++] ?? Infinity,
      onUnresponsive: resolve,
    });
    grace.begin(unresponsiveCpuMs.asked);
    grace.begin(unresponsiveCpuMs.asked);
  });
  expect(looks).toBe(4);
});

test("a cell that has stopped is never unresponsive", async () => {
  let isTold = false;
  const grace = new StopGrace({
    cpuTimeMs: () => Infinity,
    onUnresponsive: () => {
      isTold = true;
    },
  });
  grace.begin(unresponsiveCpuMs.asked);
  grace.clear();
  // Another that began later has passed its time.
  await looksUntilUnresponsive([0, 1000], unresponsiveCpuMs.asked);
  expect(isTold).toBe(false);
});
