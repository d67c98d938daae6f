import { describe, expect, test } from "vitest";
import {
  type CellEffect,
  type CellState,
  type CellStateEvent,
  initialCellState,
  nextCellState,
} from "../../src/cell/cell-state.js";
import { withUnseen } from "../../src/cell/item-list.js";
import { wallLimitError } from "../../src/cell/outcome-error.js";
import type { BackendSettled } from "../../src/protocol/cell-backend.js";

const settled = (
  status: BackendSettled["status"],
  more: Partial<BackendSettled> = {},
): CellStateEvent => ({
  type: "settled",
  settled: {
    status,
    isParked: false,
    writes: [],
    unhandledRejections: [],
    usage: { cpuMs: 1, toolWaitMs: 0, heapBytes: 1, heapPeakBytes: 1, arrayBufferPeakBytes: 0 },
    ...more,
  },
});

const text = (value: string): CellStateEvent => ({
  type: "output",
  item: { type: "text", text: value },
});

const started: CellStateEvent = { type: "started" };
const yielded: CellStateEvent = { type: "yielded" };
const yieldTimePassed: CellStateEvent = { type: "yieldTimePassed" };
const yieldAsked: CellStateEvent = { type: "yieldAsked" };
const byExec: CellStateEvent = { type: "observed", by: "exec" };
const byWait: CellStateEvent = { type: "observed", by: "wait" };
const disposed: CellStateEvent = { type: "disposed" };
const endAwaited: CellStateEvent = { type: "endAwaited" };
const notificationGiven: CellStateEvent = { type: "notificationGiven" };
const notificationTaken: CellStateEvent = { type: "notificationTaken", failures: [] };
const terminateRequested: CellStateEvent = { type: "terminateRequested", reason: "requested" };
const wallLimitPassed: CellStateEvent = {
  type: "limitPassed",
  error: wallLimitError({ allowed: 3, used: 4 }),
};
const stopping: CellStateEvent = {
  type: "stopping",
  error: { code: "ERR_CELL_HEAP_LIMIT", name: "RangeError", message: "full", text: "full" },
};
const unresponsive: CellStateEvent = { type: "unresponsive" };
const refused: CellStateEvent = {
  type: "refused",
  refusal: { code: "ERR_THREAD_START", message: "no thread" },
};

/** What the last event led to, after the ones before it. */
function follow(...events: readonly CellStateEvent[]): {
  state: CellState;
  effects: readonly CellEffect[];
} {
  let reached: { state: CellState; effects: readonly CellEffect[] } = {
    state: initialCellState,
    effects: [],
  };
  for (const event of events) reached = nextCellState(reached.state, event);
  return reached;
}

const effectTypes = (...events: readonly CellStateEvent[]): readonly string[] =>
  follow(...events).effects.map((effect) => effect.type);

const endOf = (...events: readonly CellStateEvent[]): CellEffect | undefined =>
  follow(...events).effects.find((effect) => effect.type === "end");

interface Row {
  readonly when: string;
  readonly events: readonly CellStateEvent[];
  readonly effects: readonly CellEffect["type"][];
}

const rows: readonly Row[] = [
  { when: "an exec's cell starts", events: [byExec, started], effects: ["startYieldClock"] },
  { when: "an exec is made", events: [byExec], effects: [] },
  {
    when: "an exec observes its cell late",
    events: [started, byExec],
    effects: ["startYieldClock"],
  },
  { when: "a wait is made", events: [started, byWait], effects: ["startYieldClock"] },
  { when: "a cell yields while it is not observed", events: [started, yielded], effects: [] },
  {
    when: "a cell yields while observed",
    events: [byExec, started, yielded],
    effects: ["answerYielded"],
  },
  {
    when: "the yield time passes",
    events: [byExec, started, yieldTimePassed],
    effects: ["answerYielded"],
  },
  {
    when: "the host asks an observed cell to yield",
    events: [byWait, yieldAsked],
    effects: ["answerYielded"],
  },
  {
    when: "the host asks a cell to yield that is not observed",
    events: [started, yieldAsked],
    effects: [],
  },
  {
    when: "an observed cell settles",
    events: [byExec, started, settled("completed")],
    effects: ["abortToolCalls", "mergeWrites", "end", "handOutEnd"],
  },
  {
    when: "a cell settles while it is not observed",
    events: [started, settled("failed")],
    effects: ["abortToolCalls", "mergeWrites", "end", "keepEnd"],
  },
  {
    when: "a wait is made for a cell that has ended",
    events: [started, settled("completed"), byWait],
    effects: ["handOutEnd"],
  },
  {
    when: "a cell settles before its notifications are taken",
    events: [byExec, started, notificationGiven, settled("completed")],
    effects: ["abortToolCalls", "mergeWrites"],
  },
  {
    when: "the last notification is taken after the cell has settled",
    events: [byExec, started, notificationGiven, settled("completed"), notificationTaken],
    effects: ["end", "handOutEnd"],
  },
  {
    when: "a settled cell with open notifications is asked to stop",
    events: [byExec, started, notificationGiven, settled("completed"), terminateRequested],
    effects: ["end", "handOutEnd"],
  },
  {
    when: "a running cell is asked to stop",
    events: [started, terminateRequested],
    effects: ["abortToolCalls", "terminateCell"],
  },
  {
    when: "a cell is asked to stop twice",
    events: [started, terminateRequested, terminateRequested],
    effects: [],
  },
  {
    when: "a terminated cell settles but its thread lives",
    events: [started, terminateRequested, endAwaited, settled("terminated")],
    effects: ["abortToolCalls"],
  },
  {
    when: "a terminated cell's thread is gone",
    events: [started, terminateRequested, endAwaited, settled("terminated"), disposed],
    effects: ["abortToolCalls", "release", "end", "handOutEnd"],
  },
  {
    when: "a cell that is being stopped yields",
    events: [byExec, started, terminateRequested, yielded],
    effects: [],
  },
  {
    when: "the yield time of a cell that is being stopped passes",
    events: [byExec, started, terminateRequested, yieldTimePassed],
    effects: [],
  },
  {
    when: "a cell that was asked to stop is unresponsive",
    events: [started, terminateRequested, unresponsive],
    effects: ["abortToolCalls", "release", "end", "keepEnd"],
  },
  {
    when: "the backend stops the cell by itself",
    events: [started, stopping],
    effects: [],
  },
  {
    when: "a cell with a full heap is unresponsive",
    events: [started, stopping, unresponsive],
    effects: ["abortToolCalls", "release", "end", "keepEnd"],
  },
  {
    when: "the backend starts no cell",
    events: [byExec, refused],
    effects: ["refuse", "release"],
  },
  {
    when: "the backend starts no cell that was already asked to stop",
    events: [byExec, terminateRequested, endAwaited, refused],
    effects: ["refuse", "release"],
  },
  {
    when: "the wall limit is passed",
    events: [started, wallLimitPassed],
    effects: ["abortToolCalls", "terminateCell"],
  },
  {
    when: "a cell that passed the wall limit settles",
    events: [started, wallLimitPassed, settled("terminated")],
    effects: ["abortToolCalls", "end", "keepEnd"],
  },
  {
    when: "the wall limit is passed after the cell has settled",
    events: [started, settled("completed"), wallLimitPassed],
    effects: [],
  },
  {
    when: "a cell starts that a wait observes",
    events: [byWait, started],
    effects: [],
  },
  {
    when: "a caller waits for the end of a running cell",
    events: [started, endAwaited],
    effects: [],
  },
  {
    when: "a cell that is past its wall limit is asked to stop",
    events: [started, wallLimitPassed, terminateRequested],
    effects: [],
  },
  {
    when: "a cell that is past its wall limit yields",
    events: [byExec, started, wallLimitPassed, yielded],
    effects: [],
  },
  {
    when: "a cell that was asked to stop passes its wall limit",
    events: [started, terminateRequested, wallLimitPassed],
    effects: [],
  },
  {
    when: "a cell that was cut off is asked to stop",
    events: [started, stopping, unresponsive, terminateRequested],
    effects: [],
  },
  {
    when: "a parked thread is said to be gone",
    events: [started, settled("failed", { isParked: true }), disposed],
    effects: [],
  },
  {
    when: "an observer leaves and the cell yields",
    events: [started, byWait, { type: "unobserved" }, yielded],
    effects: [],
  },
];

describe("effects", () => {
  test.each(rows)("when $when: $effects", ({ events, effects }) => {
    expect(effectTypes(...events)).toEqual(effects);
  });
});

describe("an event changes nothing but what it tells of:", () => {
  const item = { type: "text", text: "a" } as const;
  const line = { level: "info", text: "b", time: 0 } as const;
  const log: CellStateEvent = { type: "log", log: line };
  const unobserved: CellStateEvent = { type: "unobserved" };
  const handedOut = { end: "handedOut", observer: "none" } as const;
  const leftover = { output: undefined, logs: undefined } as const;

  test.each<readonly [string, readonly CellStateEvent[], CellStateEvent, Partial<CellState>]>([
    ["a start", [], started, { phase: "running" }],
    ["a refusal", [byExec], refused, { thread: "refused", ...handedOut }],
    ["an item", [started], { type: "output", item }, { output: withUnseen(undefined, item) }],
    ["a line", [started], log, { logs: withUnseen(undefined, line) }],
    ["a notification", [started], notificationGiven, { openNotifications: 1 }],
    [
      "one that is taken",
      [started, notificationGiven],
      notificationTaken,
      { openNotifications: 0 },
    ],
    ["a yield", [started, text("a"), log, byWait], yielded, { observer: "none", ...leftover }],
    ["a yield that is asked for", [started, stopping, byWait], yieldAsked, { observer: "none" }],
    ["a wait", [started], byWait, { observer: "wait" }],
    ["who leaves", [started, byWait], unobserved, { observer: "none" }],
    ["a caller of terminate", [started], endAwaited, { isEndAwaited: true }],
    ["a request to stop", [started], terminateRequested, { terminateReason: "requested" }],
    ["a limit after that", [started, terminateRequested], wallLimitPassed, {}],
    ["a limit after the end", [started, settled("completed")], wallLimitPassed, {}],
    [
      "its end",
      [started, text("a"), log, byWait],
      disposed,
      { thread: "disposed", ...handedOut, ...leftover },
    ],
  ])("%s", (_what, before, event, changes) => {
    const { state } = follow(...before);
    expect(nextCellState(state, event).state).toEqual({ ...state, ...changes });
  });
});

describe("output", () => {
  test("a yield hands over what is new, in order", () => {
    const { state, effects } = follow(byExec, started, text("a"), text("b"), yielded);
    expect(effects).toMatchObject([
      { reason: "requested", output: [{ text: "a" }, { text: "b" }] },
    ]);
    expect(state.output).toBeUndefined();
  });

  test("a wait gets only what came after the yield before it", () => {
    const events = [byExec, started, text("a"), yielded, text("b"), byWait, yieldTimePassed];
    expect(follow(...events).effects).toMatchObject([{ reason: "time", output: [{ text: "b" }] }]);
  });

  test("an end carries what has not been observed", () => {
    const events = [byExec, started, text("a"), yielded, text("b"), settled("completed")];
    expect(endOf(...events)).toMatchObject({ end: { output: [{ text: "b" }] } });
  });

  test("output that arrives while a cell past its wall limit is ended is kept", () => {
    const events = [started, text("a"), wallLimitPassed, text("b"), settled("terminated")];
    expect(endOf(...events)).toMatchObject({
      end: {
        verdict: {
          status: "failed",
          error: { code: "ERR_CELL_WALL_LIMIT", limit: { allowed: 3, used: 4 } },
        },
        output: [{ text: "a" }, { text: "b" }],
      },
    });
  });

  test("output that arrives while a cell is being terminated is kept", () => {
    const events = [started, terminateRequested, text("a"), settled("terminated"), disposed];
    expect(endOf(...events)).toMatchObject({
      end: { verdict: { status: "terminated" }, output: [{ text: "a" }] },
    });
  });
});

describe("ends", () => {
  test("a cell that says it was terminated, and that nobody has ended, was closed", () => {
    expect(endOf(started, settled("terminated"))).toBeUndefined();
    expect(endOf(started, settled("terminated"), disposed)).toMatchObject({
      end: { verdict: { status: "terminated", reason: "closed", isOrphaned: false } },
    });
  });

  test("a cell that settled before it was asked to stop keeps its own end", () => {
    const events = [started, terminateRequested, settled("completed")];
    expect(endOf(...events)).toMatchObject({ end: { verdict: { status: "completed" } } });
  });

  test("the first reason to stop is the one that is told", () => {
    const closed: CellStateEvent = { type: "terminateRequested", reason: "closed" };
    const events = [started, terminateRequested, closed, settled("terminated"), disposed];
    expect(endOf(...events)).toMatchObject({
      end: { verdict: { status: "terminated", reason: "requested" } },
    });
  });

  test("a limit that was passed first wins over a request to stop", () => {
    const events = [started, wallLimitPassed, terminateRequested, settled("terminated")];
    expect(endOf(...events)).toMatchObject({ end: { verdict: { status: "failed" } } });
  });

  test("a cell that cannot be stopped ends as an orphan", () => {
    expect(endOf(started, terminateRequested, unresponsive)).toMatchObject({
      end: { verdict: { status: "terminated", isOrphaned: true } },
    });
  });

  test("a cell whose thread is parked ends as an orphan and is released at once", () => {
    const parked = settled("failed", { isParked: true });
    expect(endOf(started, parked)).toMatchObject({
      end: { verdict: { status: "failed", isOrphaned: true } },
    });
    expect(effectTypes(started, parked)).toContain("release");
  });

  test("a cell that fills its heap and cannot be stopped fails with its limit, as an orphan", () => {
    expect(endOf(started, stopping, unresponsive)).toMatchObject({
      end: {
        verdict: { status: "failed", isOrphaned: true, error: { code: "ERR_CELL_HEAP_LIMIT" } },
      },
    });
  });

  test("a thread that ended without a result is an engine error", () => {
    expect(endOf(started, disposed)).toMatchObject({
      end: { verdict: { status: "failed", error: { code: "ERR_CELL_ENGINE" } } },
    });
  });

  test("an end is handed out once, to the first observer", () => {
    const { state } = follow(started, settled("completed"), byWait);
    expect(state.end).toBe("handedOut");
    expect(nextCellState(state, disposed).effects.map((effect) => effect.type)).toEqual([
      "abortToolCalls",
      "release",
    ]);
  });

  test("unhandled rejections and failed notifications are warnings", () => {
    const failed: CellStateEvent = { type: "notificationTaken", failures: ["broken"] };
    const end = settled("completed", { unhandledRejections: ["Error: x"] });
    expect(endOf(started, notificationGiven, failed, end)).toMatchObject({
      end: {
        warnings: [
          { type: "unhandledRejection", text: "Error: x" },
          { type: "notificationFailed", text: "broken" },
        ],
      },
    });
  });

  test("writes are merged after a failure and never after a limit or a termination", () => {
    const merges = (...events: readonly CellStateEvent[]): boolean =>
      effectTypes(...events).includes("mergeWrites");
    expect(merges(started, settled("failed"))).toBe(true);
    expect(merges(started, wallLimitPassed, settled("completed"))).toBe(false);
    expect(merges(started, terminateRequested, settled("terminated"))).toBe(false);
  });
});
