import type * as Binding from "../../../binding.js";
import { assertNever } from "../../base/assert-never.js";
import type {
  BackendCell,
  BackendCommand,
  BackendEvent,
  BackendUsage,
} from "../../protocol/cell-backend.js";
import { readEventBatch } from "../addon/event-batch.js";
import type { SpareListener } from "../pool/isolate-pool.js";
import { StopGrace, unresponsiveCpuMs } from "./stop-grace.js";

/** What is told of a cell. */
export interface CellListener {
  onEvent(event: BackendEvent): void;
  /** It has settled or been cut off. Called before that is told. */
  onOver(): void;
}

/** What an isolate's cell is begun with, in native form. */
export interface ThreadCellOptions {
  readonly setup: Binding.CellSetup;
  readonly source: string;
  readonly stored: Binding.StoredValues | undefined;
  readonly deterministic: Binding.NativeDeterministic | undefined;
}

/** An isolate on a thread of this process, and the one cell it is given. */
export class ThreadIsolate implements BackendCell {
  readonly #isolate: Binding.Isolate;
  #spare: SpareListener | undefined;
  #listener: CellListener | undefined;
  /** Made when the cell is asked to stop, which most never are. */
  #grace: StopGrace | undefined;
  #isTerminating = false;
  #isOver = false;

  /** @throws What the addon throws where there is no thread to give. */
  constructor(
    binding: typeof Binding,
    options: Binding.NativeIsolateOptions,
    spare?: SpareListener,
  ) {
    this.#spare = spare;
    const reader = {
      onReady: (): void => this.#spare?.onReady(),
      onEvent: (event: BackendEvent): void => this.#take(event),
      usage: (): BackendUsage => this.#isolate.usage(),
    };
    this.#isolate = new binding.Isolate(options, (...batch) => readEventBatch(batch, reader));
  }

  /** Gives the isolate its cell, once. False: it is gone, and takes none. */
  begin(options: ThreadCellOptions, listener: CellListener): boolean {
    const result = this.#isolate.begin(
      options.setup,
      options.source,
      options.stored,
      options.deterministic,
    );
    if (result === "gone") return false;
    this.#spare = undefined;
    this.#listener = listener;
    // The isolate was ready, so the addon tells no `started`. It is told when `start` has returned.
    if (result === "running") queueMicrotask(() => this.#take({ type: "started" }));
    return true;
  }

  /** Ends an isolate that has no cell. */
  dismiss(): void {
    this.#isolate.dismiss();
  }

  send(command: BackendCommand): void {
    switch (command.type) {
      case "toolResolved":
        this.#isolate.resolveTool(
          command.callId,
          command.result,
          command.isJson,
          command.isAscii,
          command.now,
        );
        break;
      case "toolRejected":
        this.#isolate.rejectTool(command.callId, command.message, command.now);
        break;
      case "timerFired":
        this.#isolate.fireTimer(command.timer, command.now);
        break;
      default:
        assertNever(command);
    }
  }

  sample(): Promise<BackendUsage> {
    // What the cell has said by now arrives in this turn of the loop, before its immediates.
    this.#isolate.flush();
    return new Promise((resolve) => {
      setImmediate(() => resolve(this.#isolate.usage()));
    });
  }

  terminate(): void {
    if (this.#isTerminating || this.#isOver) return;
    this.#isTerminating = true;
    this.#beginGrace(unresponsiveCpuMs.asked);
    this.#isolate.terminate();
  }

  #take(event: BackendEvent): void {
    const listener = this.#listener;
    if (listener === undefined) {
      // The last event of one without a cell: `disposed`, or a `settled` that says it never will be.
      this.#spare?.onGone();
      return;
    }
    switch (event.type) {
      case "stopping": {
        const isHeapFull = event.error.code === "ERR_CELL_HEAP_LIMIT" && !this.#isTerminating;
        this.#beginGrace(unresponsiveCpuMs[isHeapFull ? "heapFull" : "asked"]);
        listener.onEvent(event);
        break;
      }
      case "settled":
      case "disposed":
        this.#noteOver();
        listener.onEvent(event);
        break;
      default:
        listener.onEvent(event);
    }
  }

  #beginGrace(maxCpuMs: number): void {
    this.#grace ??= new StopGrace({
      cpuTimeMs: () => this.#isolate.cpuTimeMs(),
      onUnresponsive: () => this.#cutOff(),
    });
    this.#grace.begin(maxCpuMs);
  }

  /** The cell's code runs no more, or is cut off: from here on the isolate is only taken down. */
  #noteOver(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#grace?.clear();
    this.#listener?.onOver();
  }

  #cutOff(): void {
    const usage = this.#isolate.usage();
    this.#noteOver();
    // The addon tells nothing more of this cell.
    this.#isolate.abandon();
    this.#listener?.onEvent({ type: "unresponsive", usage });
  }
}
