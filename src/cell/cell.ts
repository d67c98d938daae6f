import { assertNever } from "../base/assert-never.js";
import { builtin } from "../base/builtin.js";
import { Deadline } from "../base/deadline.js";
import { CodeModeError } from "../base/errors.js";
import { CellCount } from "../bounds/runtime-counters.js";
import { ToolCalls } from "../calls/tool-calls.js";
import { ToolLookups } from "../calls/tool-lookups.js";
import {
  type BackendCell,
  type BackendEvent,
  type BackendRefusal,
  type BackendUsage,
  type EndFacts,
  noUsage,
} from "../protocol/cell-backend.js";
import type { CellNews } from "../protocol/events.js";
import type {
  CellLog,
  CellPlace,
  CellUsage,
  EndedOutcome,
  ExecOutcome,
  OutputItem,
  TerminateReason,
} from "../protocol/outcome.js";
import { callHandler, callNotificationHandlers } from "./call-handlers.js";
import { CellObserver } from "./cell-observer.js";
import type { CellOptions, Observation } from "./cell-options.js";
import { CellOutput } from "./cell-output.js";
import {
  type CellEffect,
  type CellEnd,
  type CellState,
  type CellStateEvent,
  initialCellState,
  nextCellState,
} from "./cell-state.js";
import { toCellUsage } from "./cell-usage.js";
import { unseenLimitError, wallLimitError } from "./outcome-error.js";
import { toOutcome } from "./outcomes.js";

/** A caller of `terminate`. */
interface EndAwaiter {
  resolve(outcome: EndedOutcome): void;
  reject(error: CodeModeError): void;
}

const { AsyncResource } = builtin("node:async_hooks");

/**
 * The handle of one exec: brings what its backend, its observers and its clocks say to the state
 * machine and does what that answers.
 */
export class Cell {
  readonly id: string;
  /** Resolves when the cell's thread has been joined or cut off, or was never started. */
  readonly released: Promise<void>;
  readonly #options: CellOptions;
  readonly #backendCell: BackendCell;
  /** Of the exec. Handlers and tools run in it, for events from every source. */
  readonly #context: InstanceType<typeof AsyncResource>;
  readonly #calls: ToolCalls;
  readonly #lookups: ToolLookups;
  readonly #output: CellOutput;
  readonly #count: CellCount;
  readonly #startedAt: number = performance.now();
  readonly #endAwaiters: EndAwaiter[] = [];
  #wallLimit: Deadline;
  readonly #onAbort = (): void => this.stop("aborted");
  #release: () => void = () => {};
  #state: CellState = initialCellState;
  #observer: CellObserver | undefined;
  /** As the backend has told it last. */
  #usage: BackendUsage = noUsage;
  #place: CellPlace | undefined;
  /** Undefined where it is not parked. */
  #parkedAt: number | undefined;
  /** Milliseconds for which it was parked before. */
  #parkedMs = 0;
  #isStartOver = false;
  /** The tools whose calls were open when the code ended. */
  #droppedCalls: readonly string[] = [];
  /** Set when the end can be told. */
  #outcome: EndedOutcome | undefined;
  /** Why the backend did not start it. */
  #refusal: CodeModeError | undefined;

  constructor(options: CellOptions) {
    this.id = options.id;
    this.#options = options;
    // First of all: what follows is made while the cell's thread wakes up.
    this.#backendCell = options.backend.start(options.backendOptions, (event) =>
      this.#context.runInAsyncScope(this.#onBackendEvent, this, event),
    );
    this.#context = new AsyncResource("codecell");
    this.#count = new CellCount(options.counters);
    this.#calls = new ToolCalls({
      session: options.session,
      cellId: options.id,
      context: options.context,
      tools: options.tools,
      maxResultBytes: options.toolResultBytes,
      maxValues: options.jsonValues,
      inputs: options.toolInputs,
      counters: options.counters,
      onApproval: options.onApproval,
      planned: options.planned,
      durable: options.durable,
      onLeft: () => this.#yieldForApproval(),
      send: (command) => this.#backendCell.send(command),
      trace: options.trace,
      emit: options.onEvent.length === 0 ? undefined : (event) => this.#emit(event),
    });
    this.#lookups = new ToolLookups({
      tools: options.tools,
      maxResultBytes: options.toolResultBytes,
      send: (command) => this.#backendCell.send(command),
    });
    this.#output = new CellOutput({
      unseen: options.unseen,
      onPassed: (passed) => this.#apply({ type: "limitPassed", error: unseenLimitError(passed) }),
      onEndDropped: () => options.onForgotten("dropped"),
    });
    this.released = new Promise((resolve) => {
      this.#release = resolve;
    });
    this.#wallLimit = new Deadline(options.wallMs, () => this.#passWallLimit());
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Whether somebody was given its end. Nobody who observes it after that gets an answer. */
  get isGiven(): boolean {
    return this.#state.end === "handedOut" && this.#refusal === undefined;
  }

  /** Whether it has ended here because its store refused it, where another process may have gone on with it. */
  get isLost(): boolean {
    const end = this.#outcome;
    return end?.status === "failed" && end.error.code === "ERR_CELL_STORE";
  }

  /**
   * Resolves when the cell ends or yields, at the latest when the yield time has passed.
   *
   * @throws {CodeModeError} ERR_CELL_BUSY while another exec or wait observes the cell; what the backend
   *   says where it starts no cell: ERR_THREAD_START, ERR_TOO_MANY_ORPHANS.
   */
  async observe(observation: Observation): Promise<ExecOutcome> {
    if (this.#observer !== undefined) {
      throw new CodeModeError(
        "ERR_CELL_BUSY",
        `Cell ${this.id} is already observed by another exec or wait; wait until that call has resolved.`,
      );
    }
    if (this.#refusal !== undefined) throw this.#refusal;
    observation.signal?.throwIfAborted();
    this.#count.observed(true);
    return new Promise((resolve, reject) => {
      const onAborted = (): void => {
        this.#observer = undefined;
        this.#count.observed(false);
        this.#apply({ type: "unobserved" });
      };
      const onYieldAsked = (): void => void this.yieldNow();
      this.#observer = new CellObserver(observation, { resolve, reject, onAborted, onYieldAsked });
      this.#apply({ type: "observed", by: observation.by });
      if (observation.yieldSignal?.aborted) this.yieldNow();
      this.#yieldForApproval();
    });
  }

  /**
   * Answers the observer as yielded, with what the cell has said by now; the cell continues.
   *
   * @returns False if nobody observes the cell.
   */
  yieldNow(): boolean {
    const observer = this.#observer;
    if (observer === undefined) return false;
    if (observer.by === "exec" && this.#state.phase === "starting") observer.isYieldAsked = true;
    else this.#answerWithNews(observer, { type: "yieldAsked" });
    return true;
  }

  /** Asks the cell to stop and resolves with its end, which may be another if that came first. */
  terminate(reason: TerminateReason): Promise<EndedOutcome> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal);
    return new Promise((resolve, reject) => {
      this.#endAwaiters.push({ resolve, reject });
      this.stop(reason);
      this.#apply({ type: "endAwaited" });
    });
  }

  /** Asks the cell to stop. Its end is kept until it is asked for. */
  stop(reason: TerminateReason): void {
    this.#apply({ type: "terminateRequested", reason });
  }

  /** Its isolate is given up until a call of it is approved or denied; meanwhile its wall limit stands still. */
  park(): void {
    this.#wallLimit.clear();
    this.#parkedAt = performance.now();
    this.#count.parked(true);
    this.#options.trace?.parked();
    this.#emit({ type: "parked", cellId: this.id });
  }

  /** It is going to have an isolate again. */
  unpark(): void {
    if (this.#outcome !== undefined) return;
    const now = performance.now();
    const parkedAt = this.#parkedAt ?? now;
    this.#parkedAt = undefined;
    this.#count.parked(false);
    this.#options.trace?.unparked();
    this.#parkedMs += now - parkedAt;
    const leftMs = Math.max(0, this.#wallLimit.at - parkedAt);
    this.#wallLimit = new Deadline(leftMs, () => this.#passWallLimit());
    this.#emit({ type: "unparked", cellId: this.id });
  }

  #onBackendEvent(event: BackendEvent): void {
    switch (event.type) {
      case "started":
        this.#place = event.place;
        this.#endStart();
        this.#emit({ type: "started", cellId: this.id });
        this.#apply(event);
        break;
      case "output":
        this.#takeOutput(event.item);
        break;
      case "log":
        this.#takeLog(event.log);
        break;
      case "notify":
        this.#takeNotification(event.text);
        break;
      case "toolCall":
        this.#calls.start(event);
        break;
      case "toolSearch":
      case "toolLookup":
        this.#lookups.take(event);
        break;
      case "yielded":
        this.#usage = event.usage;
        this.#emit({ type: "yielded", cellId: this.id, reason: "requested" });
        this.#apply(event);
        break;
      case "settled":
        this.#usage = event.settled.usage;
        this.#apply(event);
        break;
      case "unresponsive":
        this.#usage = event.usage;
        this.#apply(event);
        break;
      case "timerSet":
      case "timerCleared":
      case "waiting":
        // Of deterministic cells, for their journals.
        break;
      case "refused":
      case "stopping":
      case "disposed":
        this.#apply(event);
        break;
      default:
        assertNever(event);
    }
  }

  #endStart(): void {
    if (this.#isStartOver) return;
    this.#isStartOver = true;
    this.#options.onStartOver();
  }

  #takeOutput(item: OutputItem): void {
    if (!this.#output.admit(item)) return;
    this.#apply({ type: "output", item });
    this.#emit({ type: "output", cellId: this.id, item });
  }

  #takeLog(log: CellLog): void {
    if (!this.#output.admitLog(log)) return;
    this.#apply({ type: "log", log });
    this.#emit({ type: "log", cellId: this.id, log });
  }

  #takeNotification(text: string): void {
    const { session, onNotify } = this.#options;
    const notification = { sessionId: session.id, cellId: this.id, text };
    this.#apply({ type: "notificationGiven" });
    this.#emit({ type: "notify", cellId: this.id, text });
    const failures = callNotificationHandlers(onNotify, notification);
    if (failures instanceof Promise) {
      void failures.then((late) => this.#apply({ type: "notificationTaken", failures: late }));
    } else {
      this.#apply({ type: "notificationTaken", failures });
    }
  }

  #dropCalls(): void {
    const dropped = this.#calls.abortAll();
    if (dropped.length > 0) this.#droppedCalls = dropped.map(({ name }) => name);
  }

  #passWallLimit(): void {
    const allowed = this.#options.wallMs;
    // Time in which it was parked does not count; and a timeout may fire a millisecond early.
    const used = allowed + Math.max(0, performance.now() - this.#wallLimit.at);
    this.#apply({ type: "limitPassed", error: wallLimitError({ allowed, used }) });
  }

  #apply(event: CellStateEvent): void {
    const { state, effects } = nextCellState(this.#state, event);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: CellEffect): void {
    switch (effect.type) {
      case "startYieldClock":
        this.#startYieldClock();
        break;
      case "terminateCell":
        this.#backendCell.terminate({
          reason: this.#state.terminateReason,
          error: this.#state.passed,
        });
        break;
      case "refuse":
        this.#refuse(effect.refusal);
        break;
      case "abortToolCalls":
        this.#dropCalls();
        this.#lookups.dropAll();
        break;
      case "mergeWrites":
        this.#options.onWrites(effect.writes);
        break;
      case "answerYielded":
        this.#answerYielded(effect);
        break;
      case "end":
        this.#end(effect.end);
        break;
      case "keepEnd":
        if (this.#outcome !== undefined) this.#output.keep(this.#outcome);
        break;
      case "handOutEnd":
        this.#handOutEnd();
        break;
      case "release":
        this.#endStart();
        this.#release();
        break;
      default:
        assertNever(effect);
    }
  }

  #startYieldClock(): void {
    const observer = this.#observer;
    if (observer === undefined) return;
    const passed = { type: "yieldTimePassed" } as const;
    // A cell that has just been started has said and used nothing; but its start may have to be durable.
    if (
      this.#options.durable !== undefined &&
      (observer.isYieldAsked || observer.yieldAfterMs <= 0)
    )
      this.#answerWithNews(observer, observer.isYieldAsked ? { type: "yieldAsked" } : passed);
    else if (observer.isYieldAsked) this.#apply({ type: "yieldAsked" });
    else if (observer.yieldAfterMs > 0)
      observer.startClock(() => this.#answerWithNews(observer, passed));
    else if (observer.by === "wait") this.#answerWithNews(observer, passed);
    else this.#apply(passed);
  }

  /** What the cell has said by now belongs to the answer, also where it has computed ever since. */
  #answerWithNews(
    observer: CellObserver,
    event: CellStateEvent & { readonly type: "yieldTimePassed" | "yieldAsked" },
    isStillSo = (): boolean => true,
  ): void {
    void this.#backendCell.sample().then((usage) => {
      if (this.#state.phase !== "settled") this.#usage = usage;
      if (this.#observer === observer && isStillSo()) this.#apply(event);
    });
  }

  #yieldForApproval(): void {
    const observer = this.#observer;
    if (!observer?.yieldsOnApproval || !this.#calls.isLeft) return;
    // What was decided a moment ago has come to its call by then.
    setImmediate(() => {
      if (this.#observer !== observer || !this.#calls.isLeft) return;
      this.#answerWithNews(observer, { type: "yieldAsked" }, () => this.#calls.isLeft);
    });
  }

  #answerYielded({ reason, output, logs }: CellEffect & { type: "answerYielded" }): void {
    // What the cell asks for is told when it asks, observed or not.
    if (reason !== "requested") this.#emit({ type: "yielded", cellId: this.id, reason });
    const usage = this.#usageNow();
    this.#output.observed();
    this.#count.observed(false);
    this.#options.trace?.yielded(reason);
    const { pendingApprovals } = this.#calls;
    this.#takeObserver()?.resolve({
      status: "yielded",
      cellId: this.id,
      reason,
      output,
      logs,
      usage,
      ...this.#place,
      ...(pendingApprovals.length > 0 && { pendingApprovals }),
    });
  }

  #takeObserver(): CellObserver | undefined {
    const observer = this.#observer;
    this.#observer = undefined;
    return observer;
  }

  #end(end: CellEnd): void {
    this.#leaveClocks();
    const facts = this.#state.settled?.facts;
    const dropped = facts?.droppedCalls ?? this.#droppedCalls;
    const endedAt = facts?.endedAt ?? Date.now();
    const usage = this.#usageNow(facts);
    this.#outcome = toOutcome(this.id, end, usage, dropped, this.#place, endedAt);
    this.#count.ended(this.#outcome);
    this.#options.trace?.ended(this.#outcome);
    this.#emit({ type: "ended", cellId: this.id, outcome: this.#outcome });
  }

  #handOutEnd(): void {
    if (this.#outcome === undefined) return;
    this.#output.letGo();
    this.#options.onForgotten("given");
    this.#takeObserver()?.resolve(this.#outcome);
    for (const { resolve } of this.#endAwaiters.splice(0)) resolve(this.#outcome);
  }

  #refuse({ code, message, cause }: BackendRefusal): void {
    this.#leaveClocks();
    this.#options.onForgotten("refused");
    this.#count.refused();
    this.#options.trace?.refused(code);
    const error = new CodeModeError(code, message, cause === undefined ? {} : { cause });
    this.#refusal = error;
    this.#takeObserver()?.reject(error);
    for (const { reject } of this.#endAwaiters.splice(0)) reject(error);
  }

  #leaveClocks(): void {
    this.#wallLimit.clear();
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
  }

  #usageNow(facts?: EndFacts): CellUsage {
    const now = this.#parkedAt ?? performance.now();
    return toCellUsage(this.#usage, {
      wallMs: facts?.wallMs ?? now - this.#startedAt - this.#parkedMs,
      toolCalls: facts?.toolCalls ?? this.#calls.count,
      outputBytes: facts?.outputBytes ?? this.#output.bytes,
    });
  }

  #emit(news: CellNews): void {
    const { onEvent, session } = this.#options;
    if (onEvent.length === 0) return;
    const event = { ...news, sessionId: session.id, at: Date.now() };
    for (const handler of onEvent) callHandler("onEvent", handler, event);
  }
}
