// One program of a round: runs it, does to it what the round says, and keeps what everybody was told.
import { isDeepStrictEqual } from "node:util";
import { charactersOf, endProblems, isEnd, outcomeProblems } from "./checks.mjs";

/**
 * Runs in a session that may hold others. Nothing here rejects; `problems` says what was wrong.
 */
export class ProgramRun {
  /** @type {readonly string[]} */
  problems = [];
  orphans = 0;
  /** The end, or why there was none. */
  end = "none";
  cellId = "not begun";
  #program;
  #host;
  #controller = new AbortController();
  #asked = new Set();
  /** Waits the round has ordered, during which others find the cell busy. */
  #waits = new Set();
  #yields = [];
  #ends = [];
  #events = [];
  #calls = [];
  #isClosed = false;
  #openCalls = 0;
  #maxCalls = 0;
  /** A flood of events would be a flood of stops. */
  #timesDone = new Map();

  /**
   * @param {import("./rounds.mjs").Program} program
   * @param {import("./round.mjs").RoundHost} host
   */
  constructor(program, host) {
    this.#program = program;
    this.#host = host;
  }

  /** Resolves when the program has ended and every timed stop has been done. */
  async run() {
    const { stops, delayMs } = this.#program;
    if (delayMs > 0) await passed(delayMs);
    const ended = this.#host.track("exec", this.#execute());
    for (const { at, does } of stops) {
      if (at.type === "time")
        this.#host.track(
          "a timer",
          passed(at.ms).then(() => this.#do(does)),
        );
    }
    await ended;
  }

  /** The session or runtime of the program is closed. */
  noteClosing() {
    this.#asked.add("closed");
  }

  /** What the program ran in has been closed, and its threads are gone. */
  noteClosed() {
    this.#isClosed = true;
  }

  takeEvent(event) {
    if (this.#isClosed) this.#complain(`the event ${event.type} came after close() had resolved`);
    const last = this.#events.at(-1);
    if (last?.type === "ended") this.#complain(`the event ${event.type} came after its end`);
    if (event.type === "started" && last !== undefined) this.#complain("it started late");
    this.#events.push(event);
    this.#stopAt("event", event.type);
  }

  beginCall(context) {
    if (this.#events.at(-1)?.type === "ended") this.#complain("a tool ran after its end");
    const call = { signal: context.signal, isDone: false };
    this.#calls.push(call);
    this.#openCalls += 1;
    this.#maxCalls = Math.max(this.#maxCalls, this.#openCalls);
    return call;
  }

  endCall(call) {
    call.isDone = true;
    this.#openCalls -= 1;
  }

  stopInTool() {
    this.#stopAt("tool");
  }

  /** What can only be judged when every promise has settled. */
  finish() {
    if (this.end === "refused") return;
    for (const problem of endProblems(this.#ends, this.#asked)) this.#complain(problem);
    for (const { signal, isDone } of this.#calls) {
      if (!isDone && !signal.aborted) this.#complain("a tool's signal is not aborted");
      if (signal.aborted && signal.reason?.code !== "ERR_CELL_ENDED") {
        this.#complain(`a tool's signal was aborted with ${signal.reason}`);
      }
    }
    // A cell that never left the queue has no events.
    if (this.#events.length > 0 || this.#ends[0]?.status !== "terminated") this.#checkEvents();
  }

  #checkEvents() {
    const [end] = this.#ends;
    const last = this.#events.at(-1);
    if (last?.type !== "ended" || !isDeepStrictEqual(last.outcome, end)) {
      this.#complain(`its last event is ${last?.type}`);
    }
    const items = this.#events.filter(({ type }) => type === "output").map(({ item }) => item);
    const shown = [...this.#yields, end].flatMap((outcome) => outcome?.output ?? []);
    if (!isDeepStrictEqual(items, shown)) {
      this.#complain(`${items.length} items were handed out and ${shown.length} observed`);
    }
    const told = (type) => this.#events.filter((event) => event.type === type).length;
    this.#compare("outputBytes", charactersOf(items));
    this.#compare("outputItems", items.length + told("log"));
    this.#compare("notifications", told("notify"));
    this.#compare("toolCalls", told("toolCallStarted"));
    this.#compare("toolCallsInFlight", this.#maxCalls);
  }

  #compare(name, seen) {
    const allowed = this.#program.limits[name];
    if (seen > allowed) this.#complain(`${seen} passed limits.${name}, ${allowed}`);
  }

  async #execute() {
    const { source, limits, yieldAfterMs } = this.#program;
    const { signal } = this.#controller;
    this.cellId = this.#host.nextCellId(this);
    try {
      const options = { limits, signal, yieldAfterMs: yieldAfterMs ?? Infinity };
      let outcome = this.#record(await this.#host.session.exec(source, options));
      while (outcome.status === "yielded") outcome = await this.#observe();
    } catch (error) {
      const { code, stack } = /** @type {any} */ (error);
      const isClosed = code === "ERR_SESSION_CLOSED" && this.#asked.has("closed");
      const isQueueFull = code === "ERR_QUEUE_FULL" && this.#host.mayQueueFill;
      if (!isClosed && !isQueueFull) this.#complain(`exec rejected: ${stack}`);
      this.end = "refused";
    }
  }

  /** Waits for more, after an earlier wait of the same round has resolved. */
  async #observe() {
    for (;;) {
      try {
        return this.#record(await this.#host.session.wait(this.cellId, { yieldAfterMs: 1000 }));
      } catch (error) {
        const { code } = /** @type {any} */ (error);
        if (code !== "ERR_CELL_BUSY" || this.#waits.size === 0) throw error;
        await Promise.allSettled(this.#waits);
      }
    }
  }

  #record(outcome) {
    if (outcome.cellId !== this.cellId) this.#complain(`its cell is ${outcome.cellId}`);
    if (outcome.status === "missing" || this.#ends.includes(outcome)) return outcome;
    for (const problem of outcomeProblems(outcome)) this.#complain(problem);
    if (!isEnd(outcome)) {
      this.#yields.push(outcome);
      return outcome;
    }
    if (this.#ends.length === 0) {
      this.end = outcome.error?.code ?? outcome.reason ?? outcome.status;
      if (outcome.orphaned) this.orphans += 1;
    }
    this.#ends.push(outcome);
    return outcome;
  }

  #stopAt(type, event) {
    for (const stop of this.#program.stops) {
      if (stop.at.type !== type || stop.at.event !== event) continue;
      const times = this.#timesDone.get(stop) ?? 0;
      this.#timesDone.set(stop, times + 1);
      if (times >= 3) continue;
      if (stop.at.ticks > 0) void after(stop.at.ticks).then(() => this.#do(stop.does));
      else this.#do(stop.does);
    }
  }

  #do(what) {
    const { session, track } = this.#host;
    switch (what) {
      case "terminateTwice":
        this.#do("terminate");
        this.#do("terminate");
        break;
      case "terminate":
        this.#asked.add("requested");
        track(
          "terminate",
          session.terminate(this.cellId).then((outcome) => this.#record(outcome)),
        );
        break;
      case "abort":
        this.#asked.add("aborted");
        this.#controller.abort(new Error("the round's own"));
        break;
      case "wait":
        this.#wait({ yieldAfterMs: 2 });
        break;
      case "abortWait": {
        const controller = new AbortController();
        this.#wait({ signal: controller.signal });
        setImmediate(() => controller.abort(controller));
        break;
      }
      case "closeSession":
        this.#host.closeSession();
        break;
      case "closeRuntime":
        this.#host.closeRuntime();
        break;
      default:
        throw new Error(`A round cannot ${what}.`);
    }
  }

  #wait(options) {
    const waiting = this.#host.session.wait(this.cellId, options).then(
      (outcome) => this.#record(outcome),
      (error) => {
        if (error?.code === "ERR_CELL_BUSY" || error?.signal === options.signal) return;
        this.#complain(`wait rejected: ${error?.stack}`);
      },
    );
    this.#waits.add(waiting);
    this.#host.track(
      "wait",
      waiting.finally(() => this.#waits.delete(waiting)),
    );
  }

  #complain(problem) {
    // A program that is wrong in one way is often wrong in it ten thousand times.
    if (this.problems.length < 5) this.problems = [...this.problems, `${this.cellId}: ${problem}`];
  }
}

async function after(ticks) {
  for (let i = 0; i < ticks; i++) await null;
}

function passed(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
