import { describe, expect, test } from "vitest";
import { CellCheck } from "../../src/backend/process/cell-check.js";
import { BadFrame } from "../../src/backend/wire/frame-reader.js";
import {
  type BackendEvent,
  type BackendLimits,
  type BackendSettled,
  type BackendSetup,
  noUsage,
} from "../../src/protocol/cell-backend.js";
import { cellOptions } from "../support/backend-cell.js";

const tool = { name: "a", ownName: "a", namespace: "", description: "", isMcp: false };
const limits: Partial<BackendLimits> = {
  outputBytes: 100,
  outputItems: 3,
  notifications: 2,
  toolCalls: 4,
  toolCallsInFlight: 2,
  toolInputBytes: 20,
  storedBytes: 12,
  storedKeys: 2,
  timers: 2,
  jsonDepth: 2,
  jsonValues: 3,
};
const { setup } = cellOptions("1", { tools: [tool], limits, console: "logs" });

const started: BackendEvent = { type: "started" };
const text = (words: string): BackendEvent => ({
  type: "output",
  item: { type: "text", text: words },
});
const image = (imageUrl: string): BackendEvent => ({
  type: "output",
  item: { type: "image", imageUrl, detail: "auto" },
});
const audio = (audioUrl: string): BackendEvent => ({
  type: "output",
  item: { type: "audio", audioUrl },
});
const log = (words: string): BackendEvent => ({
  type: "log",
  log: { level: "log", text: words, time: 0 },
});
const notify = (words: string): BackendEvent => ({ type: "notify", text: words });
const call = (callId: number, json = "1", index = 0): BackendEvent => ({
  type: "toolCall",
  callId,
  tool: index,
  json,
});
const search = (callId: number, query = "q"): BackendEvent => ({
  type: "toolSearch",
  callId,
  query,
  limit: 1,
});
const lookup = (callId: number, name = "n"): BackendEvent => ({ type: "toolLookup", callId, name });
const timerSet = (timer: number): BackendEvent => ({ type: "timerSet", timer, due: 1 });
const timerCleared = (timer: number): BackendEvent => ({ type: "timerCleared", timer });
const error = { code: "ERR_CELL_SCRIPT", name: "Error", message: "", text: "" } as const;
const settled = (more: Partial<BackendSettled> = {}): BackendEvent => ({
  type: "settled",
  settled: {
    status: "completed",
    isParked: false,
    writes: [],
    unhandledRejections: [],
    usage: noUsage,
    ...more,
  },
});

/** What a cell has done, or why it is refused; its events; what was told of it. */
type Row = readonly [string, readonly BackendEvent[], Told?];

function rows(given: readonly Row[]): (readonly [string, readonly BackendEvent[], Told])[] {
  return given.map(([what, events, told = {}]) => [what, events, told]);
}

interface Told {
  readonly setup?: BackendSetup;
  readonly isDeterministic?: boolean;
  readonly isAskedToStop?: boolean;
}

function checkAll(events: readonly BackendEvent[], told: Told = {}): CellCheck {
  const check = new CellCheck(told.setup ?? setup, told.isDeterministic);
  for (const event of events) check.check(event, told.isAskedToStop === true);
  return check;
}

const yielded: BackendEvent = { type: "yielded", usage: noUsage };
const clock = { isDeterministic: true };
const remote = { setup: { ...setup, remoteImages: true } };

describe("what a cell with this setup may say", () => {
  test.each(
    rows([
      ["that it settles before it has started", [settled()]],
      ["that it yields", [started, yielded, yielded]],
      ["as many items as it may", [started, text("a"), log("b"), text("c")]],
      ["as much output as it may", [started, text("x".repeat(60)), notify("y".repeat(40))]],
      ["data: URLs", [started, image("data:,x"), audio("DATA:,y")]],
      [
        "addresses of images where it may",
        [started, image("https://h"), image("HTTP://h")],
        remote,
      ],
      ["as many notifications as it may", [started, notify(""), notify("")]],
      ["as many open calls as it may", [started, call(0), search(1)]],
      ["an input as long as it may be", [started, call(0, `"${"x".repeat(18)}"`)]],
      [
        "a query as long as it may be",
        [started, search(0, "x".repeat(20)), lookup(1, "x".repeat(20))],
      ],
      ["timers, if it is deterministic", [started, timerSet(1), timerSet(2), timerSet(1)], clock],
      [
        "that timers are cleared",
        [started, timerSet(1), timerSet(2), timerCleared(1), timerSet(3)],
        clock,
      ],
      ["that it waits, if it is deterministic", [started, { type: "waiting", applied: 1 }], clock],
      ["that it failed", [started, settled({ status: "failed", error })]],
      [
        "that it was terminated as it was asked",
        [settled({ status: "terminated" })],
        { isAskedToStop: true },
      ],
      ["that it completed though it was to stop", [settled()], { isAskedToStop: true }],
      ["as many stored values as it may", [settled({ writes: ["a", "1", "b", "2"] })]],
      ["stored values as long as they may be", [settled({ writes: ["a", `"${"x".repeat(9)}"`] })]],
      ["values twice as deep as it may convert", [settled({ writes: ["a", "[[[[]]]]"] })]],
      ["twice as many values as it may convert", [started, call(0, "[1,1,1,1,1]")]],
    ]),
  )("%s", (_what, events, told) => {
    expect(() => checkAll(events, told)).not.toThrow();
  });

  test.each(
    rows([
      ["a cell starts once", [started, started]],
      ["output comes before the start", [text("a")]],
      ["yielded comes before the start", [yielded]],
      ["too many items", [started, text("a"), text("b"), log("c"), text("d")]],
      ["too much output", [started, text("x".repeat(60)), text("y".repeat(41))]],
      ["too much output", [started, log("x".repeat(60)), notify("y".repeat(41))]],
      ["too much output", [started, image(`data:,${"x".repeat(100)}`)]],
      ["an item has another URL than it may have", [started, image("https://h")]],
      ["an item has another URL than it may have", [started, image("file:///a")], remote],
      ["an item has another URL than it may have", [started, image("xhttps://a")], remote],
      ["an item has another URL than it may have", [started, image("x data:,")]],
      ["an item has another URL than it may have", [started, audio("https://h")], remote],
      ["there is no console", [started, log("a")], { setup: { ...setup, console: "off" } }],
      ["too many notifications", [started, notify(""), notify(""), notify("")]],
      ["two open calls have one id", [started, call(1), lookup(1)]],
      ["too many calls at once", [started, call(0), call(1), search(2)]],
      ["the input of a call is too long", [started, call(0, `"${"x".repeat(19)}"`)]],
      ["the input of a call is too long", [started, search(0, "x".repeat(21))]],
      ["the input of a call is too long", [started, lookup(0, "x".repeat(21))]],
      ["there is no such tool", [started, call(0, "1", 1)]],
      ["a value is no JSON", [started, call(0, "{")]],
      ["a value has too many values inside", [started, call(0, "[1,1,1,1,1,1,1]")]],
      ["a value is nested too deep", [started, call(0, "[[[[[]]]]]")]],
      ["its timers are its own", [started, timerSet(1)]],
      ["too many timers", [started, timerSet(1), timerSet(2), timerSet(3)], clock],
      ["it tells when it waits", [started, { type: "waiting", applied: 1 }]],
      ["an error belongs to a failure", [settled({ status: "failed" })]],
      ["an error belongs to a failure", [settled({ error })]],
      ["the cell was not asked to stop", [settled({ status: "terminated" })]],
      ["too many stored values", [settled({ writes: ["a", "1", "b", "2", "c", "3"] })]],
      ["the stored values are too long", [settled({ writes: ["a", `"${"x".repeat(10)}"`] })]],
      ["the stored values are too long", [settled({ writes: ["a", '"12345"', "bcd", "12"] })]],
      ["a value is no JSON", [settled({ writes: ["a", "1", "b", "x"] })]],
      ["a value is no JSON", [settled({ writes: ["a"] })]],
    ]),
  )("is not: %s", (fault, events, told) => {
    const last = events.at(-1);
    const check = checkAll(events.slice(0, -1), told);
    const refused = (): void => check.check(last as BackendEvent, told.isAskedToStop === true);
    expect(refused).toThrow(new BadFrame(fault));
  });
});

test("a call that is answered is open no more, and counts all the same", () => {
  const check = checkAll([started, call(0), call(1)]);
  check.answered(0);
  check.check(call(0), false);
  check.answered(1);
  check.check(search(5), false);
  check.answered(5);
  expect(() => check.check(lookup(6), false)).toThrow("too many calls");
});

test("a timer that has fired is set no more", () => {
  const check = checkAll([started, timerSet(1), timerSet(2)], clock);
  check.fired(1);
  expect(() => check.check(timerSet(3), false)).not.toThrow();
  expect(() => check.check(timerSet(4), false)).toThrow("too many timers");
});

test.each<readonly [Partial<BackendLimits>, number]>([
  [{ outputBytes: 1000, toolInputBytes: 10, storedBytes: 0, storedKeys: 0 }, 1000],
  [{ outputBytes: 10, toolInputBytes: 1000, storedBytes: 0, storedKeys: 0 }, 1000],
  [{ outputBytes: 10, toolInputBytes: 10, storedBytes: 600, storedKeys: 50 }, 1000],
])(
  "the longest frame may have what the largest limit of %j holds, and some more",
  (given, bytes) => {
    const { setup } = cellOptions("1", { limits: given });
    expect(new CellCheck(setup).maxFrameBytes).toBe(bytes + 32 * 1024 * 1024);
  },
);

test("no frame is longer than its length can say", () => {
  const { setup } = cellOptions("1", { limits: { outputBytes: 2 ** 40 } });
  expect(new CellCheck(setup).maxFrameBytes).toBe(2 ** 32 - 1);
});
