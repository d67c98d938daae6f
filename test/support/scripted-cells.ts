import { hostHeapBytes } from "../../src/backend/addon/host-heap.js";
import { resolveLimits } from "../../src/options/limits.js";
import { defaultSettings } from "../../src/options/settings.js";
import {
  type BackendCell,
  type BackendCellOptions,
  type BackendCommand,
  type BackendEvent,
  type BackendUsage,
  type CellBackend,
  noUsage,
  type StopCause,
} from "../../src/protocol/cell-backend.js";
import { CodeMode } from "../../src/session/code-mode.js";
import { Held } from "./cells.js";

/** A backend whose cells say what a test says, at the moment in which it says it. */
export class ScriptedCells implements CellBackend {
  readonly #cells: ScriptedCell[] = [];
  /** Resolves when the backend is asked to close. */
  readonly closing: Held = new Held();
  /** Resolves when a cell is started. */
  readonly started: Held = new Held();
  /** For a test that wants the backend to take its time. */
  closed: Promise<void> = Promise.resolve();

  /** A runtime with this backend. */
  runtime(): CodeMode {
    const heapBytes = hostHeapBytes();
    return new CodeMode({
      backend: this,
      settings: defaultSettings,
      limits: resolveLimits({}, { scope: "runtime", hostHeapBytes: heapBytes }),
      hostHeapBytes: heapBytes,
    });
  }

  /** The cell that was started last. */
  get last(): ScriptedCell {
    const cell = this.#cells.at(-1);
    if (cell === undefined) throw new Error("No cell was started.");
    return cell;
  }

  start(options: BackendCellOptions, onEvent: (event: BackendEvent) => void): BackendCell {
    const cell = new ScriptedCell(options, onEvent);
    this.#cells.push(cell);
    this.started.resolve();
    return cell;
  }

  close(): Promise<void> {
    this.closing.resolve();
    return this.closed;
  }
}

/** A cell that lives nowhere. */
export class ScriptedCell implements BackendCell {
  /** What it was started with. */
  readonly options: BackendCellOptions;
  readonly sent: BackendCommand[] = [];
  /** What was asked for, to be answered by the test. */
  readonly samples: Held<BackendUsage>[] = [];
  /** Resolves when the cell is asked to stop. */
  readonly stop: Held<StopCause | undefined> = new Held();
  readonly #onEvent: (event: BackendEvent) => void;

  constructor(options: BackendCellOptions, onEvent: (event: BackendEvent) => void) {
    this.options = options;
    this.#onEvent = onEvent;
  }

  say(...events: readonly BackendEvent[]): void {
    for (const event of events) this.#onEvent(event);
  }

  send(command: BackendCommand): void {
    this.sent.push(command);
  }

  sample(): Promise<BackendUsage> {
    const sample = new Held<BackendUsage>();
    this.samples.push(sample);
    return sample.promise;
  }

  terminate(why?: StopCause): void {
    this.stop.resolve(why);
  }
}

/** A usage that can be told from others. */
export const usageOf = (cpuMs: number): BackendUsage => ({ ...noUsage, cpuMs });

/** The code of a cell has ended. */
export const settledWith = (
  status: "completed" | "failed" | "terminated",
  cpuMs = 0,
): BackendEvent => ({
  type: "settled",
  settled: {
    status,
    isParked: false,
    writes: [],
    unhandledRejections: [],
    usage: usageOf(cpuMs),
  },
});
