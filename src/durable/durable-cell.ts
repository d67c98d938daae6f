import { builtin } from "../base/builtin.js";
import type { CellClock } from "../journal/cell-clock.js";
import { CellTimers } from "../journal/cell-timers.js";
import { thisEngine } from "../journal/engine.js";
import type { EndedRecord } from "../journal/entry.js";
import { isEndFromOutside } from "../journal/next-replay.js";
import {
  commandOf,
  commandRecord,
  emittedRecord,
  openedRecord,
  recordedLimits,
  startOptions,
} from "../journal/records.js";
import type { Decision, KeptDecision } from "../protocol/approvals.js";
import type {
  BackendCell,
  BackendCellOptions,
  BackendCommand,
  BackendError,
  BackendEvent,
  BackendTool,
  BackendUsage,
  CellStarter,
  StopCause,
} from "../protocol/cell-backend.js";
import type { DurableCalls, KeptQuestion, Question } from "../protocol/durable-calls.js";
import type { DurableJournal } from "./durable-journal.js";
import { HeldEvents } from "./held-events.js";
import { type LostCallPolicy, lostCallMessage } from "./lost-call.js";
import type { OpenQuestions } from "./open-questions.js";
import { divergedError, type OpenCall, type Resumption } from "./resumption.js";
import type { StoredEnd } from "./store.js";

export interface DurableCellOptions {
  readonly cellId: string;
  /** Where it runs. */
  readonly backend: CellStarter;
  readonly journal: DurableJournal;
  readonly clock: CellClock;
  readonly questions: OpenQuestions;
  /** Undefined for a cell that is new. */
  readonly resumption: Resumption | undefined;
  /** What becomes of a call of a tool, by its index, that was lost. */
  readonly onLost: (tool: number) => LostCallPolicy;
  /** Its isolate is gone, and this host has it no more. */
  readonly onOver: () => void;
}

/** What waits for the disk: an event for the cell's handle, or who waits for the cell's news. */
type Held = BackendEvent | { readonly type: "asked"; readonly answer: () => void };

/**
 * `replaying`: it does what its journal says; `live`: it goes on from there; `ending`: it has to end, by an error
 * of ours; `suspended`: it is left to another host; `over`: it has ended.
 */
type Phase = "replaying" | "live" | "ending" | "suspended" | "over";

/**
 * One cell whose journal outlives its process: runs it in another backend, and holds back what must not be
 * seen before it is durable. An effect of a tool waits for `begin`; what is told of the cell waits here.
 */
export class DurableCell implements CellStarter, BackendCell, DurableCalls {
  readonly #options: DurableCellOptions;
  readonly #journal: DurableJournal;
  readonly #clock: CellClock;
  readonly #timers: CellTimers;
  readonly #held: HeldEvents<Held>;
  #onEvent: (event: BackendEvent) => void = () => {};
  #cell: BackendCell | undefined;
  #tools: readonly BackendTool[] = [];
  #phase: Phase;
  #stop: StopCause | undefined;
  /** Why it has to end, where that is ours to say. */
  #error: BackendError | undefined;
  #givenUp: BackendError | undefined;
  #notified: number;
  /** Those who are answered when the end has been told. */
  #late: (() => void)[] = [];

  constructor(options: DurableCellOptions) {
    const { journal, clock, resumption } = options;
    this.#options = options;
    this.#journal = journal;
    this.#clock = clock;
    this.#phase = resumption === undefined ? "live" : "replaying";
    this.#notified = resumption?.kept.notified ?? 0;
    this.#timers = new CellTimers(clock, (timer) =>
      this.send({ type: "timerFired", timer, now: clock.now() }),
    );
    this.#held = new HeldEvents(journal, (held) => this.#deliver(held));
    journal.follow({
      onDurable: () => this.#held.release(),
      onLost: (error) => this.#lose(error),
    });
  }

  start(options: BackendCellOptions, onEvent: (event: BackendEvent) => void): BackendCell {
    const { backend, resumption } = this.#options;
    this.#onEvent = onEvent;
    const take = (event: BackendEvent): void => this.#take(event);
    if (resumption === undefined) {
      const seed = builtin("node:crypto").randomBytes(32).toString("hex");
      const now = this.#clock.now();
      this.#tools = options.setup.tools;
      this.#journal.push(openedRecord(options, { seed, now }));
      this.#cell = backend.start({ ...options, deterministic: { seed, now } }, take);
      return this;
    }
    if (this.#givenUp !== undefined) return this.#startNone(this.#givenUp);
    const { opened } = resumption.kept;
    this.#tools = opened.tools;
    const { isolation, apart, setup } = options;
    // An older codecell has not recorded a limit that it did not have.
    const limits = { ...setup.limits, ...recordedLimits(opened) };
    this.#cell = backend.start({ ...startOptions(opened, limits), isolation, apart }, take);
    if (resumption.isOver) this.#goLive(resumption);
    return this;
  }

  send(command: BackendCommand): void {
    if (this.#phase !== "live") return;
    const now = this.#clock.now();
    this.#journal.push(commandRecord(command, now));
    this.#cell?.send({ ...command, now });
  }

  async sample(): Promise<BackendUsage> {
    const usage = await (this.#cell as BackendCell).sample();
    await new Promise<void>((answer) => {
      if (this.#phase === "ending" || this.#phase === "suspended") this.#late.push(answer);
      else this.#held.pass({ type: "asked", answer }, this.#journal.length);
    });
    return usage;
  }

  terminate(why: StopCause = {}): void {
    if (this.#phase === "live" || this.#phase === "replaying") {
      if (why.reason === "closed") this.#suspend();
      else {
        this.#stop = why;
        this.#journal.push({ kind: "stopped", ...why });
      }
    }
    this.#cell?.terminate();
  }

  idempotencyKey(callId: number): string {
    return `${this.#options.cellId}/${callId}`;
  }

  attempt(callId: number): number {
    return (this.#options.resumption?.kept.begun.get(callId) ?? 0) + 1;
  }

  begin(callId: number): Promise<void> {
    this.#journal.push({ kind: "began", call: callId });
    return this.#journal.flushed();
  }

  asked(callId: number): KeptQuestion | undefined {
    return this.#options.resumption?.kept.questions.get(callId);
  }

  async ask(call: number, question: Question): Promise<string> {
    const approval = builtin("node:crypto").randomUUID();
    this.#journal.push({ kind: "asked", call, approval, ...question });
    await this.#journal.flushed();
    return approval;
  }

  async decided(
    call: number,
    { approvalId, isRepeated }: { readonly approvalId: string; readonly isRepeated: boolean },
    answer: (signal: AbortSignal) => Promise<Decision | undefined>,
    signal: AbortSignal,
  ): Promise<KeptDecision> {
    const options = { isRepeated, answer, signal };
    const decision = await this.#options.questions.first(approvalId, options);
    const { at: decidedAt, ...decided } = decision;
    this.#journal.push({ kind: "decided", call, approval: approvalId, decidedAt, ...decided });
    return decision;
  }

  /** Does not run it: it has stopped its process each time. */
  giveUp(times: number): void {
    const message =
      `the cell was given up: ${times} times it was resumed, and each time its process ended before it had ` +
      "come to where it was";
    this.#givenUp = {
      code: "ERR_CELL_HOST_LOST",
      name: "Error",
      message,
      text: `Error: ${message}`,
    };
  }

  #take(event: BackendEvent): void {
    const isLeft = this.#phase === "ending" || this.#phase === "suspended";
    if (isLast(event) && !(isLeft && event.type === "disposed")) this.#options.onOver();
    switch (this.#phase) {
      case "replaying":
        this.#repeat(event);
        break;
      case "live":
        this.#live(event);
        break;
      case "ending":
      case "suspended":
        this.#endWith(event);
        break;
      case "over":
        this.#held.pass(event, 0);
        break;
    }
  }

  #live(event: BackendEvent): void {
    if (event.type === "waiting") return;
    if (event.type === "refused") {
      this.#over();
      this.#journal.discard();
      this.#onEvent(event);
      return;
    }
    const record = emittedRecord(event, this.#tools);
    if (record?.kind === "ended") {
      this.#over();
      this.#journal.push(record, this.#toEnd(record));
    } else if (record !== undefined) this.#journal.push(record);
    // The journal takes no more: the cell has to end.
    if (this.#error !== undefined) this.#endWith(event);
    else if (event.type === "timerSet") this.#timers.set(event.timer, event.due);
    else if (event.type === "timerCleared") this.#timers.clear(event.timer);
    else if (isCall(event) && this.#held.hasOnly(isAsked)) this.#onEvent(event);
    else this.#held.pass(event, isTold(event) ? this.#journal.length : 0);
  }

  #startNone(error: BackendError): BackendCell {
    this.#cell = { send() {}, terminate() {}, sample: async () => noUsage };
    setImmediate(() => {
      this.#take({ type: "started" });
      this.#fail(error);
      const ending = { status: "failed", isParked: false, writes: [] } as const;
      const settled = { ...ending, unhandledRejections: [], usage: noUsage };
      this.#take({ type: "settled", settled });
      this.#take({ type: "disposed", cpuMs: 0 });
    });
    return this;
  }

  /** In the part that the journal has. */
  #repeat(event: BackendEvent): void {
    const resumption = this.#options.resumption as Resumption;
    if (event.type === "waiting") {
      const divergence = resumption.waits(event.applied);
      if (divergence !== undefined) this.#fail(divergedError(divergence, resumption.kept));
      return;
    }
    const got = emittedRecord(event, this.#tools);
    if (got === undefined || (got.kind === "ended" && isEndFromOutside(got))) {
      this.#live(event);
      return;
    }
    const { send, isNews, divergence } = resumption.take(event, got);
    if (divergence !== undefined) {
      this.#fail(divergedError(divergence, resumption.kept));
      // It may be its end, after which nothing comes to end it with.
      if (got.kind === "ended") this.#endWith(event);
      return;
    }
    if (isNews) this.#held.pass(event, 0);
    for (const entry of send) this.#cell?.send(commandOf(entry));
    if (resumption.isOver) this.#goLive(resumption);
  }

  /** It has done all that its journal has: what is open there is taken up. */
  #goLive({ timers, openCalls, kept }: Resumption): void {
    this.#phase = "live";
    this.#journal.push({ kind: "resumed", epoch: this.#journal.epoch, engine: thisEngine() });
    for (const [timer, due] of timers) this.#timers.set(timer, due);
    for (const call of openCalls) this.#takeUp(call, kept.begun.has(call.callId));
  }

  #takeUp(call: OpenCall, hasBegun: boolean): void {
    if (call.type === "toolCall" && hasBegun && this.#options.onLost(call.tool) === "fail") {
      const message = lostCallMessage(this.#tools[call.tool]?.name ?? "a tool");
      this.send({ type: "toolRejected", callId: call.callId, message });
      return;
    }
    this.#held.pass(call, 0);
  }

  #toEnd({ status, writes }: EndedRecord): StoredEnd {
    const stop = this.#stop;
    const at = Date.now();
    if (stop?.error !== undefined) return { status: "failed", at, writes: [] };
    const isStopped = status === "terminated" || status === "unresponsive";
    return isStopped ? { status: "terminated", at, writes: [] } : { status, at, writes };
  }

  #deliver(held: Held): void {
    if (held.type === "asked") {
      held.answer();
      return;
    }
    this.#onEvent(held);
    if (held.type !== "notify" || this.#phase !== "live") return;
    this.#notified += 1;
    this.#journal.push({ kind: "notified", count: this.#notified });
  }

  #over(): void {
    this.#phase = "over";
    this.#timers.clearAll();
  }

  /** Ends the cell here, and lets it be open in the store. */
  #suspend(): void {
    this.#phase = "suspended";
    this.#timers.clearAll();
    this.#dropHeld();
  }

  #lose(cause: Error): void {
    const message =
      "the cell was ended because what it did could not be written to the store of durable cells, and without " +
      `that nothing of it may have an effect. ${cause.message}`;
    this.#fail({ code: "ERR_CELL_STORE", name: "Error", message, text: `Error: ${message}` });
  }

  #fail(error: BackendError): void {
    if (this.#error !== undefined || this.#phase === "suspended") return;
    this.#error = error;
    this.#over();
    const held = this.#dropHeld();
    this.#phase = "ending";
    this.#onEvent({ type: "stopping", error });
    this.#cell?.terminate();
    // The end has come already, and was not durable.
    for (const event of held) this.#endWith(event);
  }

  #dropHeld(): readonly BackendEvent[] {
    const events: BackendEvent[] = [];
    for (const held of this.#held.takeAll()) {
      if (held.type === "asked") this.#late.push(held.answer);
      else events.push(held);
    }
    return events;
  }

  /** Nothing of the cell counts any more but that it ends. */
  #endWith(event: BackendEvent): void {
    switch (event.type) {
      case "settled": {
        const { isParked, usage } = event.settled;
        const status = this.#error === undefined ? "terminated" : "failed";
        const ending = { isParked, usage, writes: [], unhandledRejections: [] };
        this.#last({ type: "settled", settled: { status, error: this.#error, ...ending } });
        break;
      }
      case "unresponsive":
        this.#last(event);
        break;
      case "disposed":
        void this.#journal.leave().then(() => {
          this.#options.onOver();
          this.#onEvent(event);
        });
        break;
      default:
        break;
    }
  }

  /** A cell that has diverged has ended for good; any other can be resumed. */
  #last(event: BackendEvent): void {
    const record = emittedRecord(event, this.#tools);
    if (
      this.#error !== undefined &&
      this.#error.code !== "ERR_CELL_STORE" &&
      record?.kind === "ended"
    ) {
      this.#journal.push(record, { status: "failed", at: Date.now(), writes: [] });
      this.#journal.flush();
    }
    this.#onEvent(event);
    for (const answer of this.#late.splice(0)) answer();
  }
}

/** Who asks for the cell's news is not told of calls. */
function isAsked({ type }: Held): boolean {
  return type === "asked";
}

function isCall({ type }: BackendEvent): boolean {
  return type === "toolCall" || type === "toolSearch" || type === "toolLookup";
}

const noUsage: BackendUsage = {
  cpuMs: 0,
  toolWaitMs: 0,
  heapBytes: 0,
  heapPeakBytes: 0,
  arrayBufferPeakBytes: 0,
};

function isLast(event: BackendEvent): boolean {
  if (event.type === "settled") return event.settled.isParked;
  return event.type === "disposed" || event.type === "unresponsive" || event.type === "refused";
}

/** What an observer or a handler may be told of; all else waits only for what came before it. */
function isTold({ type }: BackendEvent): boolean {
  return type === "notify" || type === "yielded" || type === "settled" || type === "unresponsive";
}
