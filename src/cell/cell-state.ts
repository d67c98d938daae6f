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

/** The one place where it is decided whether a cell runs, yielded or ended, and how. Pure. */
export function nextCellState(state: CellState, event: CellStateEvent): CellTransition {
  const { state: next, effects } = react(state, event);
  return withEnd(next, effects);
}

function react(state: CellState, event: CellStateEvent): CellTransition {
  switch (event.type) {
    case "started": {
      const effects = state.observer === "exec" ? [{ type: "startYieldClock" } as const] : [];
      return { state: { ...state, phase: "running" }, effects };
    }
    case "refused":
      return {
        state: { ...state, thread: "refused", observer: "none", end: "handedOut" },
        effects: [{ type: "refuse", refusal: event.refusal }, { type: "release" }],
      };
    case "output":
      return unchanged({ ...state, output: withUnseen(state.output, event.item) });
    case "log":
      return unchanged({ ...state, logs: withUnseen(state.logs, event.log) });
    case "notificationGiven":
      return unchanged({ ...state, openNotifications: state.openNotifications + 1 });
    case "notificationTaken":
      return unchanged({
        ...state,
        openNotifications: state.openNotifications - 1,
        warnings: withWarnings(state.warnings, "notificationFailed", event.failures),
      });
    case "yielded":
      return answerYielded(state, "requested");
    case "yieldTimePassed":
      return answerYielded(state, "time");
    case "yieldAsked":
      return answerYielded(state, "host");
    case "stopping":
      return unchanged({ ...state, fault: event.error });
    case "settled":
      return settle(state, event.settled);
    case "disposed":
      return leaveThread(state, "disposed", []);
    case "unresponsive":
      return leaveThread(state, "abandoned", []);
    case "observed":
      return observe(state, event.by);
    case "unobserved":
      return unchanged({ ...state, observer: "none" });
    case "endAwaited":
      return unchanged({ ...state, isEndAwaited: true });
    case "terminateRequested":
      if (state.terminateReason !== undefined) return unchanged(state);
      return stop({ ...state, terminateReason: event.reason }, state);
    case "limitPassed":
      if (isStopping(state) || state.phase === "settled") return unchanged(state);
      return stop({ ...state, passed: event.error }, state);
  }
}

function unchanged(state: CellState): CellTransition {
  return { state, effects: [] };
}

function isStopping(state: CellState): boolean {
  return state.terminateReason !== undefined || state.passed !== undefined;
}

function answerYielded(state: CellState, reason: YieldReason): CellTransition {
  // An observer of a cell that is being stopped is told its end, which is near.
  if (state.observer === "none" || isStopping(state)) return unchanged(state);
  return {
    state: { ...state, observer: "none", output: undefined, logs: undefined },
    effects: [
      {
        type: "answerYielded",
        reason,
        output: listUnseen(state.output),
        logs: listUnseen(state.logs),
      },
    ],
  };
}

function observe(state: CellState, by: "exec" | "wait"): CellTransition {
  const effects =
    by === "wait" && state.end === "open" ? [{ type: "startYieldClock" } as const] : [];
  return { state: { ...state, observer: by }, effects };
}

function settle(state: CellState, settled: BackendSettled): CellTransition {
  const isMerged = settled.status !== "terminated" && state.passed === undefined;
  const reached: CellState = { ...state, phase: "settled", settled };
  const effects: CellEffect[] = [{ type: "abortToolCalls" }];
  if (isMerged) effects.push({ type: "mergeWrites", writes: settled.writes });
  return settled.isParked ? leaveThread(reached, "parked", effects) : { state: reached, effects };
}

/** `before` tells whether the backend must still be asked: not where the cell is settled or stopping. */
function stop(state: CellState, before: CellState): CellTransition {
  if (before.phase === "settled" || before.thread !== "alive" || isStopping(before)) {
    return unchanged(state);
  }
  return {
    state,
    effects: [{ type: "abortToolCalls" }, { type: "terminateCell" }],
  };
}

function leaveThread(
  state: CellState,
  thread: "disposed" | "parked" | "abandoned",
  effects: readonly CellEffect[],
): CellTransition {
  if (state.thread !== "alive") return unchanged(state);
  return {
    state: { ...state, thread },
    effects: [...effects, { type: "abortToolCalls" }, { type: "release" }],
  };
}

function withEnd(reached: CellState, reactions: readonly CellEffect[]): CellTransition {
  const verdict = reached.end === "open" ? judge(reached) : undefined;
  const isAwaited = reached.observer !== "none" || reached.isEndAwaited;
  if (verdict === undefined && !(reached.end === "ended" && isAwaited)) {
    return { state: reached, effects: reactions };
  }
  let state = reached;
  const effects = [...reactions];
  if (verdict !== undefined) {
    effects.push({ type: "end", end: toEnd(state, verdict) });
    state = { ...state, end: "ended", output: undefined, logs: undefined };
  }
  if (isAwaited) {
    effects.push({ type: "handOutEnd" });
    state = { ...state, end: "handedOut", observer: "none" };
  } else {
    effects.push({ type: "keepEnd" });
  }
  return { state, effects };
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
