// How fast this machine is now, so that the bound for stalls means the same on every machine.
import { threadCpuMs } from "./heart.mjs";

/** What the work below takes on the machine for which the bound is written, in milliseconds. */
const referenceMs = 4.5;
const rounds = 9;
const text = JSON.stringify(
  Array.from({ length: 12_000 }, (_, i) => ({
    id: i,
    name: `name ${i}`,
    tags: ["a", "b"],
    at: {},
  })),
);

/**
 * How many times longer than on the reference machine a fixed piece of work takes here: the median of
 * several rounds, in processor time of this thread. Never below 1: no machine gets a smaller bound.
 *
 * The work is what most of the stalls are made of: JSON, new objects, and the collection of these.
 * Processor time leaves out what others do on the same processors; what remains different from machine
 * to machine, and under load through shared caches, is the pace. Neither sees a thread that sleeps: a
 * call that waits on the loop's thread would have to be found by other means.
 *
 * @returns {number}
 */
export function measurePace() {
  const times = Array.from({ length: rounds }, () => {
    const startedAt = threadCpuMs();
    JSON.parse(text);
    return threadCpuMs() - startedAt;
  }).sort((one, other) => one - other);
  const median = times[Math.floor(rounds / 2)] ?? 0;
  return Math.max(1, median / referenceMs);
}
