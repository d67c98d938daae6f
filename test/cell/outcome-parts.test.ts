import { describe, expect, test } from "vitest";
import { UnseenBytes } from "../../src/bounds/unseen-bytes.js";
import { boundedWarnings, cutText, maxErrorText } from "../../src/cell/bounded-texts.js";
import { callNotificationHandlers } from "../../src/cell/call-handlers.js";
import { CellObserver } from "../../src/cell/cell-observer.js";
import { CellOutput } from "../../src/cell/cell-output.js";
import type { CellEnd } from "../../src/cell/cell-state.js";
import { toCellUsage } from "../../src/cell/cell-usage.js";
import { droppedCallsWarning } from "../../src/cell/dropped-calls.js";
import { listUnseen, type Unseen, withUnseen } from "../../src/cell/item-list.js";
import { toCellError } from "../../src/cell/outcome-error.js";
import { toOutcome } from "../../src/cell/outcomes.js";
import type { BackendError, Passed } from "../../src/protocol/cell-backend.js";
import type { Notification } from "../../src/protocol/events.js";
import type { CellError, CellPlace, EndedOutcome, OutputItem } from "../../src/protocol/outcome.js";
import { Held } from "../support/cells.js";

describe("the text of an error", () => {
  test.each([
    ["abc", 3, "abc"],
    ["abcd", 3, "abc…"],
    ["ab😀", 3, "ab…"],
    ["", 0, ""],
  ])("%j of at most %i units is %j", (text, max, expected) => {
    expect(cutText(text, max)).toBe(expected);
  });

  test("of an outcome has 262 144 units at most, and says that it was cut", () => {
    const of = (text: string): string =>
      toCellError({ code: "ERR_CELL_SCRIPT", name: "Error", message: "", text }).text;
    expect(maxErrorText).toBe(262_144);
    expect(of("x".repeat(262_144))).toHaveLength(262_144);
    expect(of("x".repeat(262_145))).toBe(`${"x".repeat(262_144)}…`);
  });
});

describe("an error of a cell", () => {
  const least: BackendError = { code: "ERR_CELL_SCRIPT", name: "Error", message: "m", text: "t" };

  test.each<readonly [string, Partial<BackendError>, object]>([
    ["has nothing that was not told", {}, {}],
    ["has its stack", { stack: "at a" }, { stack: "at a" }],
    [
      "has its position",
      { line: 1, column: 2, sourceLine: "a" },
      { position: { line: 1, column: 2, sourceLine: "a" } },
    ],
    [
      "has a position without its line's text",
      { line: 1, column: 2 },
      { position: { line: 1, column: 2, sourceLine: "" } },
    ],
    ["has no position that has no column", { line: 1, sourceLine: "a" }, {}],
    ["has no position that has no line", { column: 1, sourceLine: "a" }, {}],
    [
      "has its cause",
      { cause: { ...least, stack: "at b" } },
      { cause: { ...least, stack: "at b" } },
    ],
    [
      "has the limit that was passed",
      { limit: "cpuMs", allowed: 0, used: 0 },
      { limit: { name: "cpuMs", allowed: 0, used: 0 } },
    ],
    ["has no limit without what is allowed", { limit: "cpuMs", used: 1 }, {}],
    ["has no limit without what was used", { limit: "cpuMs", allowed: 1 }, {}],
    ["has no limit without its name", { allowed: 1, used: 1 }, {}],
    ["has the signal that ended its process", { signal: "SIGKILL" }, { signal: "SIGKILL" }],
  ])("%s", (_what, told, expected) => {
    expect(toCellError({ ...least, ...told } as BackendError)).toStrictEqual({
      ...least,
      ...expected,
    });
  });
});

describe("the warnings of a cell", () => {
  const warning = (text: string) => ({ type: "notificationFailed", text }) as const;

  test("have 16 384 units each at most", () => {
    const long = "x".repeat(16_384);
    const kept = boundedWarnings([warning(long), warning(`${long}x`)]);
    expect(kept).toEqual([warning(long), warning(`${long}…`)]);
  });

  test("are the first of them, 262 144 units of text in all", () => {
    // Each counts for 16 384.
    const sixteen = Array.from({ length: 16 }, () => warning("x".repeat(16_284)));
    expect(boundedWarnings([...sixteen, warning("late")])).toEqual(sixteen);
    const [_first, ...fifteen] = sixteen;
    expect(boundedWarnings([...fifteen, warning("in time"), warning("late")])).toHaveLength(17);
  });
});

test.each([
  [["a"], "completed", "a tool call (a) was still open", 1],
  [["a", "a"], "completed", "2 tool calls (a) were still open", 2],
  [["b", "a", "b"], "failed", "3 tool calls (b, a) were still open", 3],
  [["a", "b", "c", "d", "e"], "failed", "5 tool calls (a, b, c, d, e) were still open", 5],
  [["a", "b", "c", "d", "e", "f"], "failed", "(a, b, c, d, e and 1 more tools) were", 6],
  [["a", "b", "c", "d", "e", "f", "g", "a"], "failed", "(a, b, c, d, e and 2 more tools)", 8],
] as const)(
  "of the dropped calls %j of a cell that has %s, its warning says %s",
  (tools, how, said, count) => {
    const warning = droppedCallsWarning(tools, how);
    expect(warning).toMatchObject({
      type: "toolCallsDropped",
      count,
      tools: [...new Set(tools)],
      text: expect.stringContaining(said),
    });
    expect(warning.text.includes("Await every call")).toBe(how === "completed");
  },
);

describe("the outcome of a cell", () => {
  const usage = toCellUsage(
    { cpuMs: 1, heapBytes: 2, heapPeakBytes: 3, arrayBufferPeakBytes: 4, toolWaitMs: 0 },
    { wallMs: 5, toolCalls: 6, outputBytes: 7 },
  );
  const error = { code: "ERR_CELL_SCRIPT", name: "E", message: "m", text: "t" } as const;
  const place = { host: "process", confinement: "none" } as unknown as CellPlace;
  const known = { type: "notificationFailed", text: "no" } as const;

  test.each<readonly [CellEnd["verdict"], object, boolean]>([
    [{ status: "completed" }, { status: "completed" }, true],
    [{ status: "failed", error, isOrphaned: false }, { status: "failed", error }, true],
    [
      { status: "failed", error, isOrphaned: true },
      { status: "failed", error, orphaned: true },
      true,
    ],
    [
      { status: "terminated", reason: "closed", isOrphaned: false },
      { status: "terminated", reason: "closed" },
      false,
    ],
    [
      { status: "terminated", reason: "requested", isOrphaned: true },
      { status: "terminated", reason: "requested", orphaned: true },
      false,
    ],
  ])("that ended as %j is %j, and warns of dropped calls: %s", (verdict, expected, warns) => {
    const end: CellEnd = { verdict, output: [], logs: [], warnings: [known] };
    const common = { cellId: "1", output: [], logs: [], usage, endedAt: 5 };
    for (const where of [undefined, place]) {
      expect(toOutcome("1", end, usage, [], where, 5)).toStrictEqual({
        ...common,
        ...where,
        ...expected,
        warnings: [known],
      });
      expect(toOutcome("1", end, usage, ["a"], where, 5).warnings).toEqual(
        warns ? [known, expect.objectContaining({ type: "toolCallsDropped" })] : [known],
      );
    }
  });
});

test("items that were not observed are listed in their order", () => {
  let unseen: Unseen<string>;
  expect(listUnseen(unseen)).toEqual([]);
  for (const item of "abc") unseen = withUnseen(unseen, item);
  expect(listUnseen(unseen)).toEqual(["a", "b", "c"]);
});

describe("the share of a cell's time in which it waited for tools", () => {
  test.each([
    [0, 0, 0],
    [5, 0, 0],
    [5, 10, 0.5],
    [10, 10, 1],
    [11, 10, 1],
  ])("of %i ms in %i is %d", (toolWaitMs, wallMs, share) => {
    const counted = { wallMs, toolCalls: 1, outputBytes: 2 };
    const backend = {
      cpuMs: 3,
      heapBytes: 4,
      heapPeakBytes: 5,
      arrayBufferPeakBytes: 6,
      toolWaitMs,
    };
    expect(toCellUsage(backend, counted)).toEqual({
      cpuMs: 3,
      wallMs,
      toolWaitShare: share,
      heapBytes: 4,
      heapPeakBytes: 5,
      arrayBufferPeakBytes: 6,
      toolCalls: 1,
      outputBytes: 2,
    });
  });
});

class Counted extends UnseenBytes {
  bytes = 0;

  override add(bytes: number): Passed | undefined {
    this.bytes += bytes;
    return super.add(bytes);
  }

  override remove(bytes: number): void {
    this.bytes -= bytes;
    super.remove(bytes);
  }
}

describe("what a cell hands out", () => {
  /** An item counts for 128 bytes besides its text, an end for 4096. */
  const item = 128;
  const end = 4096;

  function open(limit: number) {
    const happened: string[] = [];
    const unseen = new Counted(limit);
    const output = new CellOutput({
      unseen,
      onPassed: ({ allowed, used }) => happened.push(`passed ${allowed}: ${used}`),
      onEndDropped: () => happened.push("dropped"),
    });
    /** How much more there may be. */
    const room = (): number => limit - unseen.bytes;
    return { output, happened, room };
  }
  const text = (value: string): OutputItem => ({ type: "text", text: value });
  const ended = (more: object): EndedOutcome =>
    ({ status: "completed", cellId: "1", output: [], logs: [], warnings: [], ...more }) as never;

  test.each<readonly [string, OutputItem, number]>([
    ["a text", text("aé"), 3],
    ["an image", { type: "image", imageUrl: "data:,abc", detail: "high" }, 9],
    ["a sound", { type: "audio", audioUrl: "data:,ab" }, 8],
  ])("counts in UTF-8: %s", (_what, one, bytes) => {
    const { output, room } = open(1000);
    expect(output.admit(one)).toBe(true);
    expect(output.bytes).toBe(bytes);
    expect(room()).toBe(1000 - item - bytes);
    output.observed();
    output.observed();
    expect([output.bytes, room()]).toEqual([bytes, 1000]);
  });

  test("is admitted up to the limit; then nothing is any more, and it is told once", () => {
    const { output, happened, room } = open(2 * item + 5);
    expect(output.admit(text("abc"))).toBe(true);
    expect(output.admitLog({ level: "info", text: "de", time: 0 })).toBe(true);
    expect(room()).toBe(0);
    expect(happened).toEqual([]);
    const small = open(2 * item + 4);
    expect(small.output.admit(text("abc"))).toBe(true);
    expect(small.output.admitLog({ level: "info", text: "de", time: 0 })).toBe(false);
    expect(small.output.admit(text(""))).toBe(false);
    expect(small.happened).toEqual([`passed ${2 * item + 4}: ${2 * item + 5}`]);
    expect(small.output.bytes).toBe(3);
    small.output.observed();
    expect(small.room()).toBe(2 * item + 4);
  });

  const cause: CellError = { code: "ERR_CELL_SCRIPT", name: "E", message: "12", text: "345" };
  const error: CellError = { ...cause, stack: "6789", cause };
  test.each<readonly [string, EndedOutcome, number]>([
    ["that has completed", ended({}), 0],
    ["with warnings", ended({ warnings: [{ text: "abc" }, { text: "de" }] }), 5],
    ["with an error and its causes", ended({ status: "failed", error }), 14],
    ["that was terminated", ended({ status: "terminated", reason: "closed" }), 0],
  ])("counts at its end until that is given: one %s", (_what, outcome, texts) => {
    const { output, room, happened } = open(10_000);
    output.admit(text("abc"));
    output.keep(outcome);
    expect(room()).toBe(10_000 - item - 3 - end - texts);
    output.letGo();
    expect([room(), happened]).toEqual([10_000, []]);
  });

  test("makes room where its end is kept, once", () => {
    const unseen = new UnseenBytes(6000);
    const happened: string[] = [];
    const outputs = ["first", "second"].map((name) => {
      const output = new CellOutput({
        unseen,
        onPassed: () => happened.push(`${name} passed`),
        onEndDropped: () => happened.push(`${name} dropped`),
      });
      output.keep(ended({}));
      return output;
    });
    expect(happened).toEqual(["first dropped"]);
    outputs[1]?.letGo();
    expect(unseen.add(6000)).toBeUndefined();
    expect(happened).toEqual(["first dropped"]);
  });
});

describe("handlers of notifications", () => {
  const notification: Notification = { sessionId: "s", cellId: "1", text: "hi" };
  const failing = (message: string) => (): never => {
    throw new Error(message);
  };

  test("are all called at once, and what goes wrong is returned", async () => {
    const heard: string[] = [];
    const hear = ({ text }: Notification): void => void heard.push(text);
    expect(callNotificationHandlers([], notification)).toEqual([]);
    expect(callNotificationHandlers([failing("a"), hear], notification)).toEqual(["a"]);
    expect(heard).toEqual(["hi"]);
    const held = new Held();
    const rejecting = async (): Promise<void> => {
      await held.promise;
      throw new Error("b");
    };
    const late = callNotificationHandlers(
      [rejecting, failing("a"), hear, async () => {}],
      notification,
    );
    expect(late).toBeInstanceOf(Promise);
    expect(heard).toHaveLength(2);
    held.resolve();
    expect(await late).toEqual(["a", "b"]);
  });
});

describe("an observer of a cell", () => {
  function open(
    signals: { readonly signal?: AbortSignal; readonly yieldSignal?: AbortSignal } = {},
  ) {
    const told: unknown[] = [];
    const observer = new CellObserver(
      { by: "wait", yieldAfterMs: 5, ...signals },
      {
        resolve: (outcome) => told.push(outcome),
        reject: (reason) => told.push(reason),
        onAborted: () => told.push("aborted"),
        onYieldAsked: () => told.push("yield"),
      },
    );
    return { observer, told };
  }
  const outcome = { status: "missing", cellId: "1", reason: "given" } as never;

  test("is told when its signals are aborted, and of nothing after its answer", () => {
    const [stop, steer] = [new AbortController(), new AbortController()];
    const signals = { signal: stop.signal, yieldSignal: steer.signal };
    const { told } = open(signals);
    const answered = open(signals);
    answered.observer.resolve(outcome);
    steer.abort();
    stop.abort("enough");
    expect(told).toEqual(["yield", "aborted", "enough"]);
    expect(answered.told).toEqual([outcome]);
  });

  test("has a clock that stops with its answer", async () => {
    const { observer, told } = open();
    const rung = new Held();
    const rings: string[] = [];
    observer.startClock(() => rings.push("answered"));
    observer.reject("over");
    open().observer.startClock(rung.resolve);
    await rung.promise;
    expect([told, rings]).toEqual([["over"], []]);
  });
});
