import { readFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { type CgroupPlaces, cgroupFolders, readNumbers } from "./cgroup.js";

/** The memory this process may have, by the cgroups it is in; Infinity where none limits it. */
export function cgroupMemoryBytes(places?: CgroupPlaces): number {
  const limits = cgroupFolders("memory", places).map((folder) => {
    const [limit = Number.POSITIVE_INFINITY] =
      readNumbers(folder, "memory.max") ?? readNumbers(folder, "memory.limit_in_bytes") ?? [];
    // Version 1 writes a number beyond all memory for no limit.
    return limit < totalmem() ? limit : Number.POSITIVE_INFINITY;
  });
  return Math.min(...limits);
}

/** How many processors' time there is, by the machine and the cgroups: 0.5 is half of one's. */
export function processors(places?: CgroupPlaces): number {
  const shares = cgroupFolders("cpu", places).map((folder) => {
    const [quota = -1, period = 100_000] = readNumbers(folder, "cpu.max") ?? [
      readNumbers(folder, "cpu.cfs_quota_us")?.[0] ?? -1,
      readNumbers(folder, "cpu.cfs_period_us")?.[0] ?? 100_000,
    ];
    return quota < 0 ? Number.POSITIVE_INFINITY : quota / period;
  });
  return Math.min(availableParallelism(), ...shares);
}

/** How many more threads a limit leaves, and what the limit is called. */
export interface ThreadRoom {
  readonly threads: number;
  readonly limit: string;
}

/** What leaves the fewest threads; undefined where nothing limits them. */
export function threadRoom(places?: CgroupPlaces): ThreadRoom | undefined {
  const rooms = cgroupFolders("pids", places).map((folder) => {
    const [most = Number.POSITIVE_INFINITY] = readNumbers(folder, "pids.max") ?? [];
    const [used = 0] = readNumbers(folder, "pids.current") ?? [];
    return { threads: most - used, limit: "pids.max of the cgroup" };
  });
  rooms.push({ threads: userThreads(), limit: "the user's limit of processes (ulimit -u)" });
  const [tightest] = rooms.sort((one, other) => one.threads - other.threads);
  return tightest?.threads === Number.POSITIVE_INFINITY ? undefined : tightest;
}

/** Threads count as processes. What the user's other processes take is not known. */
function userThreads(): number {
  // The superuser is exempt.
  if (process.platform !== "linux" || process.getuid?.() === 0) return Number.POSITIVE_INFINITY;
  const [, soft] = /^Max processes +(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
  return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
}
