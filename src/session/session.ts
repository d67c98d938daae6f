import { builtin } from "../base/builtin.js";
import { CodeModeError } from "../base/errors.js";
import { invalidOption } from "../base/option-checks.js";
import { ByteBudget } from "../bounds/byte-budget.js";
import { CellSlot } from "../bounds/cell-slot.js";
import type { RuntimeBounds } from "../bounds/runtime-bounds.js";
import { SessionSlots, type SlotAnswer } from "../bounds/session-slots.js";
import { UnseenBytes } from "../bounds/unseen-bytes.js";
import { PlannedCalls } from "../calls/planned-calls.js";
import { callHandler } from "../cell/call-handlers.js";
import { Cell } from "../cell/cell.js";
import type { CellOptions } from "../cell/cell-options.js";
import type { JournalEntry } from "../journal/entry.js";
import { checkWaitOptions, type ExecOptions, type WaitOptions } from "../options/exec-options.js";
import { type ResolvedLimits, resolveLimits } from "../options/limits.js";
import { type Settings, withExecOptions } from "../options/settings.js";
import type { CellStarter } from "../protocol/cell-backend.js";
import type {
  CellOutcome,
  ExecOutcome,
  MissingOutcome,
  MissingReason,
} from "../protocol/outcome.js";
import type { Plan, PlannedCall } from "../protocol/plan.js";
import { missingTool } from "../tools/missing-tool.js";
import type { RegisteredTool } from "../tools/registered-tool.js";
import type { ToolSource } from "../tools/tool-definition.js";
import type { ToolSet } from "../tools/tool-set.js";
import { CellSetups } from "./cell-setups.js";
import { dryRun, observeToEnd } from "./dry-run.js";
import {
  busy,
  DurableCells,
  type DurableHost,
  type DurableStart,
  type FoundCell,
} from "./durable-cells.js";
import { notStarted } from "./not-started.js";
import { Recordings } from "./recordings.js";
import { SessionValues } from "./session-values.js";
import { readStoredValues } from "./stored-values.js";
import { UngivenEnds } from "./ungiven-ends.js";

type Refusal = "closed" | "aborted";

/** What a cell is started for. */
interface CellExec {
  readonly source: string;
  readonly settings: Settings;
  readonly options: ExecOptions | undefined;
}

/** What runs a session's cells, and how. */
export interface SessionDependencies {
  readonly backend: CellStarter;
  /** Bytes that the heap of the host's own engine may have; defaults of limits depend on it. */
  readonly hostHeapBytes: number;
  readonly settings: Settings;
  /** The runtime's tools, without the session's own. */
  readonly runtimeTools: ToolSet;
  readonly bounds: RuntimeBounds;
  /** Undefined where it is made when first asked for. */
  readonly id: string | undefined;
  readonly data: unknown;
  readonly storedValues: Readonly<Record<string, unknown>> | undefined;
  /** Set where its cells are kept in a store. */
  readonly durable: DurableHost | undefined;
  /** Called once, when the session is closed and its threads are gone. */
  readonly onClosed: () => void;
}

/** The cells of one conversation and what they store. `CodeMode.openSession` makes it. */
export class Session implements AsyncDisposable {
  /** The `data` that `openSession` was given. */
  readonly data: unknown;
  readonly #backend: CellStarter;
  readonly #hostHeapBytes: number;
  readonly #runtimeTools: ToolSet;
  readonly #onClosed: () => void;
  readonly #limits: ResolvedLimits;
  readonly #slots: SessionSlots;
  readonly #unseen: UnseenBytes;
  readonly #toolInputs: ByteBudget;
  readonly #values = new SessionValues();
  #settings: Settings;
  /** The cells that can be asked for. */
  readonly #cells = new Map<string, Cell>();
  /** Those whose exec has a `requestId`, and has not resolved. */
  readonly #requested = new Set<string>();
  readonly #ungiven = new UngivenEnds();
  readonly #durable: DurableCells | undefined;
  /** Cells of an earlier process that are being brought back. */
  readonly #resuming = new Map<string, Promise<Cell | undefined>>();
  readonly #recordings = new Recordings();
  /** The cells whose threads are not gone yet. */
  readonly #threads = new Set<Cell>();
  readonly #setups = new CellSetups();
  /** Aborted when the session is closed and its cells are gone. */
  readonly #gone = new AbortController();
  #id: string | undefined;
  #lastId = 0;
  #isLoaded = false;
  #closing: Promise<void> | undefined;

  /** @throws {CodeModeError} ERR_INVALID_OPTION if the stored values are not what they must be. */
  constructor(dependencies: SessionDependencies) {
    const { backend, hostHeapBytes, settings, runtimeTools, bounds, onClosed } = dependencies;
    this.#id = dependencies.id;
    this.data = dependencies.data;
    const { durable } = dependencies;
    this.#durable = durable && new DurableCells(durable, this.id);
    this.#backend = backend;
    this.#hostHeapBytes = hostHeapBytes;
    this.#settings = settings;
    this.#runtimeTools = runtimeTools;
    this.#onClosed = onClosed;
    this.#limits = resolveLimits(settings.limits, { hostHeapBytes });
    const { storedValues } = dependencies;
    if (storedValues !== undefined)
      this.#values.merge(readStoredValues(storedValues, this.#limits));
    this.#slots = new SessionSlots(this.#limits, bounds.slots);
    this.#unseen = new UnseenBytes(this.#limits.unseenBytes, bounds.unseen);
    this.#toolInputs = new ByteBudget(this.#limits.toolInputBytes, bounds.toolInputs);
  }

  /** The `id` that `openSession` was given; else a random one. */
  get id(): string {
    this.#id ??= newId();
    return this.#id;
  }

  /** Tokens of output a model is given by default. */
  get maxOutputTokens(): number {
    return this.#settings.maxOutputTokens;
  }

  /** @internal */
  get settings(): Settings {
    return this.#settings;
  }

  /**
   * Runs a source in a new cell. Resolves when the cell ends or yields, at the latest after
   * `yieldAfterMs`. Errors of the source are outcomes. If the maximum number of cells is alive
   * (`limits.cells`), the cell starts when one of them has ended.
   *
   * @param source - An ES module. A pragma in it has no effect here; `parseExecInput` reads
   *   pragmas.
   * @throws {CodeModeError} ERR_INVALID_OPTION, ERR_INVALID_TOOL, ERR_TOOL_NAME_CONFLICT,
   *   ERR_SESSION_CLOSED; ERR_QUEUE_FULL if too many execs wait already; ERR_THREAD_START if the
   *   system cannot create a thread; ERR_TOO_MANY_ORPHANS; ERR_CELL_BUSY if an exec or wait observes the cell of
   *   the same `requestId`.
   */
  async exec(source: string, options?: ExecOptions): Promise<ExecOutcome> {
    if (typeof source !== "string") throw invalidOption("source", "a string", source);
    const settings =
      options === undefined ? this.#settings : withExecOptions(this.#settings, options);
    if (this.#closing !== undefined) {
      throw new CodeModeError("ERR_SESSION_CLOSED", `Session ${this.id} has been closed.`);
    }
    const requestId = options?.requestId;
    if (requestId !== undefined && this.#durable === undefined) {
      throw invalidOption("requestId", "undefined where no store keeps the cells", requestId);
    }
    this.#lastId += 1;
    const id = this.#durable?.newId(requestId) ?? String(this.#lastId);
    if (options?.onCellId !== undefined) callHandler("onCellId", options.onCellId, id);
    if (options?.signal?.aborted) return notStarted(id, "aborted");
    const exec = { source, settings, options };
    return requestId === undefined ? this.#exec(id, exec) : this.#execOnce(id, exec);
  }

  /** The second request of an id is told all of the cell that the first has started. */
  async #execOnce(id: string, exec: CellExec): Promise<ExecOutcome> {
    const isStarting =
      this.#requested.has(id) || (!this.#cells.has(id) && this.#durable?.isRunning(id));
    if (isStarting) throw busy(id);
    this.#requested.add(id);
    const { signal, yieldAfterMs, yieldSignal } = exec.options ?? {};
    const stop = (): void => void this.terminate(id).catch(() => {});
    signal?.addEventListener("abort", stop, { once: true });
    try {
      const outcome = await this.wait(id, { after: 0, yieldAfterMs, yieldSignal });
      if (outcome.status !== "missing") return outcome;
      signal?.removeEventListener("abort", stop);
      return await this.#exec(id, exec);
    } finally {
      signal?.removeEventListener("abort", stop);
      this.#requested.delete(id);
    }
  }

  async #exec(id: string, exec: CellExec): Promise<ExecOutcome> {
    const { settings, options } = exec;
    let cell: Cell;
    try {
      if (this.#durable !== undefined) await this.#load(this.#durable);
      const signal = options?.signal;
      let refusal = this.#refusal(signal);
      // At once where it can be: the cell has started when exec returns.
      if (refusal === undefined && !this.#slots.enter()) {
        refusal = this.#afterWait(await this.#slots.wait(signal), signal);
      }
      if (refusal !== undefined) return notStarted(id, refusal);
      cell = this.#withSlot((slot) => this.#startCell(id, exec, slot));
    } catch (thrown) {
      this.#forget(id, "refused");
      throw thrown;
    }
    const yieldAfterMs = Math.min(settings.yieldAfterMs, settings.maxYieldAfterMs);
    const { yieldSignal } = options ?? {};
    const outcome = await cell.observe({ by: "exec", yieldAfterMs, yieldSignal });
    return this.#durable === undefined ? outcome : this.#durable.tell(outcome, undefined);
  }

  /**
   * Runs a source without effects: tools with `effect: "read"` run, all other calls are only noted, and
   * answered with the tool's `preview`, or null. What the source stores is not kept, and neither
   * `onNotify` nor `onEvent` is called. `exec(source, { approve: plan })` then runs it, and lets these calls
   * through. Resolves when the dry run has ended.
   *
   * @throws {CodeModeError} As `exec`.
   */
  async plan(source: string, options: Omit<ExecOptions, "approve"> = {}): Promise<Plan> {
    if (typeof source !== "string") throw invalidOption("source", "a string", source);
    const calls: PlannedCall[] = [];
    const settings = dryRun(withExecOptions(this.#settings, options), calls);
    if (this.#closing !== undefined) {
      throw new CodeModeError("ERR_SESSION_CLOSED", `Session ${this.id} has been closed.`);
    }
    this.#lastId += 1;
    const id = `plan-${this.#lastId}`;
    const { signal } = options;
    if (this.#durable !== undefined) await this.#load(this.#durable);
    let refusal = this.#refusal(signal);
    if (refusal === undefined && !this.#slots.enter()) {
      refusal = this.#afterWait(await this.#slots.wait(signal), signal);
    }
    if (refusal !== undefined) return { calls, outcome: notStarted(id, refusal) };
    const cell = this.#withSlot(() =>
      this.#newCell(
        id,
        { source, settings, options: { ...options, approve: undefined } },
        this.#backend,
        {
          onWrites: () => {},
        },
      ),
    );
    return { calls, outcome: await observeToEnd(cell) };
  }

  /**
   * Observes a cell: resolves with the new output when the cell ends or yields, at the latest after
   * `yieldAfterMs`. An end is returned once. After that the outcome is `missing`, as it is for an
   * unknown id and for an end that was dropped (`limits.unseenBytes`).
   *
   * @throws {CodeModeError} ERR_INVALID_OPTION; ERR_CELL_BUSY while another exec or wait observes the
   *   cell.
   * @throws The signal's reason when it is aborted; the cell continues.
   */
  async wait(cellId: string, options: WaitOptions = {}): Promise<CellOutcome> {
    checkCellId(cellId);
    checkWaitOptions(options);
    const { after } = options;
    const cell = this.#cells.get(cellId) ?? (await this.#bringBack(cellId, after));
    if (cell === undefined) return this.#missing(cellId);
    const wanted = options.yieldAfterMs ?? this.#settings.yieldAfterMs;
    const outcome = await cell.observe({
      by: "wait",
      yieldAfterMs: Math.min(wanted, this.#settings.maxYieldAfterMs),
      signal: options.signal,
      yieldSignal: options.yieldSignal,
    });
    return this.#durable === undefined ? outcome : this.#durable.tell(outcome, after);
  }

  /**
   * Ends the exec or wait that observes the cell: it resolves as yielded, with the output so far, and the
   * cell continues. If the cell has not started yet, the exec resolves as soon as it has; if its end
   * comes first, that is what it resolves with.
   *
   * @returns Whether an exec or wait observes the cell. An exec that waits for a place (`limits.cells`) does
   *   not yet: its `yieldSignal` ends it once its cell has started, its `signal` at once.
   * @throws {CodeModeError} ERR_INVALID_OPTION if the id is not a string.
   */
  async yieldNow(cellId: string): Promise<boolean> {
    checkCellId(cellId);
    return this.#cells.get(cellId)?.yieldNow() ?? false;
  }

  /**
   * Ends a cell and resolves when its thread is gone, with the output that has not been observed.
   * If the cell has already ended by itself, it resolves with that end. An exec or wait that
   * observes the cell gets the same outcome.
   *
   * @throws {CodeModeError} ERR_INVALID_OPTION if the id is not a string.
   */
  async terminate(cellId: string): Promise<CellOutcome> {
    checkCellId(cellId);
    const cell = this.#cells.get(cellId) ?? (await this.#bringBack(cellId, undefined));
    if (cell === undefined) return this.#missing(cellId);
    const outcome = await cell.terminate("requested");
    return this.#durable === undefined ? outcome : this.#durable.tell(outcome, undefined);
  }

  /**
   * Replaces the session's own tools; the runtime's tools stay. Cells that have started keep the
   * old tools. Descriptions of `createModelTools` contain the new tools when they are read again.
   * Tools that the adapters for APIs have made must be made again.
   *
   * @throws {CodeModeError} ERR_INVALID_OPTION, ERR_INVALID_TOOL, ERR_TOOL_NAME_CONFLICT; then the
   *   tools do not change.
   */
  setTools(tools: ToolSource | readonly ToolSource[]): void {
    this.#useTools(this.#runtimeTools.with(tools));
  }

  /**
   * `setTools` with tools that have been checked: many sessions can have the same without checking
   * and describing them for each.
   *
   * @internal
   */
  setToolSet(tools: ToolSet): void {
    this.#useTools(this.#runtimeTools.withSet(tools));
  }

  /**
   * The values that cells have stored, as new copies, without the writes of cells that still run.
   */
  async storedValues(): Promise<Readonly<Record<string, unknown>>> {
    if (this.#durable !== undefined) await this.#load(this.#durable);
    return this.#values.toObject();
  }

  /**
   * The journal of a cell that was recorded with `record: true`, as far as it has come: for
   * `CodeMode.replay`, or to see what the cell did. A session keeps the journals of its last cells, about
   * 64 MiB in all.
   *
   * @throws {CodeModeError} ERR_INVALID_OPTION if the session has no journal of this cell.
   */
  journal(cellId: string): readonly JournalEntry[] {
    checkCellId(cellId);
    return this.#recordings.of(cellId);
  }

  /**
   * Refuses new cells, terminates the running ones with the reason `closed`, and resolves when
   * their threads are gone. Idempotent. Ends that have not been observed can still be read with
   * `wait`.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Lets `wait` and `terminate` find the cells of all sessions of the store: who knows a cell's id may have it.
   *
   * @internal
   */
  findAllCells(): void {
    this.#durable?.findAll();
  }

  #useTools(tools: ToolSet): void {
    this.#settings = { ...this.#settings, tools };
    this.#setups.clear();
  }

  async #close(): Promise<void> {
    this.#slots.close();
    const threads = [...this.#threads];
    for (const cell of new Set([...threads, ...this.#cells.values()])) cell.stop("closed");
    await Promise.all(threads.map((cell) => cell.released));
    this.#gone.abort();
    this.#unseen.leaveOuter();
    this.#onClosed();
  }

  /** Why no cell is to be started: much may have happened since it was asked for. */
  #refusal(signal: AbortSignal | undefined): Refusal | undefined {
    if (this.#closing !== undefined) return "closed";
    return signal?.aborted ? "aborted" : undefined;
  }

  /** Releases the slot if the exec was aborted or the session closed since it was given; returns which. */
  #afterWait(answer: SlotAnswer, signal: AbortSignal | undefined): Refusal | undefined {
    if (answer !== "entered") return answer;
    const refusal = this.#refusal(signal);
    if (refusal !== undefined) this.#slots.giveUp();
    return refusal;
  }

  /** Once: what the session's cells have stored in earlier processes. */
  async #load(durable: DurableCells): Promise<void> {
    const values = await durable.load();
    if (this.#isLoaded) return;
    this.#isLoaded = true;
    this.#values.merge(values);
  }

  /** A cell of an earlier process goes on, or tells its end; undefined where the store has none. */
  async #bringBack(cellId: string, after: number | undefined): Promise<Cell | undefined> {
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

  async #resume(
    durable: DurableCells,
    id: string,
    after: number | undefined,
  ): Promise<Cell | undefined> {
    if (this.#closing !== undefined) return undefined;
    await this.#load(durable);
    const found = await durable.find(id, after);
    if (found === undefined) return undefined;
    const { source } = found.kept.opened;
    const settings = this.#settings;
    if (found.type === "ended") {
      const { reason } = found.kept.stopped ?? {};
      const cell = this.#newCell(id, { source, settings, options: undefined }, found.backend, {
        onEvent: [],
        onNotify: [],
        onWrites: () => {},
        onStartOver: () => {},
      });
      if (reason !== undefined) cell.stop(reason);
      return cell;
    }
    try {
      let refusal = this.#refusal(undefined);
      if (refusal === undefined && !this.#slots.enter()) {
        refusal = this.#afterWait(await this.#slots.wait(undefined), undefined);
      }
      if (refusal === undefined) {
        return this.#withSlot((slot) =>
          this.#resumed(id, { source, settings, options: undefined }, found, slot),
        );
      }
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
    const backend = resume(this.#durableStart(id, tools, settings, slot));
    // The plan is gone, and so is what it allowed: every call that is left is asked about.
    const planned = kept.isPlanned ? new PlannedCalls([]) : undefined;
    return this.#newCell(id, exec, backend, { tools, durable: backend, planned });
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

  #startCell(id: string, exec: CellExec, slot: CellSlot): Cell {
    const { settings } = exec;
    if (this.#durable === undefined) {
      const ids = { cellId: id, sessionId: this.id };
      const backend = this.#recordings.starterFor(this.#backend, ids, settings.record);
      return this.#newCell(id, exec, backend, {});
    }
    const isPlanned = exec.options?.approve !== undefined;
    const start = this.#durableStart(id, settings.tools.tools, settings, slot);
    const cell = this.#durable.make(id, { ...start, isPlanned });
    return this.#newCell(id, exec, cell, { durable: cell });
  }

  #newCell(id: string, exec: CellExec, backend: CellStarter, other: Partial<CellOptions>): Cell {
    const { source, settings, options } = exec;
    const isOwn = settings.limits === this.#settings.limits;
    const limits = isOwn
      ? this.#limits
      : resolveLimits(settings.limits, { hostHeapBytes: this.#hostHeapBytes });
    const cell = new Cell({
      id,
      session: this,
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
      onEvent: settings.onEvent,
      onNotify: settings.onNotify,
      onApproval: settings.onApproval,
      planned: options?.approve && new PlannedCalls(options.approve.calls),
      onWrites: (writes) => this.#values.merge(writes),
      onStartOver: () => this.#slots.startOver(),
      onForgotten: (how) => this.#forget(id, how),
      signal: options?.signal,
      context: options?.context,
      ...other,
    });
    this.#cells.set(id, cell);
    this.#threads.add(cell);
    void cell.released.then(() => this.#threads.delete(cell));
    return cell;
  }

  /** The slot is the cell's until its thread is gone. */
  #withSlot(start: (slot: CellSlot) => Cell): Cell {
    const slot = new CellSlot(this.#slots);
    const cell = this.#slots.leaveOnThrow(() => start(slot));
    void cell.released.then(() => slot.leave());
    return cell;
  }

  #forget(id: string, how: Exclude<MissingReason, "unknown">): void {
    this.#cells.delete(id);
    if (how !== "given") this.#ungiven.add(id, how);
  }

  #missing(cellId: string): MissingOutcome {
    const reason = this.#ungiven.reasonOf(cellId, this.#lastId);
    return { status: "missing", cellId, reason };
  }
}

function newId(): string {
  return builtin("node:crypto").randomUUID();
}

function checkCellId(cellId: unknown): void {
  if (typeof cellId !== "string") throw invalidOption("cellId", "a string", cellId);
}
