import { readFileSync } from "node:fs";

/**
 * As many connections as strangers may hold at once: half of the files that this process may have open, so that cells, the
 * store and tools have the others. Undefined where the system does not say how many it may have.
 *
 * @param limits - What Linux says of the process, as in `/proc/self/limits`.
 */
export function connectionBound(limits: string = ownLimits()): number | undefined {
  const [, files] = /^Max open files +(\d+)/m.exec(limits) ?? [];
  return files === undefined ? undefined : Math.max(1, Math.floor(Number(files) / 2));
}

function ownLimits(): string {
  try {
    return readFileSync("/proc/self/limits", "utf8");
  } catch {
    return "";
  }
}
