import { builtin } from "../../base/builtin.js";

/** What a process has used, as the system counts it. */
export interface ProcessUse {
  readonly cpuMs: number;
  readonly residentBytes: number;
}

/** Of Linux on all the platforms that Node runs on. */
const ticksPerSecond = 100;
const pageBytes = 4096;

/** Undefined where the process is gone, or the system does not tell. */
export function readProcessUse(pid: number): ProcessUse | undefined {
  try {
    const stat = builtin("node:fs").readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name, in brackets, may have any character.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = Number(fields[11]) + Number(fields[12]);
    const cpuMs = (ticks * 1_000) / ticksPerSecond;
    return { cpuMs, residentBytes: Number(fields[21]) * pageBytes };
  } catch {
    return undefined;
  }
}
