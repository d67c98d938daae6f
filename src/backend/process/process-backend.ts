import type {
  BackendCell,
  BackendCellOptions,
  BackendEvent,
  BackendRefusal,
  BackendSetup,
  CellBackend,
} from "../../protocol/cell-backend.js";
import type { Prewarm, SpareCount, SpareListener } from "../pool/isolate-pool.js";
import { IsolatePools } from "../pool/isolate-pools.js";
import { refuse } from "../pool/refuse.js";
import { setupFrame, storedFrame } from "../wire/host-frames.js";
import { ApartSources } from "./apart-sources.js";
import type { ProcessSource } from "./cell-process.js";
import type { ChosenSource } from "./choose-source.js";
import { maxResidentBytes } from "./end-watch.js";
import { IsolatedProcess } from "./isolated-process.js";
import { ProcessCell } from "./process-cell.js";

/** How a `ProcessBackend` runs its cells. */
export interface ProcessBackendOptions {
  readonly chosen: ChosenSource;
  /** Processes kept ready for each heap limit. */
  readonly prewarm: Prewarm;
  /** The heap limit of most cells, for which processes are made at once. */
  readonly heapBytes: number;
  /** Whether a cell is refused whose process cannot give up its powers. */
  readonly needsSandbox: boolean;
}

/** Runs each cell in a process of its own. */
export class ProcessBackend implements CellBackend {
  readonly #options: ProcessBackendOptions;
  readonly #pools: IsolatePools<IsolatedProcess>;
  readonly #setupFrames = new WeakMap<BackendSetup, Buffer>();
  readonly #storedFrames = new WeakMap<readonly string[], Buffer>();
  readonly #apart = new ApartSources();
  #closing: Promise<void> | undefined;

  constructor(options: ProcessBackendOptions) {
    this.#options = options;
    const kind = `${options.chosen.source?.name}${options.needsSandbox ? " in a sandbox" : ""}`;
    this.#pools = IsolatePools.acquire(kind, options.prewarm, (heapBytes, listener) =>
      this.#make(heapBytes, listener),
    );
    options.chosen.source?.acquire();
    if (this.#findRefusal() === undefined) this.#pools.poolFor(options.heapBytes);
  }

  start(options: BackendCellOptions, onEvent: (event: BackendEvent) => void): BackendCell {
    const refusal = this.#findRefusal();
    if (refusal !== undefined) return refuse(refusal, onEvent);
    const { setup, stored, apart } = options;
    const { heapBytes } = setup.limits;
    const framed = {
      options,
      setupFrame: this.#setupFrameOf(setup),
      storedFrame: this.#storedFrameOf(stored),
    };
    const own = this.#apart.of(this.#options.chosen.source, apart);
    const pool = own === undefined ? this.#pools.poolFor(heapBytes) : undefined;
    const onOver = (): void => {
      this.#pools.countRunning(-1);
      pool?.refillSoon();
    };
    this.#pools.countRunning(1);
    const cell = new ProcessCell(
      (listener, { isFresh }) => {
        let isolated = isFresh ? undefined : pool?.take();
        while (isolated !== undefined && !isolated.begin(framed, listener)) isolated = pool?.take();
        if (isolated !== undefined) return isolated;
        const made = this.#make(heapBytes, undefined, own);
        made.begin(framed, listener);
        return made;
      },
      { onEvent, onOver },
    );
    pool?.noteUse();
    return cell;
  }

  get spares(): SpareCount {
    return this.#pools.spares;
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    await Promise.all([this.#pools.release(), this.#apart.end()]);
    await this.#options.chosen.source?.release();
  }

  #make(heapBytes: number, spare?: SpareListener, own?: ProcessSource): IsolatedProcess {
    const { chosen, needsSandbox } = this.#options;
    const source = own ?? chosen.source;
    if (source === undefined) throw new TypeError("There is no source of processes.");
    return new IsolatedProcess({ source, heapBytes, needsSandbox }, spare);
  }

  #findRefusal(): BackendRefusal | undefined {
    if (this.#closing !== undefined) {
      return { code: "ERR_SESSION_CLOSED", message: "This runtime has been closed." };
    }
    const { chosen } = this.#options;
    if (chosen.source === undefined) {
      return {
        code: "ERR_PROCESS_START",
        message: `No cell is started in a process of its own: ${chosen.reason}. See docs/isolation.md.`,
      };
    }
    const { noSandboxReason } = chosen.source;
    if (!this.#options.needsSandbox || noSandboxReason === undefined) return undefined;
    return {
      code: "ERR_SANDBOX",
      message:
        `No cell is started: sandbox is "required", and there is none here: ${noSandboxReason}. ` +
        'Use sandbox: "best-effort", or see docs/isolation.md for what a sandbox needs.',
    };
  }

  #setupFrameOf(setup: BackendSetup): Buffer {
    const known = this.#setupFrames.get(setup);
    if (known !== undefined) return known;
    // The memory that is watched in the cell's process is that of this process alone.
    const limits = { ...setup.limits, rssBytes: maxResidentBytes(setup.limits) };
    const frame = setupFrame({ ...setup, limits });
    this.#setupFrames.set(setup, frame);
    return frame;
  }

  #storedFrameOf(stored: readonly string[] | undefined): Buffer | undefined {
    if (stored === undefined) return undefined;
    const known = this.#storedFrames.get(stored);
    if (known !== undefined) return known;
    const frame = storedFrame(stored);
    this.#storedFrames.set(stored, frame);
    return frame;
  }
}
