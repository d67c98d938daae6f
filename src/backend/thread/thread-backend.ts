import type * as Binding from "../../../binding.js";
import { describeThrown } from "../../base/describe-value.js";
import { CodeModeError } from "../../base/errors.js";
import type {
  BackendCell,
  BackendCellOptions,
  BackendEvent,
  BackendModule,
  BackendSetup,
  BackendTable,
  BackendTool,
  CellBackend,
} from "../../protocol/cell-backend.js";
import { getBinding } from "../addon/binding.js";
import type { Prewarm } from "./isolate-pool.js";
import { IsolatePools } from "./isolate-pools.js";
import { ThreadIsolate } from "./thread-isolate.js";

/** Bytes of events that may wait for the host's thread before a cell is held back. */
const queuedBytes = 16 * 1024 * 1024;
export interface ThreadBackendOptions {
  readonly maxOrphans: number;
  readonly prewarm: Prewarm;
  /** The heap limit of most cells, for which isolates are made at once. */
  readonly heapBytes: number;
}

/** Runs each cell on a thread of this process. */
export class ThreadBackend implements CellBackend {
  readonly #binding: typeof Binding;
  readonly #options: ThreadBackendOptions;
  readonly #pools: IsolatePools;

  /** @throws {CodeModeError} ERR_ADDON_MISSING, ERR_ADDON_MISMATCH. */
  constructor(options: ThreadBackendOptions) {
    const binding = getBinding();
    this.#binding = binding;
    this.#options = options;
    this.#pools = IsolatePools.acquire(
      options.prewarm,
      (heapBytes, listener) =>
        new ThreadIsolate(binding, { heapBytes, queuedBytes, isSpare: true }, listener),
    );
    this.#pools.poolFor(options.heapBytes);
  }

  start(options: BackendCellOptions, onEvent: (event: BackendEvent) => void): BackendCell {
    this.#checkOrphans();
    const { heapBytes } = options;
    const pool = this.#pools.poolFor(heapBytes);
    const onOver = (): void => {
      this.#pools.countRunning(-1);
      pool?.refillSoon();
    };
    const listener = { onEvent, onOver };
    let cell = pool?.take();
    while (cell !== undefined && !cell.begin(options, listener)) cell = pool?.take();
    if (cell === undefined) {
      cell = this.#make({ heapBytes, isSpare: false });
      cell.begin(options, listener);
    }
    this.#pools.countRunning(1);
    return cell;
  }

  close(): Promise<void> {
    return this.#pools.release();
  }

  #make(options: { readonly heapBytes: number; readonly isSpare: boolean }): ThreadIsolate {
    try {
      return new ThreadIsolate(this.#binding, { ...options, queuedBytes });
    } catch (thrown) {
      if (!isThreadStartError(thrown)) throw thrown;
      const message = `No thread could be started for the cell: ${describeThrown(thrown)}`;
      throw new CodeModeError("ERR_THREAD_START", message, { cause: thrown });
    }
  }

  #checkOrphans(): void {
    const orphans = this.#binding.orphanCount();
    if (orphans < this.#options.maxOrphans) return;
    throw new CodeModeError(
      "ERR_TOO_MANY_ORPHANS",
      `No cell is started: ${orphans} threads of earlier cells could not be ended, and at most ` +
        `${this.#options.maxOrphans} may be left (limits.maxOrphans). Only the end of their process ends ` +
        "them: restart this one, and run cells of that kind in a process of their own.",
    );
  }

  createToolTable(tools: readonly BackendTool[]): BackendTable {
    return new this.#binding.ToolTable(
      tools.map(({ name, ownName, namespace, description }) => ({
        name,
        ownName,
        namespace,
        description,
      })),
    );
  }

  createModuleTable(modules: readonly BackendModule[]): BackendTable {
    return new this.#binding.ModuleTable(modules);
  }

  createSetup(setup: BackendSetup): BackendTable {
    // The tables come from this class: another host's would be a mistake of ours.
    return new this.#binding.CellSetup(setup as Binding.NativeCellSetup);
  }

  createStoredTable(entries: readonly string[]): BackendTable {
    return new this.#binding.StoredValues(entries);
  }
}

function isThreadStartError(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "ERR_THREAD_START";
}
