import { assertNever } from "./assert-never.js";
import type { HostCell, HostEvent } from "./cell-host.js";
import type { CellOptions, Observation } from "./cell-options.js";
import { toOutcome } from "./cell-outcome.js";
import {
  type CellEffect,
  type CellEnd,
  type CellState,
  type CellStateEvent,
  initialCellState,
  nextCellState,
} from "./cell-state.js";
import { Deadline } from "./deadline.js";
import { CodeModeError } from "./errors.js";
import type { CellEvent } from "./events.js";
import { callEventHandlers, callNotificationHandlers } from "./handlers.js";
import type {
  CellLog,
  CellOutcome,
  CellUsage,
  EndedOutcome,
  OutputItem,
  TerminateReason,
} from "./outcome.js";
import { unseenLimitError, wallLimitError } from "./outcome-error.js";
import { outputBytes } from "./output-bytes.js";
import { ToolCalls } from "./tool-calls.js";
import { ToolQuestions } from "./tool-questions.js";
import type { KeptEnd } from "./unseen-output.js";

/** Milliseconds a cell has to react to a request to stop before its processor time is looked at. */
const graceMs = 250;
/** About what an item of output, and an end that is kept, take in memory besides their texts. */
const itemBytes = 128;
const endBytes = 4096;

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
  readonly #host: HostCell;
  readonly #calls: ToolCalls;
  readonly #questions: ToolQuestions;
  readonly #startedAt: number = performance.now();
  readonly #endAwaiters: ((outcome: EndedOutcome) => void)[] = [];
  readonly #keptEnd: KeptEnd = { drop: () => this.#dropEnd() };
  readonly #wallLimit: Deadline;
  readonly #onAbort = (): void => this.stop("aborted");
  #release: () => void = () => {};
  #state: CellState = initialCellState;
  #observer: Observer | undefined;
  #yieldClock: Deadline | undefined;
  #grace: Deadline | undefined;
  #cpuMsAtStop = 0;
  #outputBytes = 0;
  #unseenBytes = 0;
  #isOutputOver = false;
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
      inputs: options.toolInputs,
      send: (command) => this.#host.send(command),
      emit: options.onEvent.length === 0 ? undefined : (event) => this.#emit(event),
    });
    this.#questions = new ToolQuestions({
      tools: options.tools,
      maxResultBytes: options.toolResultBytes,
      send: (command) => this.#host.send(command),
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

  #onHostEvent(event: HostEvent): void {
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
    const bytes = outputBytes(item);
    if (!this.#countUnseen(bytes + itemBytes)) return;
    this.#outputBytes += bytes;
    this.#apply({ type: "output", item });
    this.#emit({ type: "output", cellId: this.id, item });
  }

  #takeLog(log: CellLog): void {
    if (!this.#countUnseen(log.text.length + itemBytes)) return;
    this.#apply({ type: "log", log });
    this.#emit({ type: "log", cellId: this.id, log });
  }

  /** False: what passes the limit is dropped with all that follows, and the cell is ended. */
  #countUnseen(bytes: number): boolean {
    if (this.#isOutputOver) return false;
    const passed = this.#options.unseen.add(bytes);
    if (passed === undefined) {
      this.#unseenBytes += bytes;
      return true;
    }
    this.#isOutputOver = true;
    this.#options.unseen.remove(bytes);
    this.#apply({ type: "limitPassed", error: unseenLimitError(passed) });
    return false;
  }

  /** Somebody has observed what there is, or nobody will. */
  #forgetUnseen(): void {
    this.#options.unseen.remove(this.#unseenBytes);
    this.#unseenBytes = 0;
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
      case "terminateHost":
        this.#cpuMsAtStop = this.#host.cpuTimeMs();
        this.#host.terminate();
        break;
      case "startGrace":
        this.#grace = new Deadline(graceMs, () => {
          const cpuMs = this.#host.cpuTimeMs() - this.#cpuMsAtStop;
          this.#apply({ type: "gracePassed", cpuMs });
        });
        break;
      case "abandonHost":
        this.#host.abandon();
        break;
      case "abortToolCalls":
        this.#calls.abortAll();
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
        this.#keepEnd();
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
    this.#forgetUnseen();
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
    this.#outcome = toOutcome(this.id, end, this.#usage());
    this.#emit({ type: "ended", cellId: this.id, outcome: this.#outcome });
  }

  #handOutEnd(): void {
    if (this.#outcome === undefined) return;
    this.#dropEnd();
    this.#dropObserver()?.resolve(this.#outcome);
    for (const resolve of this.#endAwaiters.splice(0)) resolve(this.#outcome);
  }

  #keepEnd(): void {
    const { text = "", stack = "" } = this.#outcome?.status === "failed" ? this.#outcome.error : {};
    // Before it is one of those that may have to go.
    this.#countUnseen(endBytes + text.length + stack.length);
    this.#options.unseen.keep(this.#keptEnd);
  }

  /** Nobody can ask for the end any more. */
  #dropEnd(): void {
    this.#options.unseen.release(this.#keptEnd);
    this.#forgetUnseen();
    this.#options.onHandedOut();
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
      outputBytes: this.#outputBytes,
    };
  }

  #emit(event: CellEvent): void {
    callEventHandlers(this.#options.onEvent, event);
  }
}
