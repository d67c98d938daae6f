import type { BackendError, BackendRefusal, BackendSettled } from "../protocol/cell-backend.js";
import type {
  CellError,
  CellLog,
  CellWarning,
  OutputItem,
  TerminateReason,
  YieldReason,
} from "../protocol/outcome.js";
import { boundedWarnings } from "./bounded-texts.js";
import { listUnseen, type Unseen, withUnseen } from "./item-list.js";
import { lostError, toCellError } from "./outcome-error.js";

/** Everything that decides how a cell can be observed. Immutable; `nextCellState` makes the next. */
export interface CellState {
  readonly phase: "starting" | "running" | "settled";
  /** `refused`: the backend has started none. */
  readonly thread: "alive" | "disposed" | "parked" | "abandoned" | "refused";
  /** Whose observation is open: `exec` waits for the start before its yield clock runs. */
  readonly observer: "none" | "exec" | "wait";
  /** A caller of `terminate()` waits for the end. */
  readonly isEndAwaited: boolean;
  /** Why the cell was first asked to stop; undefined before that. */
  readonly terminateReason: TerminateReason | undefined;
  /** Set once the cell has passed a limit that the session watches, not the backend. */
  readonly passed: CellError | undefined;
  /** Why the backend is stopping the cell by itself. */
  readonly fault: BackendError | undefined;
  readonly settled: BackendSettled | undefined;
  readonly output: Unseen<OutputItem>;
  readonly logs: Unseen<CellLog>;
  readonly warnings: readonly CellWarning[];
  /** Notifications that the host's handlers have not finished taking. */
  readonly openNotifications: number;
  /** `open` until the end can be told, `ended` until it has been observed, `handedOut` from then on. */
  readonly end: "open" | "ended" | "handedOut";
}

/** What happens to a cell, from its backend, its observers and its clocks. */
export type CellStateEvent =
  | { readonly type: "started" }
  | { readonly type: "refused"; readonly refusal: BackendRefusal }
  | { readonly type: "output"; readonly item: OutputItem }
  | { readonly type: "log"; readonly log: CellLog }
  | { readonly type: "notificationGiven" }
  /** `failures`: what each failing handler threw. */
  | { readonly type: "notificationTaken"; readonly failures: readonly string[] }
  | { readonly type: "yielded" }
  | { readonly type: "stopping"; readonly error: BackendError }
  | { readonly type: "settled"; readonly settled: BackendSettled }
  | { readonly type: "disposed" }
  | { readonly type: "unresponsive" }
  | { readonly type: "observed"; readonly by: "exec" | "wait" }
  | { readonly type: "unobserved" }
  | { readonly type: "yieldTimePassed" }
  /** The host wants the observer to be answered at once. */
  | { readonly type: "yieldAsked" }
  | { readonly type: "endAwaited" }
  | { readonly type: "terminateRequested"; readonly reason: TerminateReason }
  | { readonly type: "limitPassed"; readonly error: CellError };

/** What the cell's handle must do, in this order. */
export type CellEffect =
  | { readonly type: "startYieldClock" }
  | { readonly type: "terminateCell" }
  /** No cell was started: every observer and caller of `terminate()` is told why. */
  | { readonly type: "refuse"; readonly refusal: BackendRefusal }
  | { readonly type: "abortToolCalls" }
  | { readonly type: "mergeWrites"; readonly writes: readonly string[] }
  | {
      readonly type: "answerYielded";
      readonly reason: YieldReason;
      readonly output: readonly OutputItem[];
      readonly logs: readonly CellLog[];
    }
  /** The end can be told. It is decided once. */
  | { readonly type: "end"; readonly end: CellEnd }
  /** The end has come and is not waited for. */
  | { readonly type: "keepEnd" }
  /** The observer and the callers of `terminate()` get the end; the cell's id is unknown from here on. */
  | { readonly type: "handOutEnd" }
  /** The thread has been joined or cut off. */
  | { readonly type: "release" };

/** How a cell ended, with what has not been observed. */
export interface CellEnd {
  readonly verdict: CellVerdict;
  readonly output: readonly OutputItem[];
  readonly logs: readonly CellLog[];
  readonly warnings: readonly CellWarning[];
}

type CellVerdict =
  | { readonly status: "completed" }
  | { readonly status: "failed"; readonly error: CellError; readonly isOrphaned: boolean }
  | {
      readonly status: "terminated";
      readonly reason: TerminateReason;
      readonly isOrphaned: boolean;
    };

/** A state and what follows from having reached it. */
export interface CellTransition {
  readonly state: CellState;
  readonly effects: readonly CellEffect[];
}

/** The state of a cell that is being started and is not observed. */
export const initialCellState: CellState = {
  phase: "starting",
  thread: "alive",
  observer: "none",
  isEndAwaited: false,
  terminateReason: undefined,
  passed: undefined,
  fault: undefined,
  settled: undefined,
  output: undefined,
  logs: undefined,
  warnings: [],
  openNotifications: 0,
  end: "open",
};

/** The state that `nextCellState` is making: its own copy, which it writes to. */
type Draft = { -readonly [Field in keyof CellState]: CellState[Field] };

/** The one place where it is decided whether a cell runs, yielded or ended, and how. Pure. */
export function nextCellState(state: CellState, event: CellStateEvent): CellTransition {
  const next = copyOf(state);
  const effects: CellEffect[] = [];
  react(next, event, effects);
  decideEnd(next, effects);
  return { state: next, effects };
}

/** Spelled out: to spread one object into another takes an engine microseconds. */
function copyOf(state: CellState): Draft {
  return {
    phase: state.phase,
    thread: state.thread,
    observer: state.observer,
    isEndAwaited: state.isEndAwaited,
    terminateReason: state.terminateReason,
    passed: state.passed,
    fault: state.fault,
    settled: state.settled,
    output: state.output,
    logs: state.logs,
    warnings: state.warnings,
    openNotifications: state.openNotifications,
    end: state.end,
  };
}

function react(next: Draft, event: CellStateEvent, effects: CellEffect[]): void {
  switch (event.type) {
    case "started":
      next.phase = "running";
      if (next.observer === "exec") effects.push({ type: "startYieldClock" });
      break;
    case "refused":
      next.thread = "refused";
      next.observer = "none";
      next.end = "handedOut";
      effects.push({ type: "refuse", refusal: event.refusal }, { type: "release" });
      break;
    case "output":
      next.output = withUnseen(next.output, event.item);
      break;
    case "log":
      next.logs = withUnseen(next.logs, event.log);
      break;
    case "notificationGiven":
      next.openNotifications += 1;
      break;
    case "notificationTaken":
      next.openNotifications -= 1;
      next.warnings = withWarnings(next.warnings, "notificationFailed", event.failures);
      break;
    case "yielded":
      answerYielded(next, "requested", effects);
      break;
    case "yieldTimePassed":
      answerYielded(next, "time", effects);
      break;
    case "yieldAsked":
      answerYielded(next, "host", effects);
      break;
    case "stopping":
      next.fault = event.error;
      break;
    case "settled":
      settle(next, event.settled, effects);
      break;
    case "disposed":
      leaveThread(next, "disposed", effects);
      break;
    case "unresponsive":
      leaveThread(next, "abandoned", effects);
      break;
    case "observed":
      next.observer = event.by;
      // An exec that has waited for its turn observes its cell right after it was started, not before.
      if ((event.by === "wait" || next.phase !== "starting") && next.end === "open") {
        effects.push({ type: "startYieldClock" });
      }
      break;
    case "unobserved":
      next.observer = "none";
      break;
    case "endAwaited":
      next.isEndAwaited = true;
      break;
    case "terminateRequested":
      if (next.terminateReason !== undefined) break;
      stop(next, effects);
      next.terminateReason = event.reason;
      break;
    case "limitPassed":
      if (isStopping(next) || next.phase === "settled") break;
      stop(next, effects);
      next.passed = event.error;
      break;
  }
}

function isStopping(state: CellState): boolean {
  return state.terminateReason !== undefined || state.passed !== undefined;
}

function answerYielded(next: Draft, reason: YieldReason, effects: CellEffect[]): void {
  // An observer of a cell that is being stopped is told its end, which is near.
  if (next.observer === "none" || isStopping(next)) return;
  const output = listUnseen(next.output);
  effects.push({ type: "answerYielded", reason, output, logs: listUnseen(next.logs) });
  next.observer = "none";
  next.output = undefined;
  next.logs = undefined;
}

function settle(next: Draft, settled: BackendSettled, effects: CellEffect[]): void {
  next.phase = "settled";
  next.settled = settled;
  effects.push({ type: "abortToolCalls" });
  const isMerged = settled.status !== "terminated" && next.passed === undefined;
  if (isMerged) effects.push({ type: "mergeWrites", writes: settled.writes });
  if (settled.isParked) leaveThread(next, "parked", effects);
}

/** Asks the backend to stop, unless the cell is settled or stopping already. Call it before the reason is set. */
function stop(state: CellState, effects: CellEffect[]): void {
  if (state.phase === "settled" || state.thread !== "alive" || isStopping(state)) return;
  effects.push({ type: "abortToolCalls" }, { type: "terminateCell" });
}

function leaveThread(
  next: Draft,
  thread: "disposed" | "parked" | "abandoned",
  effects: CellEffect[],
): void {
  if (next.thread !== "alive") return;
  next.thread = thread;
  effects.push({ type: "abortToolCalls" }, { type: "release" });
}

function decideEnd(next: Draft, effects: CellEffect[]): void {
  if (next.end === "open") {
    const verdict = judge(next);
    if (verdict === undefined) return;
    effects.push({ type: "end", end: toEnd(next, verdict) });
    next.end = "ended";
    next.output = undefined;
    next.logs = undefined;
    if (!isAwaited(next)) effects.push({ type: "keepEnd" });
  }
  if (next.end !== "ended" || !isAwaited(next)) return;
  effects.push({ type: "handOutEnd" });
  next.end = "handedOut";
  next.observer = "none";
}

function isAwaited(state: CellState): boolean {
  return state.observer !== "none" || state.isEndAwaited;
}

function toEnd(state: CellState, verdict: CellVerdict): CellEnd {
  return {
    verdict,
    output: listUnseen(state.output),
    logs: listUnseen(state.logs),
    warnings: withRejections(state.settled?.unhandledRejections ?? [], state.warnings),
  };
}

function withRejections(
  rejections: readonly string[],
  warnings: readonly CellWarning[],
): readonly CellWarning[] {
  if (rejections.length === 0) return warnings;
  return boundedWarnings([...withWarnings([], "unhandledRejection", rejections), ...warnings]);
}

function withWarnings(
  warnings: readonly CellWarning[],
  type: "notificationFailed" | "unhandledRejection",
  texts: readonly string[],
): readonly CellWarning[] {
  if (texts.length === 0) return warnings;
  return boundedWarnings([...warnings, ...texts.map((text) => ({ type, text }))]);
}

/** How the cell ended, or undefined while that cannot be told. */
function judge(state: CellState): CellVerdict | undefined {
  const { settled, thread, passed, terminateReason } = state;
  if (settled === undefined && thread === "alive") return undefined;
  // A caller who asks for the end gets it without waiting for handlers that may never return.
  if (state.openNotifications > 0 && terminateReason === undefined) return undefined;

  const isOrphaned = thread === "parked" || thread === "abandoned";
  if (passed !== undefined) return { status: "failed", error: passed, isOrphaned };
  if (settled?.status === "completed") return { status: "completed" };
  if (settled?.status === "failed") {
    const error = settled.error === undefined ? lostError() : toCellError(settled.error);
    return { status: "failed", error, isOrphaned };
  }
  if (settled !== undefined || terminateReason !== undefined) {
    if (thread === "alive") return undefined;
    return { status: "terminated", reason: terminateReason ?? "closed", isOrphaned };
  }
  const error = state.fault === undefined ? lostError() : toCellError(state.fault);
  return { status: "failed", error, isOrphaned };
}
