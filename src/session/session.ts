import { builtin } from "../base/builtin.js";
import { CodeModeError } from "../base/errors.js";
import { invalidOption } from "../base/option-checks.js";
import { shorten } from "../base/shorten.js";
import type { RuntimeBounds } from "../bounds/runtime-bounds.js";
import { callHandler } from "../cell/call-handlers.js";
import type { Cell } from "../cell/cell.js";
import type { JournalEntry } from "../journal/entry.js";
import { checkWaitOptions, type ExecOptions, type WaitOptions } from "../options/exec-options.js";
import { type Settings, withExecOptions } from "../options/settings.js";
import type { CellStarter } from "../protocol/cell-backend.js";
import type { CellOutcome, ExecOutcome, MissingOutcome } from "../protocol/outcome.js";
import type { Plan, PlannedCall } from "../protocol/plan.js";
import type { Telemetry } from "../protocol/telemetry.js";
import type { ToolSource } from "../tools/tool-definition.js";
import type { ToolSet } from "../tools/tool-set.js";
import { dryRun, observeToEnd } from "./dry-run.js";
import { busy, DurableCells, type DurableHost } from "./durable-cells.js";
import { notStarted } from "./not-started.js";
import { SessionApprovals } from "./session-approvals.js";
import { type CellExec, SessionCells, type Started } from "./session-cells.js";

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
  readonly telemetry?: Telemetry | undefined;
  /** Called once, when the session is closed and its threads are gone. */
  readonly onClosed: () => void;
}

/** The cells of one conversation and what they store. `CodeMode.openSession` makes it. */
export class Session implements AsyncDisposable {
  /** The `data` that `openSession` was given. */
  readonly data: unknown;
  /** @internal Undefined where no store keeps its cells. */
  readonly approvals: SessionApprovals | undefined;
  readonly #runtimeTools: ToolSet;
  readonly #onClosed: () => void;
  readonly #cells: SessionCells;
  readonly #durable: DurableCells | undefined;
  readonly #telemetry: Telemetry | undefined;
  /** Those whose exec has a `requestId`, and has not resolved. */
  readonly #requested = new Set<string>();
  #id: string | undefined;
  #lastId = 0;
  #closing: Promise<void> | undefined;

  /** @throws {CodeModeError} ERR_INVALID_OPTION if the stored values are not what they must be. */
  constructor(dependencies: SessionDependencies) {
    const { backend, hostHeapBytes, settings, bounds, storedValues, durable, telemetry } =
      dependencies;
    this.#id = dependencies.id;
    this.data = dependencies.data;
    this.#runtimeTools = dependencies.runtimeTools;
    this.#onClosed = dependencies.onClosed;
    this.#telemetry = telemetry;
    this.#durable = durable && new DurableCells(durable, this.id);
    this.approvals = durable && new SessionApprovals(durable, this.id);
    this.#cells = new SessionCells({
      session: this,
      backend,
      hostHeapBytes,
      settings,
      bounds,
      storedValues,
      durable: this.#durable,
      telemetry,
    });
  }

  /** The `id` that `openSession` was given; else a random one. */
  get id(): string {
    this.#id ??= newId();
    return this.#id;
  }

  /** Tokens of output a model is given by default. */
  get maxOutputTokens(): number {
    return this.settings.maxOutputTokens;
  }

  /** @internal */
  get settings(): Settings {
    return this.#cells.settings;
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
   *   the same `requestId`, ERR_INVALID_OPTION if that was another source.
   */
  exec(source: string, options?: ExecOptions): Promise<ExecOutcome> {
    if (this.#telemetry === undefined) return this.#begin(source, options);
    const request = { by: "exec", sessionId: this.id } as const;
    return this.#telemetry.observe(request, () => this.#begin(source, options));
  }

  async #begin(source: string, options?: ExecOptions): Promise<ExecOutcome> {
    if (typeof source !== "string") throw invalidOption("source", "a string", source);
    const { settings: own } = this;
    const settings = options === undefined ? own : withExecOptions(own, options);
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
    if (this.#requested.has(id)) throw busy(id);
    this.#requested.add(id);
    const { signal, yieldAfterMs, yieldSignal, yieldOnApproval } = exec.options ?? {};
    const stop = (): void => void this.terminate(id).catch(() => {});
    signal?.addEventListener("abort", stop, { once: true });
    try {
      const isUnknown = this.#cells.get(id) === undefined;
      if (isUnknown && (await this.#durable?.isRunning(id))) throw busy(id);
      // Together: a store answers in one turn what is asked for in one.
      const [begun] = await Promise.all([this.#durable?.begun(id), this.#cells.load()]);
      if (begun === undefined && this.#cells.get(id) === undefined) {
        signal?.removeEventListener("abort", stop);
        return await this.#exec(id, exec, { isLoaded: true });
      }
      const first = begun?.source;
      if (first !== undefined && first !== exec.source) throw otherSource(id, exec);
      const observation = { after: 0, yieldAfterMs, yieldSignal, yieldOnApproval };
      const outcome = await this.#wait(id, observation);
      if (outcome.status !== "missing") return outcome;
      signal?.removeEventListener("abort", stop);
      return await this.#exec(id, exec);
    } finally {
      signal?.removeEventListener("abort", stop);
      this.#requested.delete(id);
    }
  }

  /** @param isLoaded - The stored values have just been loaded. */
  async #exec(id: string, exec: CellExec, { isLoaded = false } = {}): Promise<ExecOutcome> {
    const { settings, options } = exec;
    const yieldAfterMs = Math.min(settings.yieldAfterMs, settings.maxYieldAfterMs);
    const { yieldSignal, yieldOnApproval } = options ?? {};
    const observation = { by: "exec", yieldAfterMs, yieldSignal, yieldOnApproval } as const;
    let observed!: Promise<ExecOutcome>;
    let cell: Started;
    try {
      if (this.#durable !== undefined && !isLoaded) await this.#cells.load();
      const started = this.#cells.start(id, exec, (made) => {
        observed = made.observe(observation);
      });
      // At once where it can be: the cell has started when exec returns.
      cell = started instanceof Promise ? await started : started;
    } catch (thrown) {
      this.#cells.forget(id, "refused");
      throw thrown;
    }
    if (typeof cell === "string") return notStarted(id, cell);
    const outcome = await observed;
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
    const settings = dryRun(withExecOptions(this.settings, options), calls);
    if (this.#closing !== undefined) {
      throw new CodeModeError("ERR_SESSION_CLOSED", `Session ${this.id} has been closed.`);
    }
    this.#lastId += 1;
    const id = `plan-${this.#lastId}`;
    await this.#cells.load();
    const cell = await this.#cells.startDry(id, {
      source,
      settings,
      options: { ...options, approve: undefined },
    });
    if (typeof cell === "string") return { calls, outcome: notStarted(id, cell) };
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
  wait(cellId: string, options: WaitOptions = {}): Promise<CellOutcome> {
    if (this.#telemetry === undefined) return this.#wait(cellId, options);
    const request = { by: "wait", sessionId: this.id } as const;
    return this.#telemetry.observe(request, () => this.#wait(cellId, options));
  }

  async #wait(cellId: string, options: WaitOptions): Promise<CellOutcome> {
    checkCellId(cellId);
    checkWaitOptions(options);
    const { after } = options;
    const cell = this.#cells.get(cellId) ?? (await this.#cells.find(cellId, after));
    if (cell === undefined) return this.#missing(cellId);
    if (this.#isGone(cellId, cell)) return this.#wait(cellId, options);
    const wanted = options.yieldAfterMs ?? this.settings.yieldAfterMs;
    const { signal, yieldSignal, yieldOnApproval } = options;
    const yieldAfterMs = Math.min(wanted, this.settings.maxYieldAfterMs);
    const observed = { by: "wait", signal, yieldSignal, yieldOnApproval } as const;
    const outcome = await cell.observe({ ...observed, yieldAfterMs });
    if (this.#durable === undefined) return outcome;
    const told = await this.#durable.tell(outcome, after);
    const hasLess = told.status === "yielded" && (told.cursor ?? 0) < (after ?? 0);
    // Another runtime may have gone on with the cell, and this one does not know yet.
    if (!hasLess || (await this.#durable.isOwn(cellId))) return told;
    if (this.#isGone(cellId, cell)) return this.#wait(cellId, options);
    return this.#durable.tell(await cell.observe({ ...observed, yieldAfterMs: Infinity }), after);
  }

  /**
   * Goes on with a cell of the store that this process does not have, and observes nothing of it. Undefined where
   * there is no such cell.
   *
   * @throws {CodeModeError} As `wait`; ERR_INVALID_TOOL if a tool is missing with which the cell began: it would end
   *   by that for good.
   * @internal
   */
  async resume(cellId: string): Promise<{ readonly released: Promise<void> } | undefined> {
    const known = this.#cells.get(cellId);
    if (known !== undefined && !known.isLost) return known;
    // What its handle says is over: another process has had it since.
    await known?.observe({ by: "wait", yieldAfterMs: 0 });
    const own = new Set(this.settings.tools.tools.map(({ name }) => name));
    const missing = (await this.#durable?.toolsOf(cellId))?.filter((name) => !own.has(name)) ?? [];
    if (missing.length > 0) throw missingTools(cellId, missing);
    return this.#cells.find(cellId, undefined);
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
    const cell = this.#cells.get(cellId) ?? (await this.#cells.find(cellId, undefined));
    if (cell === undefined) return this.#missing(cellId);
    if (this.#isGone(cellId, cell)) return this.terminate(cellId);
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
    this.#cells.useTools(this.#runtimeTools.with(tools));
  }

  /**
   * `setTools` with tools that have been checked: many sessions can have the same without checking
   * and describing them for each.
   *
   * @internal
   */
  setToolSet(tools: ToolSet): void {
    this.#cells.useTools(this.#runtimeTools.withSet(tools));
  }

  /**
   * The values that cells have stored, as new copies, without the writes of cells that still run.
   */
  async storedValues(): Promise<Readonly<Record<string, unknown>>> {
    await this.#cells.load();
    return this.#cells.storedValues();
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
    return this.#cells.journal(cellId);
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
   * Has each cell that starts from now on begin with what sessions of the same id have stored until then, in this
   * process or others.
   *
   * @internal
   */
  share(): void {
    this.#cells.share();
  }

  /**
   * Lets `wait` and `terminate` find the cells of all sessions of the store: who knows a cell's id may have it.
   *
   * @internal
   * @param prefix - Only those of sessions whose ids begin with it. Default: of all.
   */
  findAllCells(prefix = ""): void {
    this.#durable?.findAll(prefix);
  }

  async #close(): Promise<void> {
    await this.#cells.close();
    this.#onClosed();
  }

  /**
   * Whether another caller was given the end of a cell while this one waited for the store. Then the session no longer
   * has the cell, and the store still does. While the end is being given, the session has the cell.
   */
  #isGone(cellId: string, cell: Cell): boolean {
    return cell.isGiven && this.#cells.get(cellId) !== cell;
  }

  #missing(cellId: string): MissingOutcome {
    const reason = this.#cells.reasonOf(cellId, this.#lastId);
    return { status: "missing", cellId, reason };
  }
}

function newId(): string {
  return builtin("node:crypto").randomUUID();
}

/** Told what another source has output, its caller would take that for what it has asked for. */
function otherSource(cellId: string, { options }: CellExec): CodeModeError {
  const began = `has begun the cell ${cellId} with another source`;
  return new CodeModeError(
    "ERR_INVALID_OPTION",
    `The requestId ${JSON.stringify(options?.requestId)} ${began}; give each request an id of its own, or wait for that cell.`,
  );
}

function missingTools(cellId: string, names: readonly string[]): CodeModeError {
  const shown = shorten(names.join(", "), 200);
  return new CodeModeError(
    "ERR_INVALID_TOOL",
    `The cell ${cellId} does not go on here: tools are missing with which it began: ${shown}.`,
  );
}

function checkCellId(cellId: unknown): void {
  if (typeof cellId !== "string") throw invalidOption("cellId", "a string", cellId);
}
