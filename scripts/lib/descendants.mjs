// The processes that a process has started, and those that these have started.
import { readdirSync, readFileSync } from "node:fs";

/**
 * @param {number} [pid] - Default: this process.
 * @returns {number[]} Those that run; one that has ended and is not reaped is none of them.
 */
export function descendantsOf(pid = process.pid) {
  const found = [];
  for (const child of childrenOf(pid)) {
    if (isRunning(child)) found.push(child);
    found.push(...descendantsOf(child));
  }
  return found;
}

/** @param {number} pid */
function childrenOf(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
      const children = readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8");
      return children.split(" ").filter(Boolean).map(Number);
    });
  } catch {
    // It has just ended.
    return [];
  }
}

/**
 * Whether there is such a process, and it has not ended.
 * @param {number} pid
 */
export function isRunning(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return !"ZX".includes(stat.charAt(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}
