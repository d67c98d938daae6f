import type * as Binding from "../binding.js";
import type {
  CellHost,
  HostCell,
  HostCellOptions,
  HostEvent,
  HostModule,
  HostTable,
  HostTool,
} from "./cell-host.js";
import { describeThrown } from "./describe.js";
import { CodeModeError } from "./errors.js";
import { getBinding } from "./internal/binding.js";
import { readEventBatch } from "./internal/event-batch.js";
import { ThreadCell } from "./thread-cell.js";

/** Bytes of events that may wait for the host's thread before a cell is held back. */
const queuedBytes = 16 * 1024 * 1024;

/** Runs each cell on a thread of this process. */
export class ThreadHost implements CellHost {
  readonly #binding: typeof Binding;
  readonly #maxOrphans: number;

  /** @throws {CodeModeError} ERR_ADDON_MISSING, ERR_ADDON_MISMATCH. */
  constructor({ maxOrphans }: { readonly maxOrphans: number }) {
    this.#binding = getBinding();
    this.#maxOrphans = maxOrphans;
  }

  start(options: HostCellOptions, onEvent: (event: HostEvent) => void): HostCell {
    const { tools, modules, stored } = options;
    this.#checkOrphans();
    try {
      const cell = new this.#binding.Cell(
        {
          ...options,
          // The tables come from the methods below: another host's would be a mistake of ours.
          tools: tools as Binding.ToolTable | undefined,
          modules: modules as Binding.ModuleTable | undefined,
          stored: stored as Binding.StoredValues | undefined,
          queuedBytes,
        },
        (batch) => readEventBatch(batch, onEvent),
      );
      return new ThreadCell(cell);
    } catch (thrown) {
      if (!isThreadStartError(thrown)) throw thrown;
      const message = `No thread could be started for the cell: ${describeThrown(thrown)}`;
      throw new CodeModeError("ERR_THREAD_START", message, { cause: thrown });
    }
  }

  #checkOrphans(): void {
    const orphans = this.#binding.orphanCount();
    if (orphans < this.#maxOrphans) return;
    throw new CodeModeError(
      "ERR_TOO_MANY_ORPHANS",
      `No cell is started: ${orphans} threads of earlier cells could not be ended, and at most ` +
        `${this.#maxOrphans} may be left (limits.maxOrphans). Only the end of their process ends ` +
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

  createStoredTable(entries: readonly string[]): HostTable {
    return new this.#binding.StoredValues(entries);
  }
}

function isThreadStartError(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "ERR_THREAD_START";
}
