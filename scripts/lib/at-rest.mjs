// What this process holds on to, as the system tells it; for scripts and tests.
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Threads of ended cells that are still there after so long do not end. */
const patienceMs = 30_000;
/** Threads that are kept for the next cells. */
const maxIdle = 2 * availableParallelism();

/**
 * Waits until the threads of ended cells are gone: a cell is taken down after it has been answered.
 * @param {{ left?: number }} [options] - How many run on, or never end. Default: none.
 */
export async function threadsSettled({ left = 0 } = {}) {
  const giveUpAt = performance.now() + patienceMs;
  // Of those that have done their work some are kept, and more are just ending.
  while (countCellThreads() > left || countNamed("codecell-idle") > maxIdle) {
    if (performance.now() > giveUpAt) {
      throw new Error(`${countCellThreads()} cell threads do not end; expected ${left || "none"}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Collects this process's own garbage, whatever flags it was started with. */
export function collectGarbage() {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

export function countThreads() {
  return readdirSync("/proc/self/task").length;
}

/** Threads that have ended their work and are kept for the next cells. */
export function countIdleThreads() {
  return countNamed("codecell-idle");
}

/** Threads of cells: of running and ending ones, and of those that never end. */
export function countCellThreads() {
  return countNamed("codecell");
}

/** @param {string} name */
function countNamed(name) {
  return readdirSync("/proc/self/task").filter((id) => threadName(id) === name).length;
}

export function countDescriptors() {
  return readdirSync("/proc/self/fd").length;
}

export function countHandles() {
  return process.getActiveResourcesInfo().length;
}

export function readResidentKiB() {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
}

/** @param {string} id */
function threadName(id) {
  try {
    return readFileSync(`/proc/self/task/${id}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}
