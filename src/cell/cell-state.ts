import type { BackendError, BackendSettled } from "../protocol/cell-backend.js";
import type {
  CellError,
  CellLog,
  CellWarning,
  OutputItem,
  TerminateReason,
} from "../protocol/outcome.js";
import { listUnseen, type Unseen, withUnseen } from "./item-list.js";
import { lostError, toCellError } from "./outcome-error.js";

/**
 * Processor time a cell must have used since it was asked to stop before it counts as unstoppable.
 * One that has filled its heap may be busy collecting garbage first.
 */
const unstoppableCpuMs = { asked: 100, heapFull: 1_000 } as const;

/** Everything that decides how a cell can be observed. Immutable; `nextCellState` makes the next. */
export interface CellState {
  readonly phase: "starting" | "running" | "settled";
  readonly thread: "alive" | "disposed" | "parked" | "abandoned";
  /** Whose observation is open: `exec` waits for the start before its yield clock runs. */
  readonly observer: "none" | "exec" | "wait";
  /** Somebody called `terminate()` and waits for the end. */
  readonly isEndAwaited: boolean;
  /** Why the cell was first asked to stop; undefined while nobody has asked. */
  readonly terminateReason: TerminateReason | undefined;
  /** Set once the cell has passed a limit that is looked after outside of it. */
  readonly passed: CellError | undefined;
  /** Why the cell's host is stopping it by itself. */
  readonly fault: BackendError | undefined;
  readonly settled: BackendSettled | undefined;
  readonly output: Unseen<OutputItem>;
  readonly logs: Unseen<CellLog>;
  readonly warnings: readonly CellWarning[];
  /** Notifications the host has not finished taking. */
  readonly openNotifications: number;
  /** `open` until the end can be told, `ended` until somebody has observed it. */
  readonly end: "open" | "ended" | "handedOut";
}

/** What happens to a cell, from its host, its observers and its clocks. */
export type CellStateEvent =
  | { readonly type: "started" }
  | { readonly type: "output"; readonly item: OutputItem }
  | { readonly type: "log"; readonly log: CellLog }
  | { readonly type: "notificationGiven" }
  /** `failures`: what each failing handler threw. */
  | { readonly type: "notificationTaken"; readonly failures: readonly string[] }
  | { readonly type: "yielded" }
  | { readonly type: "stopping"; readonly error: BackendError }
  | { readonly type: "settled"; readonly settled: BackendSettled }
  | { readonly type: "disposed" }
  | { readonly type: "observed"; readonly by: "exec" | "wait" }
  | { readonly type: "unobserved" }
  | { readonly type: "yieldTimePassed" }
  | { readonly type: "endAwaited" }
  | { readonly type: "terminateRequested"; readonly reason: TerminateReason }
  | { readonly type: "limitPassed"; readonly error: CellError }
  /** `cpuMs`: processor time the cell has used since it was asked to stop. */
  | { readonly type: "gracePassed"; readonly cpuMs: number };

/** What the cell's handle must do, in this order. */
export type CellEffect =
  | { readonly type: "startYieldClock" }
  | { readonly type: "terminateCell" }
  | { readonly type: "startGrace" }
  | { readonly type: "abandonCell" }
  | { readonly type: "abortToolCalls" }
  | { readonly type: "mergeWrites"; readonly writes: readonly string[] }
  | {
      readonly type: "answerYielded";
      readonly reason: "requested" | "time";
      readonly output: readonly OutputItem[];
      readonly logs: readonly CellLog[];
    }
  /** The end can be told. It is decided once. */
  | { readonly type: "end"; readonly end: CellEnd }
  /** Nobody waits for the end that has come. */
  | { readonly type: "keepEnd" }
  /** Everyone who waits gets the end; the cell's id is unknown from here on. */
  | { readonly type: "handOutEnd" }
  /** The thread has been joined or cut off. */
  | { readonly type: "release" };

/** How a cell ended, with what nobody has seen. */
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

/** The state of a cell nobody observes and whose thread is being started. */
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
        warnings: [
          ...state.warnings,
          ...event.failures.map((text) => ({ type: "notificationFailed", text }) as const),
        ],
      });
    case "yielded":
      return answerYielded(state, "requested");
    case "yieldTimePassed":
      return answerYielded(state, "time");
    case "stopping":
      return {
        state: { ...state, fault: event.error },
        effects: isStopping(state) ? [] : [{ type: "startGrace" }],
      };
    case "settled":
      return settle(state, event.settled);
    case "disposed":
      return leaveThread(state, "disposed", []);
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
    case "gracePassed":
      return passGrace(state, event.cpuMs);
  }
}

function unchanged(state: CellState): CellTransition {
  return { state, effects: [] };
}

function isStopping(state: CellState): boolean {
  return state.terminateReason !== undefined || state.passed !== undefined;
}

function answerYielded(state: CellState, reason: "requested" | "time"): CellTransition {
  // Whoever observes a cell that is being stopped is told its end, which is near.
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

/** `before` tells whether the host must still be asked: a settled or stopping cell needs no asking. */
function stop(state: CellState, before: CellState): CellTransition {
  if (before.phase === "settled" || before.thread !== "alive" || isStopping(before)) {
    return unchanged(state);
  }
  return {
    state,
    effects: [{ type: "abortToolCalls" }, { type: "terminateCell" }, { type: "startGrace" }],
  };
}

function passGrace(state: CellState, cpuMs: number): CellTransition {
  if (state.thread !== "alive") return unchanged(state);
  // A settled cell is only being disposed of, and a starved one has had no chance to react.
  const isHeapFull = !isStopping(state) && state.fault?.code === "ERR_CELL_HEAP_LIMIT";
  const enoughMs = unstoppableCpuMs[isHeapFull ? "heapFull" : "asked"];
  if (state.phase === "settled" || cpuMs < enoughMs) {
    return { state, effects: [{ type: "startGrace" }] };
  }
  return leaveThread(state, "abandoned", [{ type: "abandonCell" }]);
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
  return [
    ...rejections.map((text) => ({ type: "unhandledRejection", text }) as const),
    ...warnings,
  ];
}

/** How the cell ended, or undefined while that cannot be told. */
function judge(state: CellState): CellVerdict | undefined {
  const { settled, thread, passed, terminateReason } = state;
  if (settled === undefined && thread === "alive") return undefined;
  // Who asks for the end gets it without waiting for handlers that may never return.
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
