import { readFileSync } from "node:fs";

/** Processor time of this thread, in milliseconds. */
export function threadCpuMs() {
  return Number.parseInt(readFileSync("/proc/thread-self/schedstat", "latin1"), 10) / 1e6;
}

/**
 * Measures the longest time for which the event loop of this thread stood still, in the thread's own
 * processor time: what other threads and processes do meanwhile does not count.
 */
export function startHeart() {
  let worstMs = 0;
  let lastMs = threadCpuMs();
  const beat = () => {
    const nowMs = threadCpuMs();
    worstMs = Math.max(worstMs, nowMs - lastMs);
    lastMs = nowMs;
  };
  const timer = setInterval(beat, 1);
  timer.unref();
  return {
    /** Forgets what was measured, after work that is not to count. */
    reset() {
      lastMs = threadCpuMs();
      worstMs = 0;
    },
    stop() {
      beat();
      clearInterval(timer);
      return worstMs;
    },
  };
}
