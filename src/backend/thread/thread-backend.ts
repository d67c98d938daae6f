import type * as Binding from "../../../binding.js";
import { describeThrown } from "../../base/describe-value.js";
import type {
  BackendCell,
  BackendCellOptions,
  BackendEvent,
  BackendRefusal,
  CellBackend,
} from "../../protocol/cell-backend.js";
import { getBinding } from "../addon/binding.js";
import type { Prewarm, SpareCount } from "../pool/isolate-pool.js";
import { IsolatePools } from "../pool/isolate-pools.js";
import { refuse } from "../pool/refuse.js";
import { ThreadIsolate } from "./thread-isolate.js";
import { ThreadTables } from "./thread-tables.js";

/** Bytes of events that may wait for the host's thread before a cell is held back. */
const maxQueuedBytes = 16 * 1024 * 1024;

/** How a `ThreadBackend` runs its cells. */
export interface ThreadBackendOptions {
  /** Threads of the whole process that could not be ended, from which on no cell is started. */
  readonly maxOrphans: number;
  /** Isolates kept ready for each heap limit. */
  readonly prewarm: Prewarm;
  /** The heap limit of most cells, for which isolates are made at once. */
  readonly heapBytes: number;
  /** Called once in a process: the first isolate is ready, and no cell has been started yet. */
  readonly onIdle?: (() => void) | undefined;
}

/** Whether a cell has been started in this process, or one has been expected. */
let isInUse = false;

/** Runs each cell on a thread of this process. */
export class ThreadBackend implements CellBackend {
  readonly #binding: typeof Binding;
  readonly #options: ThreadBackendOptions;
  readonly #pools: IsolatePools<ThreadIsolate>;
  readonly #tables: ThreadTables;
  #closing: Promise<void> | undefined;

  /** @throws {CodeModeError} ERR_ADDON_MISSING, ERR_ADDON_MISMATCH. */
  constructor(options: ThreadBackendOptions) {
    const binding = getBinding();
    this.#binding = binding;
    this.#options = options;
    this.#tables = new ThreadTables(binding);
    this.#pools = IsolatePools.acquire("thread", options.prewarm, (heapBytes, listener) => {
      const isolateOptions = { heapBytes, queuedBytes: maxQueuedBytes, isSpare: true };
      return new ThreadIsolate(binding, isolateOptions, {
        onReady: () => {
          listener.onReady();
          if (!isInUse) this.#noteIdle();
        },
        onGone: () => listener.onGone(),
      });
    });
    this.#pools.poolFor(options.heapBytes);
  }

  start(options: BackendCellOptions, onEvent: (event: BackendEvent) => void): BackendCell {
    const refusal = this.#findRefusal();
    if (refusal !== undefined) return refuse(refusal, onEvent);
    isInUse = true;
    const { setup, source, stored, deterministic } = options;
    const { heapBytes } = setup.limits;
    const cellOptions = {
      setup: this.#tables.setupOf(setup),
      source,
      stored: this.#tables.storedOf(stored),
      deterministic: deterministic && { seed: deterministic.seed, nowMs: deterministic.now },
    };
    const pool = this.#pools.poolFor(heapBytes);
    const onOver = (): void => {
      this.#pools.countRunning(-1);
      pool?.refillSoon();
    };
    const listener = { onEvent, onOver };
    let isolate = pool?.take();
    while (isolate !== undefined && !isolate.begin(cellOptions, listener)) isolate = pool?.take();
    if (isolate === undefined) {
      try {
        isolate = this.#make(heapBytes);
      } catch (thrown) {
        if (!isThreadStartError(thrown)) throw thrown;
        const message = `No thread could be started for the cell: ${describeThrown(thrown)}`;
        return refuse({ code: "ERR_THREAD_START", message, cause: thrown }, onEvent);
      }
      isolate.begin(cellOptions, listener);
    }
    this.#pools.countRunning(1);
    pool?.noteUse();
    return isolate;
  }

  get spares(): SpareCount {
    return this.#pools.spares;
  }

  close(): Promise<void> {
    this.#closing ??= this.#pools.release();
    return this.#closing;
  }

  /** After what the caller's loop has to do now. */
  #noteIdle(): void {
    setImmediate(() => {
      if (isInUse) return;
      isInUse = true;
      this.#options.onIdle?.();
    }).unref();
  }

  #make(heapBytes: number): ThreadIsolate {
    const options = { heapBytes, queuedBytes: maxQueuedBytes, isSpare: false };
    return new ThreadIsolate(this.#binding, options);
  }

  #findRefusal(): BackendRefusal | undefined {
    if (this.#closing !== undefined) {
      return { code: "ERR_SESSION_CLOSED", message: "This runtime has been closed." };
    }
    const orphans = this.#binding.orphanCount();
    if (orphans < this.#options.maxOrphans) return undefined;
    return {
      code: "ERR_TOO_MANY_ORPHANS",
      message:
        `No cell is started: ${orphans} threads of earlier cells could not be ended, and at most ` +
        `${this.#options.maxOrphans} may be left (limits.maxOrphans). Only the end of their process ends ` +
        "them: restart this one, and run cells of that kind in a process of their own.",
    };
  }
}

function isThreadStartError(thrown: unknown): thrown is Error {
  return thrown instanceof Error && "code" in thrown && thrown.code === "ERR_THREAD_START";
}
