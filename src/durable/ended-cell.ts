import { CodeModeError } from "../base/errors.js";
import type {
  BackendCell,
  BackendCellOptions,
  BackendError,
  BackendEvent,
  BackendSettled,
  BackendUsage,
  CellStarter,
} from "../protocol/cell-backend.js";
import type { CellError } from "../protocol/outcome.js";
import type { KeptCell } from "./kept-cell.js";

/** Gives the output that no observer has had of an ended cell, and its end, from the journal. */
export class EndedCell implements CellStarter, BackendCell {
  readonly #kept: KeptCell;
  readonly #after: number;
  readonly #settled: BackendSettled;

  /**
   * @param after - Output items that an observer says it has; undefined: as the journal says.
   * @throws {CodeModeError} ERR_INVALID_JOURNAL if the journal has no end.
   */
  constructor(kept: KeptCell, after: number | undefined) {
    this.#kept = kept;
    this.#settled = settledOf(kept);
    this.#after = after ?? kept.told.output;
  }

  start(_options: BackendCellOptions, onEvent: (event: BackendEvent) => void): BackendCell {
    // Not later: a wait with `yieldAfterMs: 0` would answer first, and say that the cell runs.
    queueMicrotask(() => {
      for (const event of this.#events()) onEvent(event);
    });
    return this;
  }

  send(): void {}

  terminate(): void {}

  async sample(): Promise<BackendUsage> {
    return usageOf(0);
  }

  *#events(): Generator<BackendEvent> {
    const { ending } = this.#kept;
    yield { type: "started", ...(ending?.place !== undefined && { place: ending.place }) };
    let output = this.#after;
    let logs = this.#kept.told.logs;
    for (const entry of this.#kept.emitted) {
      if (entry.kind === "out") {
        output -= 1;
        if (output < 0) yield { type: "output", item: entry.item };
      } else if (entry.kind === "log") {
        logs -= 1;
        if (logs < 0) yield { type: "log", log: entry.log };
      }
    }
    const settled = this.#settled;
    yield { type: "settled", settled };
    yield { type: "disposed", cpuMs: settled.usage.cpuMs };
  }
}

function settledOf({ emitted, stopped, ending, opened }: KeptCell): BackendSettled {
  const last = emitted.at(-1);
  if (last?.kind !== "ended") {
    throw new CodeModeError(
      "ERR_INVALID_JOURNAL",
      `The cell ${opened.cellId} has ended, and its journal does not have its end.`,
    );
  }
  const { status, writes, unhandledRejections, cpuMs } = last;
  const error = ending?.error ?? last.error;
  const failure = stopped?.error === undefined ? error : toBackendError(stopped.error);
  const usage = ending?.usage ?? usageOf(cpuMs);
  const facts = ending?.facts;
  const ended = { isParked: false, writes, unhandledRejections, usage, facts };
  if (failure !== undefined) return { status: "failed", error: failure, ...ended };
  return { status: status === "unresponsive" ? "terminated" : status, ...ended };
}

function toBackendError({ limit, code, name, message, text }: CellError): BackendError {
  return {
    ...{ code, name, message, text },
    ...(limit !== undefined && { limit: limit.name, allowed: limit.allowed, used: limit.used }),
  };
}

function usageOf(cpuMs: number): BackendUsage {
  return { cpuMs, toolWaitMs: 0, heapBytes: 0, heapPeakBytes: 0, arrayBufferPeakBytes: 0 };
}
