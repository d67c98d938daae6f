import { builtin } from "../../base/builtin.js";

/** What a process has used, as the system counts it. */
export interface ProcessUse {
  readonly cpuMs: number;
  readonly residentBytes: number;
}

/** Of Linux on all the platforms that Node runs on. */
const ticksPerSecond = 100;

/** Undefined where the process is gone, or the system does not tell. */
export function readProcessUse(pid: number): ProcessUse | undefined {
  try {
    const { readFileSync } = builtin("node:fs");
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name, in brackets, may have any character.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = Number(fields[11]) + Number(fields[12]);
    const cpuMs = (ticks * 1_000) / ticksPerSecond;
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    // A process that has ended and waits to be reaped has no memory.
    const kibibytes = Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0);
    return { cpuMs, residentBytes: kibibytes * 1024 };
  } catch {
    return undefined;
  }
}
