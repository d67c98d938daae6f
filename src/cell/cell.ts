import { assertNever } from "../base/assert-never.js";
import { Deadline } from "../base/deadline.js";
import { CodeModeError } from "../base/errors.js";
import { ToolCalls } from "../calls/tool-calls.js";
import { ToolLookups } from "../calls/tool-lookups.js";
import type { BackendCell, BackendEvent } from "../protocol/cell-backend.js";
import type { CellEvent } from "../protocol/events.js";
import type {
  CellLog,
  CellOutcome,
  CellUsage,
  EndedOutcome,
  OutputItem,
  TerminateReason,
} from "../protocol/outcome.js";
import { callEventHandlers, callNotificationHandlers } from "./call-handlers.js";
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
import { unseenLimitError, wallLimitError } from "./outcome-error.js";
import { toOutcome } from "./outcomes.js";

/** Milliseconds a cell has to react to a request to stop before its processor time is looked at. */
const graceMs = 250;

interface Observer {
  readonly by: Observation["by"];
  readonly yieldAfterMs: number;
  resolve(outcome: CellOutcome): void;
}

/**
 * The handle of one exec: brings what its host, its observers and its clocks say to the state
 * machine and does what that answers.
 */
export class Cell {
  readonly id: string;
  /** Resolves when the cell's thread has been joined, or cut off. */
  readonly released: Promise<void>;
  readonly #options: CellOptions;
  readonly #host: BackendCell;
  readonly #calls: ToolCalls;
  readonly #questions: ToolLookups;
  readonly #output: CellOutput;
  readonly #startedAt: number = performance.now();
  readonly #endAwaiters: ((outcome: EndedOutcome) => void)[] = [];
  readonly #wallLimit: Deadline;
  readonly #onAbort = (): void => this.stop("aborted");
  #release: () => void = () => {};
  #state: CellState = initialCellState;
  #observer: Observer | undefined;
  #yieldClock: Deadline | undefined;
  #grace: Deadline | undefined;
  #cpuMsAtStop = 0;
  /** The tools whose calls were open when the code ended. */
  #droppedCalls: readonly string[] = [];
  #hasBegun = false;
  /** Set when the end can be told. */
  #outcome: EndedOutcome | undefined;

  /** @throws {CodeModeError} ERR_THREAD_START where the system has no thread to give. */
  constructor(options: CellOptions) {
    this.id = options.id;
    this.#options = options;
    this.#calls = new ToolCalls({
      session: options.session,
      cellId: options.id,
      tools: options.tools,
      maxResultBytes: options.toolResultBytes,
      maxValues: options.jsonValues,
      inputs: options.toolInputs,
      onApproval: options.onApproval,
      send: (command) => this.#host.send(command),
      emit: options.onEvent.length === 0 ? undefined : (event) => this.#emit(event),
    });
    this.#questions = new ToolLookups({
      tools: options.tools,
      maxResultBytes: options.toolResultBytes,
      send: (command) => this.#host.send(command),
    });
    this.#output = new CellOutput({
      unseen: options.unseen,
      onPassed: (passed) => this.#apply({ type: "limitPassed", error: unseenLimitError(passed) }),
      onEndDropped: options.onHandedOut,
    });
    this.released = new Promise((resolve) => {
      this.#release = resolve;
    });
    this.#host = options.host.start(options.hostOptions, (event) => this.#onHostEvent(event));
    this.#wallLimit = new Deadline(options.wallMs, () => this.#passWallLimit());
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
    // Told when whoever has started the cell knows it, as it is where the isolate had to be made.
    if (this.#host.isRunning) queueMicrotask(() => this.#onHostEvent({ type: "started" }));
  }

  /**
   * Resolves with the first of the cell's end, `yield_control()` and the yield time.
   *
   * @throws {CodeModeError} ERR_CELL_BUSY while somebody else observes the cell.
   */
  async observe({ by, yieldAfterMs, signal }: Observation): Promise<CellOutcome> {
    if (this.#observer !== undefined) {
      throw new CodeModeError(
        "ERR_CELL_BUSY",
        `Cell ${this.id} is being observed by another exec or wait; observe it when that has resolved.`,
      );
    }
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const stopObserving = (): void => {
        this.#dropObserver();
        this.#apply({ type: "unobserved" });
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", stopObserving, { once: true });
      this.#observer = {
        by,
        yieldAfterMs,
        resolve: (outcome) => {
          signal?.removeEventListener("abort", stopObserving);
          resolve(outcome);
        },
      };
      this.#apply({ type: "observed", by });
    });
  }

  /** Asks the cell to stop and resolves with its end, which may be another if that came first. */
  terminate(reason: TerminateReason): Promise<EndedOutcome> {
    return new Promise((resolve) => {
      this.#endAwaiters.push(resolve);
      this.stop(reason);
      this.#apply({ type: "endAwaited" });
    });
  }

  /** Asks the cell to stop. Its end is kept for whoever observes it. */
  stop(reason: TerminateReason): void {
    this.#apply({ type: "terminateRequested", reason });
  }

  #onHostEvent(event: BackendEvent): void {
    switch (event.type) {
      case "started":
        this.#begin();
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
        this.#questions.take(event);
        break;
      case "yielded":
        this.#emit({ type: "yielded", cellId: this.id, reason: "requested" });
        this.#apply(event);
        break;
      case "stopping":
        this.#cpuMsAtStop = this.#host.cpuTimeMs();
        this.#apply(event);
        break;
      case "settled":
      case "disposed":
        this.#apply(event);
        break;
      default:
        assertNever(event);
    }
  }

  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#options.onBegun();
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
    const used = performance.now() - this.#startedAt;
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
        this.#cpuMsAtStop = this.#host.cpuTimeMs();
        this.#host.terminate();
        break;
      case "startGrace":
        this.#grace = new Deadline(graceMs, () => {
          const cpuMs = this.#host.cpuTimeMs() - this.#cpuMsAtStop;
          this.#apply({ type: "gracePassed", cpuMs });
        });
        break;
      case "abandonCell":
        this.#host.abandon();
        break;
      case "abortToolCalls":
        this.#dropCalls();
        this.#questions.dropAll();
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
        this.#grace?.clear();
        this.#begin();
        this.#release();
        break;
      default:
        assertNever(effect);
    }
  }

  #startYieldClock(): void {
    const observer = this.#observer;
    if (observer === undefined) return;
    const passYieldTime = (): void => {
      if (this.#observer === observer) this.#apply({ type: "yieldTimePassed" });
    };
    const passWithNews = (): void => {
      // What the cell has said by now belongs to the answer, also where it has computed ever since.
      this.#host.flush();
      setImmediate(passYieldTime);
    };
    if (observer.yieldAfterMs > 0)
      this.#yieldClock = new Deadline(observer.yieldAfterMs, passWithNews);
    else if (observer.by === "wait") passWithNews();
    // A cell that has just begun has said nothing.
    else passYieldTime();
  }

  #answerYielded({ reason, output, logs }: CellEffect & { type: "answerYielded" }): void {
    // What the cell asks for is told when it asks, observed or not.
    if (reason === "time") this.#emit({ type: "yielded", cellId: this.id, reason });
    const usage = this.#usage();
    this.#output.observed();
    this.#dropObserver()?.resolve({ status: "yielded", cellId: this.id, output, logs, usage });
  }

  #dropObserver(): Observer | undefined {
    const observer = this.#observer;
    this.#observer = undefined;
    this.#yieldClock?.clear();
    return observer;
  }

  #end(end: CellEnd): void {
    this.#wallLimit.clear();
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#outcome = toOutcome(this.id, end, this.#usage(), this.#droppedCalls);
    this.#emit({ type: "ended", cellId: this.id, outcome: this.#outcome });
  }

  #handOutEnd(): void {
    if (this.#outcome === undefined) return;
    this.#output.letGo();
    this.#options.onHandedOut();
    this.#dropObserver()?.resolve(this.#outcome);
    for (const resolve of this.#endAwaiters.splice(0)) resolve(this.#outcome);
  }

  #usage(): CellUsage {
    const usage = this.#state.settled?.usage ?? this.#host.usage();
    const wallMs = performance.now() - this.#startedAt;
    return {
      cpuMs: usage.cpuMs,
      wallMs,
      toolWaitShare: Math.min(1, usage.toolWaitMs / wallMs),
      heapBytes: usage.heapBytes,
      heapPeakBytes: usage.heapPeakBytes,
      arrayBufferPeakBytes: usage.arrayBufferPeakBytes,
      toolCalls: this.#calls.count,
      outputBytes: this.#output.bytes,
    };
  }

  #emit(event: CellEvent): void {
    callEventHandlers(this.#options.onEvent, event);
  }
}
