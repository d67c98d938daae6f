import type {
  BackendError,
  BackendRefusal,
  BackendSettled,
  BackendUsage,
} from "../../protocol/cell-backend.js";
import type { ProcessEnd } from "./cell-process.js";
import { memoryError } from "./end-watch.js";
import { hasCrashed, lostError } from "./lost-error.js";

/** How far a cell had come whose process is gone. */
export interface CellProgress {
  readonly hasSaidHello: boolean;
  readonly hasStarted: boolean;
  readonly hasSettled: boolean;
  /** It was asked to stop. */
  readonly isTerminating: boolean;
  /** Why codecell itself was stopping it; undefined where the caller asked for that, or nothing did. */
  readonly stopping: BackendError | undefined;
  /** How it ends though its process does not say so. */
  readonly fault: BackendError | undefined;
  readonly usage: BackendUsage;
  /** Bytes that it may have resident; undefined: it has no cell. */
  readonly maxResidentBytes: number | undefined;
}

/** Whether the process has ended by itself, before it has said anything of its cell. */
export function isLost(end: ProcessEnd, progress: CellProgress): boolean {
  const { hasStarted, hasSettled, fault, isTerminating, stopping } = progress;
  const hasSaid = hasStarted || hasSettled || fault !== undefined;
  return !hasSaid && !isTerminating && stopping === undefined && !end.error;
}

/** A process that has not said hello has begun no cell. */
export function startRefusal(end: ProcessEnd, progress: CellProgress): BackendRefusal | undefined {
  if (progress.hasSaidHello || progress.isTerminating) return undefined;
  const how = end.error?.message ?? (progress.fault ?? lostError(end)).message;
  return {
    code: "ERR_PROCESS_START",
    message: `No process could be started for the cell: ${how}. See docs/isolation.md.`,
    cause: end.error,
  };
}

/** How a cell has ended whose process has not said it. */
export function endWithout(end: ProcessEnd, progress: CellProgress): BackendSettled {
  const { isTerminating, stopping, fault, usage } = progress;
  const isTerminated = isTerminating && stopping === undefined;
  const error = isTerminated
    ? undefined
    : (fault ?? stopping ?? outOfMemory(end, progress) ?? lostError(end));
  return {
    status: isTerminated ? "terminated" : "failed",
    isParked: false,
    error,
    writes: [],
    unhandledRejections: [],
    usage,
  };
}

/** The system has refused memory to a process that had used all it may, before anything else could end it. */
function outOfMemory(end: ProcessEnd, progress: CellProgress): BackendError | undefined {
  const { maxResidentBytes: used = 0 } = end;
  const { maxResidentBytes: allowed = Number.POSITIVE_INFINITY } = progress;
  return hasCrashed(end) && used >= allowed ? memoryError(used, allowed) : undefined;
}
