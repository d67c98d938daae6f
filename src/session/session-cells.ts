import { ByteBudget } from "../bounds/byte-budget.js";
import type { CellSlot } from "../bounds/cell-slot.js";
import type { RuntimeBounds } from "../bounds/runtime-bounds.js";
import { RuntimeCounters } from "../bounds/runtime-counters.js";
import { UnseenBytes } from "../bounds/unseen-bytes.js";
import { PlannedCalls } from "../calls/planned-calls.js";
import { Cell } from "../cell/cell.js";
import type { CellOptions } from "../cell/cell-options.js";
import type { JournalEntry } from "../journal/entry.js";
import type { ExecOptions } from "../options/exec-options.js";
import { type ResolvedLimits, resolveLimits } from "../options/limits.js";
import type { Settings } from "../options/settings.js";
import type { CellStarter } from "../protocol/cell-backend.js";
import type { MissingReason } from "../protocol/outcome.js";
import type { CellTrace, Telemetry } from "../protocol/telemetry.js";
import { missingTool } from "../tools/missing-tool.js";
import type { RegisteredTool } from "../tools/registered-tool.js";
import type { ToolSet } from "../tools/tool-set.js";
import { CellPlaces, type Refusal } from "./cell-places.js";
import { CellSetups } from "./cell-setups.js";
import type { DurableCells, DurableStart, FoundCell } from "./durable-cells.js";
import { Recordings } from "./recordings.js";
import { SessionValues } from "./session-values.js";
import { readStoredValues } from "./stored-values.js";
import { UngivenEnds } from "./ungiven-ends.js";

/** A cell, or why there is none. */
export type Started = Cell | Refusal;

/** What a cell is started for. */
export interface CellExec {
  readonly source: string;
  readonly settings: Settings;
  readonly options: ExecOptions | undefined;
}

/** What runs a session's cells, and how. */
export interface SessionCellsOptions {
  readonly session: CellOptions["session"];
  readonly backend: CellStarter;
  /** Bytes that the heap of the host's own engine may have; defaults of limits depend on it. */
  readonly hostHeapBytes: number;
  readonly settings: Settings;
  readonly bounds: RuntimeBounds;
  readonly storedValues: Readonly<Record<string, unknown>> | undefined;
  /** Set where they are kept in a store. */
  readonly durable: DurableCells | undefined;
  readonly telemetry: Telemetry | undefined;
}

/** The cells of one session: starts them, and has each for as long as it can be asked for. */
export class SessionCells {
  readonly #session: CellOptions["session"];
  readonly #backend: CellStarter;
  readonly #hostHeapBytes: number;
  readonly #limits: ResolvedLimits;
  readonly #places: CellPlaces;
  readonly #unseen: UnseenBytes;
  readonly #toolInputs: ByteBudget;
  readonly #counters: RuntimeCounters;
  readonly #values = new SessionValues();
  readonly #cells = new Map<string, Cell>();
  readonly #ungiven = new UngivenEnds();
  readonly #durable: DurableCells | undefined;
  readonly #telemetry: Telemetry | undefined;
  /** Cells of an earlier process that are being brought back. */
  readonly #resuming = new Map<string, Promise<Cell | undefined>>();
  readonly #recordings = new Recordings();
  /** The cells whose threads are not gone yet. */
  readonly #threads = new Set<Cell>();
  readonly #setups = new CellSetups();
  /** Aborted when the session is closed and its cells are gone. */
  readonly #gone = new AbortController();
  #settings: Settings;
  #isLoaded = false;
  #isShared = false;

  /** @throws {CodeModeError} ERR_INVALID_OPTION if the stored values are not what they must be. */
  constructor(options: SessionCellsOptions) {
    const { hostHeapBytes, settings, bounds, storedValues } = options;
    this.#session = options.session;
    this.#backend = options.backend;
    this.#hostHeapBytes = hostHeapBytes;
    this.#settings = settings;
    this.#durable = options.durable;
    this.#telemetry = options.telemetry;
    this.#limits = resolveLimits(settings.limits, { hostHeapBytes });
    if (storedValues !== undefined) {
      this.#values.merge(readStoredValues(storedValues, this.#limits));
    }
    this.#places = new CellPlaces(this.#limits, bounds.slots);
    this.#unseen = new UnseenBytes(this.#limits.unseenBytes, bounds.unseen);
    this.#toolInputs = new ByteBudget(this.#limits.toolInputBytes, bounds.toolInputs);
    this.#counters = bounds.counters;
  }

  /** The session's own. */
  get settings(): Settings {
    return this.#settings;
  }

  /** Of cells that start from now on. */
  useTools(tools: ToolSet): void {
    this.#settings = { ...this.#settings, tools };
    this.#setups.clear();
  }

  /**
   * Loads what the session's cells have stored in earlier processes, where they are kept in a store: once, or each
   * time where others store too.
   */
  async load(): Promise<void> {
    if (this.#durable === undefined) return;
    if (this.#isShared) {
      const news = await this.#durable.reload();
      if (news !== undefined) this.#values.replace(news);
      return;
    }
    const values = await this.#durable.load();
    if (this.#isLoaded) return;
    this.#isLoaded = true;
    this.#values.merge(values);
  }

  /** From now on, others store too: sessions of the same id. */
  share(): void {
    this.#isShared = true;
  }

  /** As new copies, without the writes of cells that still run. */
  storedValues(): Promise<Readonly<Record<string, unknown>>> {
    return this.#values.toObject();
  }

  /** @throws {CodeModeError} ERR_INVALID_OPTION if there is no journal of this cell. */
  journal(cellId: string): readonly JournalEntry[] {
    return this.#recordings.of(cellId);
  }

  /**
   * As `CellPlaces.start`.
   *
   * @param onStarting - Gets the cell in the very job that starts it, before anybody else can ask for it.
   */
  start(id: string, exec: CellExec, onStarting: (cell: Cell) => void): Started | Promise<Started> {
    const { signal } = exec.options ?? {};
    return this.#places.start(signal, (slot) => {
      const cell = this.#start(id, exec, slot);
      onStarting(cell);
      return cell;
    });
  }

  /** The same; what the cell stores is not kept, and it is in no store. */
  startDry(id: string, exec: CellExec): Started | Promise<Started> {
    const { signal } = exec.options ?? {};
    return this.#places.start(signal, () =>
      this.#make(id, exec, this.#backend, { onWrites: () => {}, trace: this.#trace(id, exec) }),
    );
  }

  /** The cell that can be asked for under an id, if this process has it. */
  get(id: string): Cell | undefined {
    return this.#cells.get(id);
  }

  /**
   * The same, of a cell that this process does not have: it goes on, or tells its end. Undefined where no store
   * has it.
   */
  async find(cellId: string, after: number | undefined): Promise<Cell | undefined> {
    const durable = this.#durable;
    if (durable === undefined) return undefined;
    const known = this.#resuming.get(cellId);
    if (known !== undefined) return known;
    const found = this.#resume(durable, cellId, after);
    this.#resuming.set(cellId, found);
    try {
      return await found;
    } finally {
      this.#resuming.delete(cellId);
    }
  }

  /** Why no cell can be asked for under an id. @param lastId - The last of those that count. */
  reasonOf(id: string, lastId: number): MissingReason {
    return this.#ungiven.reasonOf(id, lastId);
  }

  forget(id: string, how: Exclude<MissingReason, "unknown">): void {
    this.#cells.delete(id);
    if (how !== "given") this.#ungiven.add(id, how);
  }

  /** Refuses new ones, ends the others, and resolves when their threads are gone. */
  async close(): Promise<void> {
    this.#places.close();
    const threads = [...this.#threads];
    for (const cell of new Set([...threads, ...this.#cells.values()])) cell.stop("closed");
    await Promise.all(threads.map((cell) => cell.released));
    this.#gone.abort();
    this.#unseen.leaveOuter();
  }

  async #resume(
    durable: DurableCells,
    id: string,
    after: number | undefined,
  ): Promise<Cell | undefined> {
    if (this.#places.isClosed) return undefined;
    await this.load();
    // Where its store has refused it a moment ago, it has ended here and its thread is not gone yet.
    await [...this.#threads].find((cell) => cell.id === id)?.released;
    const found = await durable.find(id, after);
    if (found === undefined) return undefined;
    const { source } = found.kept.opened;
    const settings = this.#settings;
    if (found.type === "ended") {
      const { reason } = found.kept.stopped ?? {};
      const cell = this.#make(id, { source, settings, options: undefined }, found.backend, {
        onEvent: [],
        onNotify: [],
        onWrites: () => {},
        onStartOver: () => {},
        // It has ended in another runtime, or was counted before.
        counters: new RuntimeCounters(),
      });
      if (reason !== undefined) cell.stop(reason);
      return cell;
    }
    try {
      const exec = { source, settings, options: undefined };
      const resumed = await this.#places.start(undefined, (slot) =>
        this.#resumed(id, exec, found, slot),
      );
      if (typeof resumed !== "string") return resumed;
    } catch (thrown) {
      await found.leave();
      throw thrown;
    }
    await found.leave();
    return undefined;
  }

  #resumed(
    id: string,
    exec: CellExec,
    { kept, resume }: FoundCell & { readonly type: "open" },
    slot: CellSlot,
  ): Cell {
    const { settings } = exec;
    const known = new Map(settings.tools.tools.map((tool) => [tool.name, tool]));
    const tools = kept.opened.tools.map(({ name }) => known.get(name) ?? missingTool(name));
    const trace = this.#trace(id, exec, kept.opened.trace ?? "");
    const backend = resume(this.#durableStart(id, tools, settings, slot));
    // The plan is gone, and so is what it allowed: every call that is left is asked about.
    const planned = kept.isPlanned ? new PlannedCalls([]) : undefined;
    return this.#make(id, exec, backend, { tools, durable: backend.calls, planned, trace });
  }

  #durableStart(
    id: string,
    tools: readonly RegisteredTool[],
    { record }: Settings,
    slot: CellSlot,
  ): DurableStart {
    return {
      backend: this.#backend,
      onLost: (tool) => tools[tool]?.onLost ?? "fail",
      write: this.#recordings.writerOf(record),
      isPlanned: false,
      trace: undefined,
      onParked: () => {
        slot.park();
        this.#cells.get(id)?.park();
      },
      onUnparking: async () => {
        await slot.takeAgain();
        this.#cells.get(id)?.unpark();
      },
    };
  }

  #start(id: string, exec: CellExec, slot: CellSlot): Cell {
    const { settings } = exec;
    const trace = this.#trace(id, exec);
    if (this.#durable === undefined) {
      const ids = { cellId: id, sessionId: this.#session.id };
      const backend = this.#recordings.starterFor(this.#backend, ids, settings.record);
      return this.#make(id, exec, backend, { trace });
    }
    const isPlanned = exec.options?.approve !== undefined;
    const start = this.#durableStart(id, settings.tools.tools, settings, slot);
    const cell = this.#durable.make(id, { ...start, isPlanned, trace: trace?.traceparent });
    return this.#make(id, exec, cell, { durable: cell.calls, trace });
  }

  #trace(cellId: string, { source }: CellExec, resumes?: string): CellTrace | undefined {
    return this.#telemetry?.cell({ sessionId: this.#session.id, cellId, source, resumes });
  }

  #make(id: string, exec: CellExec, backend: CellStarter, other: Partial<CellOptions>): Cell {
    const { source, settings, options } = exec;
    const isOwn = settings.limits === this.#settings.limits;
    const limits = isOwn
      ? this.#limits
      : resolveLimits(settings.limits, { hostHeapBytes: this.#hostHeapBytes });
    const cell = new Cell({
      id,
      session: this.#session,
      backend,
      backendOptions: {
        source,
        setup: this.#setups.of(settings, limits, isOwn && settings.tools === this.#settings.tools),
        stored: this.#values.snapshot(),
        isolation: settings.isolation,
        apart: settings.zygote === "session" ? this.#gone.signal : undefined,
      },
      tools: settings.tools.tools,
      wallMs: limits.wallMs,
      toolResultBytes: limits.toolResultBytes,
      jsonValues: limits.jsonValues,
      unseen: this.#unseen,
      toolInputs: this.#toolInputs,
      counters: this.#counters,
      onEvent: settings.onEvent,
      onNotify: settings.onNotify,
      onApproval: settings.onApproval,
      planned: options?.approve && new PlannedCalls(options.approve.calls),
      onWrites: (writes) => this.#values.merge(writes),
      onStartOver: () => this.#places.startOver(),
      onForgotten: (how) => this.forget(id, how),
      signal: options?.signal,
      context: options?.context,
      ...other,
    });
    this.#cells.set(id, cell);
    this.#threads.add(cell);
    void cell.released.then(() => this.#threads.delete(cell));
    return cell;
  }
}
