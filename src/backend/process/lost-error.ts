import type { BackendError } from "../../protocol/cell-backend.js";
import type { ProcessEnd } from "./cell-process.js";

/** Signals by which a process ends itself when its engine cannot go on. */
const crashes = new Set(["SIGABRT", "SIGTRAP", "SIGILL", "SIGSEGV", "SIGBUS", "SIGFPE"]);

/**
 * Whether the process has ended itself because its engine could not go on. One in a sandbox may not even do
 * that, and is ended by the sandbox.
 */
export function hasCrashed({ signal }: ProcessEnd): boolean {
  return signal === "SIGSYS" || (signal !== null && crashes.has(signal));
}

/** The error of a cell whose process has ended without telling how. */
export function lostError(end: ProcessEnd): BackendError {
  const how = end.signal === null ? `with exit code ${end.code}` : `by ${end.signal}`;
  return hostLost(`the cell's process ended ${how}${guess(end)}`, end.signal);
}

/** The error of a cell whose process said what no process says. */
export function badFrameError(fault: string): BackendError {
  return hostLost(
    `the cell's process was ended because it said what no cell says: ${fault}; its engine is at fault, or the cell has taken it over`,
    "SIGKILL",
  );
}

/** The error of a cell whose process does not take what it is sent. */
export function unreadError(bytes: number): BackendError {
  return hostLost(
    `the cell's process was ended because ${bytes} bytes wait for it; make fewer calls at a time, and smaller ones`,
    "SIGKILL",
  );
}

function guess({ signal }: ProcessEnd): string {
  if (signal === "SIGKILL") {
    return ": somebody ended it, or the system did for want of memory";
  }
  if (signal === "SIGSYS") return ": it made a system call that its sandbox does not allow";
  if (signal !== null && crashes.has(signal)) {
    return ": its engine could not go on, most likely for want of memory or of stack; work on less data at a time";
  }
  return "";
}

function hostLost(message: string, signal: string | null): BackendError {
  return {
    code: "ERR_CELL_HOST_LOST",
    name: "Error",
    message,
    text: `Error: ${message}`,
    ...(signal !== null && { signal }),
  };
}
