import type { BackendError, BackendLimits } from "../../protocol/cell-backend.js";
import { type ProcessUse, readProcessUse } from "./process-use.js";

/** Milliseconds between two looks at the processes that run a cell. */
const lookMs = 100;

/** Milliseconds that a process has from a request to stop, if it uses processor time meanwhile. */
const graceMs = 250;
/** Processor time in milliseconds that shows that it could have stopped: a starved one had no chance. */
const graceCpuMs = 50;
/** Milliseconds after which it is ended whatever it has used. */
const maxGraceMs = 5_000;

/** Milliseconds of processor time beyond the limit, in which the process is to end the cell itself. */
const cpuSlackMs = 1_000;
/** Bytes that a process may have resident besides what its cell may use. */
const ownBytes = 192 * 1024 * 1024;
/** Bytes that the engine may need besides, to end a cell that has filled its heap. */
const unwindingBytes = 64 * 1024 * 1024;

/** A process that runs a cell. */
export interface Watched {
  /** Undefined as long as it has none. */
  readonly pid: () => number | undefined;
  readonly limits: BackendLimits;
  /** It does not hold a limit itself. Called once. */
  onPassed(error: BackendError): void;
  /** It was asked to stop and did not. Called once. */
  onStuck(): void;
}

/** Bytes that a process may have resident while its cell runs. */
export function maxResidentBytes(limits: BackendLimits): number {
  return Math.min(limits.rssBytes, ownBytes + limits.heapBytes + limits.arrayBufferBytes);
}

/**
 * Sees to it that every process ends that has passed a limit or was asked to stop. The process itself does so
 * first, but nothing that it does is relied on.
 */
export class EndWatch {
  readonly #watched: Watched;
  /** What it had used when it was first looked at. */
  #startCpuMs: number | undefined;
  #usedCpuMs = 0;
  #asked: { readonly at: number; readonly cpuMs: number } | undefined;

  constructor(watched: Watched) {
    this.#watched = watched;
    looks.add(this);
    lookTimer ??= setInterval(lookAtAll, lookMs).unref();
  }

  /** Milliseconds of processor time that it has used at least, as far as it was looked at. */
  get usedCpuMs(): number {
    return this.#usedCpuMs;
  }

  /** The cell is asked to stop, or is being stopped. */
  ask(): void {
    if (this.#asked !== undefined) return;
    const cpuMs = this.#use()?.cpuMs ?? 0;
    this.#startCpuMs ??= cpuMs;
    this.#asked = { at: performance.now(), cpuMs };
  }

  clear(): void {
    looks.delete(this);
    if (looks.size > 0) return;
    clearInterval(lookTimer);
    lookTimer = undefined;
  }

  look(now: number): void {
    const use = this.#use();
    const passed = use === undefined ? undefined : this.#passedLimit(use);
    if (passed !== undefined) {
      this.clear();
      this.#watched.onPassed(passed);
    } else if (this.#isStuck(now, use)) {
      this.clear();
      this.#watched.onStuck();
    }
  }

  #use(): ProcessUse | undefined {
    const pid = this.#watched.pid();
    return pid === undefined ? undefined : readProcessUse(pid);
  }

  #isStuck(now: number, use: ProcessUse | undefined): boolean {
    if (this.#asked === undefined) return false;
    const sinceMs = now - this.#asked.at;
    if (sinceMs >= maxGraceMs) return true;
    if (use === undefined) return false;
    return sinceMs >= graceMs && use.cpuMs - this.#asked.cpuMs >= graceCpuMs;
  }

  #passedLimit(use: ProcessUse): BackendError | undefined {
    const { limits } = this.#watched;
    this.#startCpuMs ??= use.cpuMs;
    const usedMs = use.cpuMs - this.#startCpuMs;
    this.#usedCpuMs = usedMs;
    if (usedMs > limits.cpuMs + cpuSlackMs) {
      return passedError("ERR_CELL_CPU_LIMIT", {
        limit: "cpuMs",
        allowed: limits.cpuMs,
        used: usedMs,
        message: `the cell has computed for ${usedMs} ms, of ${limits.cpuMs} that it may (limits.cpuMs)`,
      });
    }
    const maxBytes = maxResidentBytes(limits) + unwindingBytes;
    return use.residentBytes > maxBytes ? memoryError(use.residentBytes, maxBytes) : undefined;
  }
}

/** The error of a cell whose process has had more memory than its limits allow. */
export function memoryError(used: number, allowed: number): BackendError {
  return passedError("ERR_CELL_MEMORY_LIMIT", {
    limit: "rssBytes",
    allowed,
    used,
    message:
      `the cell's process has had ${used} bytes of memory, of ${allowed} that its limits ` +
      "allow (limits.heapBytes, arrayBufferBytes, rssBytes); keep less data at a time",
  });
}

const looks = new Set<EndWatch>();
let lookTimer: NodeJS.Timeout | undefined;

function lookAtAll(): void {
  const now = performance.now();
  for (const watch of looks) watch.look(now);
}

interface PassedLimit {
  readonly limit: string;
  readonly allowed: number;
  readonly used: number;
  readonly message: string;
}

function passedError(code: BackendError["code"], passed: PassedLimit): BackendError {
  return { code, name: "RangeError", text: `RangeError: ${passed.message}`, ...passed };
}
