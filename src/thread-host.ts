import type * as Binding from "../binding.js";
import type {
  CellHost,
  HostCell,
  HostCellOptions,
  HostCellSetup,
  HostEvent,
  HostModule,
  HostTable,
  HostTool,
} from "./cell-host.js";
import { describeThrown } from "./describe.js";
import { CodeModeError } from "./errors.js";
import { getBinding } from "./internal/binding.js";
import type { Prewarm } from "./isolate-pool.js";
import { IsolatePools } from "./isolate-pools.js";
import { ThreadCell } from "./thread-cell.js";

/** Bytes of events that may wait for the host's thread before a cell is held back. */
const queuedBytes = 16 * 1024 * 1024;
export interface ThreadHostOptions {
  readonly maxOrphans: number;
  readonly prewarm: Prewarm;
  /** The heap limit of most cells, for which isolates are made at once. */
  readonly heapBytes: number;
}

/** Runs each cell on a thread of this process. */
export class ThreadHost implements CellHost {
  readonly #binding: typeof Binding;
  readonly #options: ThreadHostOptions;
  readonly #pools: IsolatePools;

  /** @throws {CodeModeError} ERR_ADDON_MISSING, ERR_ADDON_MISMATCH. */
  constructor(options: ThreadHostOptions) {
    const binding = getBinding();
    this.#binding = binding;
    this.#options = options;
    this.#pools = IsolatePools.acquire(
      options.prewarm,
      (heapBytes, listener) =>
        new ThreadCell(binding, { heapBytes, queuedBytes, isSpare: true }, listener),
    );
    this.#pools.poolFor(options.heapBytes);
  }

  start(options: HostCellOptions, onEvent: (event: HostEvent) => void): HostCell {
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

  #make(options: { readonly heapBytes: number; readonly isSpare: boolean }): ThreadCell {
    try {
      return new ThreadCell(this.#binding, { ...options, queuedBytes });
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

  createToolTable(tools: readonly HostTool[]): HostTable {
    return new this.#binding.ToolTable(
      tools.map(({ name, ownName, namespace, description }) => ({
        name,
        ownName,
        namespace,
        description,
      })),
    );
  }

  createModuleTable(modules: readonly HostModule[]): HostTable {
    return new this.#binding.ModuleTable(modules);
  }

  createSetup(setup: HostCellSetup): HostTable {
    // The tables come from this class: another host's would be a mistake of ours.
    return new this.#binding.CellSetup(setup as Binding.NativeCellSetup);
  }

  createStoredTable(entries: readonly string[]): HostTable {
    return new this.#binding.StoredValues(entries);
  }
}

function isThreadStartError(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "ERR_THREAD_START";
}
