import type * as Binding from "../../../binding.js";
import { assertNever } from "../../base/assert-never.js";
import type {
  BackendCell,
  BackendCellOptions,
  BackendCommand,
  BackendEvent,
  BackendUsage,
} from "../../protocol/cell-backend.js";
import { readEventBatch } from "../addon/event-batch.js";

/** What is told of an isolate that has no cell yet. */
export interface SpareListener {
  onReady(): void;
  /** Its thread has ended, or will never. */
  onGone(): void;
}

/** What is told of a cell. */
export interface CellListener {
  onEvent(event: BackendEvent): void;
  /** It has settled or been cut off. Called before that is told. */
  onOver(): void;
}

/** An isolate on a thread of this process, and the one cell it is given. */
export class ThreadIsolate implements BackendCell {
  readonly #isolate: Binding.Isolate;
  #spare: SpareListener | undefined;
  #listener: CellListener | undefined;
  #isRunning = false;

  /** @throws What the addon throws where there is no thread to give. */
  constructor(
    binding: typeof Binding,
    options: Binding.NativeIsolateOptions,
    spare?: SpareListener,
  ) {
    this.#spare = spare;
    const onReady = (): void => this.#spare?.onReady();
    const onEvent = (event: BackendEvent): void => this.#take(event);
    this.#isolate = new binding.Isolate(options, (...batch) =>
      readEventBatch(batch, { onReady, onEvent }),
    );
  }

  /** Gives the isolate its cell, once. False: it is gone, and takes none. */
  begin({ setup, source, stored }: BackendCellOptions, listener: CellListener): boolean {
    // The tables come from the same binding.
    const result = this.#isolate.begin(
      setup as Binding.CellSetup,
      source,
      stored as Binding.StoredValues,
    );
    if (result === "gone") return false;
    this.#spare = undefined;
    this.#listener = listener;
    this.#isRunning = result === "running";
    return true;
  }

  /** Ends an isolate that has no cell. */
  dismiss(): void {
    this.#isolate.dismiss();
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  send(command: BackendCommand): void {
    switch (command.type) {
      case "toolResolved":
        this.#isolate.resolveTool(command.callId, command.result, command.isJson, command.isAscii);
        break;
      case "toolRejected":
        this.#isolate.rejectTool(command.callId, command.message);
        break;
      default:
        assertNever(command);
    }
  }

  flush(): void {
    this.#isolate.flush();
  }

  terminate(): void {
    this.#isolate.terminate();
  }

  abandon(): void {
    this.#listener?.onOver();
    this.#isolate.abandon();
  }

  cpuTimeMs(): number {
    return this.#isolate.cpuTimeMs();
  }

  usage(): BackendUsage {
    return this.#isolate.usage();
  }

  #take(event: BackendEvent): void {
    if (this.#listener === undefined) {
      // The last event of one without a cell: `disposed`, or a `settled` that says it never will be.
      this.#spare?.onGone();
      return;
    }
    if (event.type === "settled") this.#listener.onOver();
    this.#listener.onEvent(event);
  }
}
