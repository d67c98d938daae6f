import { builtin } from "../base/builtin.js";
import type { CellClock } from "../journal/cell-clock.js";
import { CellTimers } from "../journal/cell-timers.js";
import { thisEngine } from "../journal/engine.js";
import type { Divergence } from "../journal/next-replay.js";
import { isEndFromOutside } from "../journal/next-replay.js";
import {
  commandOf,
  commandRecord,
  emittedRecord,
  openedRecord,
  recordedLimits,
  startOptions,
} from "../journal/records.js";
import {
  type BackendCell,
  type BackendCellOptions,
  type BackendCommand,
  type BackendError,
  type BackendEvent,
  type BackendTool,
  type BackendUsage,
  type CellStarter,
  noUsage,
  type StopCause,
} from "../protocol/cell-backend.js";
import type { DurableCalls } from "../protocol/durable-calls.js";
import { lostCallMessage } from "../protocol/lost-call.js";
import { givenUpError, journalFullError, notWritten, storeError } from "./cell-errors.js";
import { CellTally } from "./cell-tally.js";
import { DurableCellCalls } from "./durable-cell-calls.js";
import type { DurableCellOptions } from "./durable-cell-options.js";
import type { DurableJournal } from "./durable-journal.js";
import { type Held, isAsked, isCall, isLast, isTold } from "./held.js";
import { HeldEvents } from "./held-events.js";
import { NoIsolate } from "./no-isolate.js";
import { Parking } from "./parking.js";
import { divergedError, type OpenCall, Resumption } from "./resumption.js";
import { storedEnd } from "./stored-end.js";

/**
 * `replaying`: it does what its journal says; `live`: it goes on from there; `ending`: it has to end, by an error
 * of ours; `suspended`: it is left to another host; `over`: it has ended. `parked`: it waits for decisions, and
 * has no isolate; `unparking`: it is going to have one.
 */
type Phase = "replaying" | "live" | "parked" | "unparking" | "ending" | "suspended" | "over";

/** Milliseconds of processor time that its isolate may have used: what took longer is dear to replay. */
const maxParkedCpuMs = 5000;

/**
 * One cell whose journal outlives its process: runs it in another backend, and holds back what must not be
 * seen before it is durable. An effect of a tool waits for `calls.begin`; what is told of the cell waits here.
 */
export class DurableCell implements CellStarter, BackendCell {
  readonly calls: DurableCalls;
  readonly #options: DurableCellOptions;
  readonly #journal: DurableJournal;
  readonly #clock: CellClock;
  readonly #timers: CellTimers;
  readonly #held: HeldEvents<Held>;
  readonly #parking: Parking;
  readonly #tally: CellTally;
  #onEvent: (event: BackendEvent) => void = () => {};
  #startOptions: BackendCellOptions | undefined;
  /** In whose journal it is while it replays. */
  #resumption: Resumption | undefined;
  /** What enters it while it is given an isolate again. */
  #entering: BackendCommand[] = [];
  #cell: BackendCell | undefined;
  #tools: readonly BackendTool[] = [];
  #phase: Phase;
  #stop: StopCause | undefined;
  /** Why it has to end, where that is ours to say. */
  #error: BackendError | undefined;
  #givenUp: BackendError | undefined;
  #notified: number;
  #onGivenUp: () => void = () => {};
  /** Those who are answered when the end has been told. */
  #late: (() => void)[] = [];

  constructor(options: DurableCellOptions) {
    const { journal, clock, resumption } = options;
    this.#options = options;
    this.#resumption = resumption;
    this.#tally = new CellTally(resumption?.kept);
    this.#parking = new Parking(options.parkAfterMs, () => void this.#park());
    this.calls = new DurableCellCalls(options, this.#parking);
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
      onFull: () => this.#fail(journalFullError()),
    });
  }

  start(options: BackendCellOptions, onEvent: (event: BackendEvent) => void): BackendCell {
    const { backend, resumption } = this.#options;
    this.#onEvent = onEvent;
    this.#startOptions = options;
    if (resumption === undefined) {
      const seed = builtin("node:crypto").randomBytes(32).toString("hex");
      const now = this.#clock.now();
      this.#tools = options.setup.tools;
      const { isPlanned, trace } = this.#options;
      this.#journal.push({ ...openedRecord(options, { seed, now }), ...(trace && { trace }) });
      if (isPlanned) this.#journal.push({ kind: "planned" });
      this.#start(backend, { ...options, deterministic: { seed, now } });
      return this;
    }
    if (this.#givenUp !== undefined) return this.#startNone(this.#givenUp);
    this.#tools = resumption.kept.opened.tools;
    this.#startAgain(resumption, options);
    return this;
  }

  send(command: BackendCommand): void {
    switch (this.#phase) {
      case "live": {
        const now = this.#clock.now();
        this.#journal.push(commandRecord(command, now));
        this.#enter({ ...command, now });
        break;
      }
      case "parked":
        // Its isolate is given it with what came before.
        this.#journal.push(commandRecord(command, this.#clock.now()));
        this.#noteEntered(command);
        void this.#unpark();
        break;
      case "unparking":
        this.#entering.push(command);
        break;
      case "replaying":
        // Of a call that is under way; another cell has none that its handle knows.
        if (this.#resumption?.isParked) this.#entering.push(command);
        break;
      default:
        break;
    }
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
    this.#parking.stop();
    const isParked = this.#phase === "parked" || this.#phase === "unparking";
    // Its end comes as that of any other.
    if (isParked) this.#phase = "live";
    if (this.#phase === "live" || this.#phase === "replaying") {
      if (why.reason === "closed") this.#suspend();
      else {
        this.#stop = why;
        this.#journal.push({ kind: "stopped", ...why });
      }
    }
    this.#cell?.terminate();
  }

  /** Does not run it: it has stopped its process each time. */
  giveUp(times: number): void {
    this.#givenUp = givenUpError(times);
  }

  #start(backend: CellStarter, options: BackendCellOptions): void {
    this.#parking.begin();
    const cell = backend.start(options, (event) => {
      // Of an isolate that was given up, nothing counts any more.
      if (this.#cell === undefined || this.#cell === cell) this.#take(event);
      else if (isLast(event)) this.#onGivenUp();
    });
    this.#cell = cell;
  }

  #startAgain(resumption: Resumption, { isolation, apart, setup }: BackendCellOptions): void {
    const { opened } = resumption.kept;
    this.#options.counters.replayed();
    this.#resumption = resumption;
    // An older codecell has not recorded a limit that it did not have.
    const limits = { ...setup.limits, ...recordedLimits(opened) };
    this.#cell = undefined;
    this.#start(this.#options.backend, { ...startOptions(opened, limits), isolation, apart });
    if (resumption.isOver) this.#goLive(resumption);
  }

  #enter(command: BackendCommand): void {
    this.#parking.sent();
    this.#noteEntered(command);
    this.#cell?.send(command);
  }

  #noteEntered(command: BackendCommand): void {
    if (command.type === "timerFired") this.#parking.timerGone(command.timer);
    else {
      this.#parking.settled(command.callId);
      this.#tally.settled(command.callId);
    }
  }

  /** It has waited for nothing but decisions: its isolate is given up, and made again when one comes. */
  async #park(): Promise<void> {
    const cell = this.#cell;
    const usage = await cell?.sample();
    if (cell === undefined || usage === undefined || !this.#mayPark(usage)) return;
    this.#journal.push({ kind: "parked" });
    // What is wrong with the journal ends the cell.
    await this.#journal.flushed().catch(() => {});
    if (!this.#mayPark(usage)) return;
    this.#phase = "parked";
    this.#tally.parked();
    const isGone = new Promise<void>((resolve) => {
      this.#onGivenUp = resolve;
    });
    this.#cell = new NoIsolate(usage, isGone, (event) => this.#take(event));
    cell.terminate();
    this.#options.onParked();
  }

  #mayPark({ cpuMs }: BackendUsage): boolean {
    const isQuiet = this.#held.hasOnly(() => false);
    return this.#phase === "live" && isQuiet && this.#parking.isDue && cpuMs <= maxParkedCpuMs;
  }

  /** Makes its isolate again, and brings it to where it was. */
  async #unpark(): Promise<void> {
    this.#phase = "unparking";
    const { journal, onUnparking, read } = this.#options;
    try {
      await Promise.all([journal.flushed(), onUnparking()]);
      this.#tally.unparked();
      const kept = await read();
      // It may have been ended meanwhile.
      if (this.#phase !== "unparking") return;
      if (kept.records > journal.length) throw new Error("Another host has taken the cell over.");
      this.#phase = "replaying";
      this.#startAgain(Resumption.ofParked(kept), this.#startOptions as BackendCellOptions);
    } catch (thrown) {
      // Of the journal's fault the cell knows.
      if (this.#phase === "unparking") this.#lose(thrown as Error);
    }
  }

  #take(event: BackendEvent): void {
    // Then its last event comes later: when its end is durable, or its journal is left.
    const isEnding = ["over", "ending", "suspended"].includes(this.#phase);
    if (isLast(event) && !(isEnding && event.type === "disposed")) this.#options.onOver();
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
      case "parked":
      case "unparking":
        break;
    }
  }

  #live(given: BackendEvent): void {
    const event = this.#tallied(given);
    // Of an end: what it leaves behind was too much for the journal.
    if (this.#error !== undefined) {
      this.#endWith(event);
      return;
    }
    if (event.type === "waiting") {
      this.#parking.waits(event.applied);
      return;
    }
    if (event.type === "refused") {
      this.#over();
      this.#journal.discard();
      this.#onEvent(event);
      return;
    }
    const record = emittedRecord(event, this.#tools);
    if (isCall(event)) this.#parking.opened(event.callId);
    if (record?.kind === "ended") {
      this.#over();
      this.#journal.push(record, storedEnd(record, this.#stop));
    } else if (record !== undefined) this.#journal.push(record);
    // The journal takes no more: the cell has to end.
    if (this.#error !== undefined) this.#endWith(event);
    else if (event.type === "timerSet") this.#setTimer(event.timer, event.due);
    else if (event.type === "timerCleared") {
      this.#timers.clear(event.timer);
      this.#parking.timerGone(event.timer);
    } else if (isCall(event) && this.#held.hasOnly(isAsked)) this.#onEvent(event);
    else this.#held.pass(event, isTold(event) ? this.#journal.length : 0);
  }

  /** Counts what it is told of, and notes what is told of an end, which is told more than once. */
  #tallied(event: BackendEvent): BackendEvent {
    this.#tally.take(event, event.type === "toolCall" ? this.#tools[event.tool]?.name : undefined);
    if (event.type !== "settled") return event;
    const { usage, error } = event.settled;
    const facts = this.#tally.facts();
    this.#journal.push({ kind: "ending", facts, usage, error, place: this.#tally.place });
    return { type: "settled", settled: { ...event.settled, facts } };
  }

  #startNone(error: BackendError): BackendCell {
    this.#cell = new NoIsolate(noUsage, Promise.resolve(), (event) => this.#take(event));
    setImmediate(() => {
      this.#take({ type: "started" });
      this.#fail(error);
    });
    return this;
  }

  /** In the part that the journal has. */
  #repeat(event: BackendEvent): void {
    const resumption = this.#resumption as Resumption;
    if (resumption.isParked && event.type === "started") return;
    if (resumption.isParked && event.type === "refused") {
      this.#cell = new NoIsolate(noUsage, Promise.resolve(), (last) => this.#take(last));
      const why = `the cell was parked, and could not be resumed: ${event.refusal.message}`;
      this.#fail(storeError(`${why} Wait for it again.`));
      return;
    }
    if (event.type === "waiting") {
      const divergence = resumption.waits(event.applied);
      if (divergence !== undefined) this.#diverge(resumption, divergence);
      return;
    }
    const got = emittedRecord(event, this.#tools);
    if (got === undefined || (got.kind === "ended" && isEndFromOutside(got))) {
      this.#live(event);
      return;
    }
    const { send, isNews, divergence } = resumption.take(event, got);
    if (divergence !== undefined) {
      this.#diverge(resumption, divergence);
      // It may be its end, after which nothing comes to end it with.
      if (got.kind === "ended") this.#endWith(event);
      return;
    }
    if (isNews) this.#held.pass(event, 0);
    for (const entry of send) this.#enter(commandOf(entry));
    if (resumption.isOver) this.#goLive(resumption);
  }

  /** Ends for good; observers have all that the journal has. */
  #diverge(resumption: Resumption, divergence: Divergence): void {
    for (const event of resumption.untold()) this.#held.pass(event, 0);
    this.#fail(divergedError(divergence, resumption.kept));
  }

  /** It has done all that its journal has: what is open there is taken up. */
  #goLive({ timers, openCalls, kept, isParked }: Resumption): void {
    this.#phase = "live";
    this.#journal.push({ kind: "resumed", epoch: this.#journal.epoch, engine: thisEngine() });
    // The journal takes no more.
    if (this.#error !== undefined) return;
    for (const [timer, due] of timers) this.#setTimer(timer, due);
    for (const { callId } of openCalls) this.#parking.opened(callId);
    // Those of a cell that was parked are under way.
    if (!isParked) for (const call of openCalls) this.#takeUp(call, kept.begun.has(call.callId));
    for (const command of this.#entering.splice(0)) this.send(command);
  }

  #setTimer(timer: number, due: number): void {
    this.#timers.set(timer, due);
    this.#parking.timerSet(timer);
  }

  #takeUp(call: OpenCall, hasBegun: boolean): void {
    const isLost = call.type === "toolCall" && hasBegun;
    const isFailed = isLost && this.#options.onLost(call.tool) === "fail";
    if (isLost) this.#options.counters.callLost(isFailed ? "failed" : "retried");
    if (isFailed) {
      const message = lostCallMessage(this.#tools[call.tool]?.name ?? "a tool");
      this.send({ type: "toolRejected", callId: call.callId, message });
      return;
    }
    this.#held.pass(call, 0);
  }

  #deliver(held: Held): void {
    if (held.type === "asked") {
      held.answer();
      return;
    }
    if (held.type === "disposed") this.#options.onOver();
    this.#onEvent(held);
    if (held.type !== "notify" || this.#phase !== "live") return;
    this.#notified += 1;
    this.#journal.push({ kind: "notified", count: this.#notified });
  }

  #over(): void {
    this.#phase = "over";
    this.#parking.stop();
    this.#timers.clearAll();
  }

  /** Ends the cell here, and lets it be open in the store. */
  #suspend(): void {
    this.#phase = "suspended";
    this.#parking.stop();
    this.#timers.clearAll();
    this.#dropHeld();
  }

  #lose(cause: Error): void {
    this.#fail(storeError(notWritten(cause)));
  }

  #fail(error: BackendError): void {
    if (this.#error !== undefined || this.#phase === "suspended") return;
    this.#error = error;
    if (error.code === "ERR_CELL_DIVERGED") this.#options.counters.diverged();
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
    let told = event;
    if (
      this.#error !== undefined &&
      this.#error.code !== "ERR_CELL_STORE" &&
      record?.kind === "ended"
    ) {
      told = this.#tallied(event);
      this.#journal.push(record, { status: "failed", at: Date.now(), writes: [] });
      this.#journal.flush();
    }
    this.#onEvent(told);
    for (const answer of this.#late.splice(0)) answer();
  }
}
