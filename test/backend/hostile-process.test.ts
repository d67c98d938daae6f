import { describe, expect, test, vi } from "vitest";
import { cellFrame } from "../../src/backend/wire/cell-frames.js";
import type { CellFrame } from "../../src/backend/wire/read-cell-frame.js";
import type { BackendSettled } from "../../src/protocol/cell-backend.js";
import { cellOptions, type TestCellOptions } from "../support/backend-cell.js";
import { type Attacked, attack } from "../support/hostile-peer.js";

// The peer here is a program that has been taken over: it says whatever it likes.

const usage = { cpuMs: 1, toolWaitMs: 0, heapBytes: 1, heapPeakBytes: 1, arrayBufferPeakBytes: 0 };
const hello: CellFrame = { type: "hello", version: 1, confinement: [] };
const started: CellFrame = { type: "started" };
const completed: BackendSettled = {
  status: "completed",
  isParked: false,
  error: undefined,
  writes: [],
  unhandledRejections: [],
  usage,
};
const call = { type: "toolCall", callId: 0, tool: 0, json: "{}" } as const;
const said = (text: string): CellFrame => ({ type: "output", item: { type: "text", text } });
const settled = (part: Partial<BackendSettled>): CellFrame => ({
  type: "settled",
  settled: { ...completed, ...part },
});

const tools = [{ name: "a", ownName: "a", namespace: "", description: "", isMcp: false }];
const limits = {
  outputBytes: 100,
  outputItems: 3,
  notifications: 2,
  toolCalls: 4,
  toolCallsInFlight: 2,
  toolInputBytes: 50,
  storedBytes: 40,
  storedKeys: 2,
  jsonDepth: 5,
  jsonValues: 5,
};
const notify: CellFrame = { type: "notify", text: "n" };
const log: CellFrame = { type: "log", log: { level: "log", text: "l", time: 1 } };
const image = (imageUrl: string): CellFrame => ({
  type: "output",
  item: { type: "image", imageUrl, detail: "high" },
});

const attacks: readonly [string, readonly (CellFrame | Buffer)[]][] = [
  ["bytes that are no frame", [Buffer.from("HTTP/1.1 200 OK\r\n\r\n")]],
  ["a frame of four gigabytes", [hello, started, Buffer.of(0xff, 0xff, 0xff, 0xff)]],
  ["an empty frame", [hello, started, Buffer.of(0, 0, 0, 0)]],
  ["an event before hello", [started]],
  ["hello twice", [hello, hello]],
  ["another version", [helloOf(2)]],
  ["output before the start", [hello, said("early")]],
  ["two starts", [hello, started, started]],
  ["too many items", [hello, started, said("1"), said("2"), said("3"), said("4")]],
  ["too much output", [hello, started, said("x".repeat(60)), said("x".repeat(60))]],
  ["too many notifications", [hello, started, notify, notify, notify]],
  ["a line of a console that there is not", [hello, started, log]],
  ["an image from somewhere else", [hello, started, image("https://example.com/a.png")]],
  ["a call of no tool", [hello, started, { ...call, tool: 1 }]],
  ["a call whose input is no JSON", [hello, started, { ...call, json: "{" }]],
  ["a call whose input is too long", [hello, started, { ...call, json: `"${"x".repeat(60)}"` }]],
  ["a call with too many values", [hello, started, { ...call, json: `[${"1,".repeat(20)}1]` }]],
  ["a call that is too deep", [hello, started, { ...call, json: "[".repeat(12) }]],
  ["two calls with one id", [hello, started, call, call]],
  [
    "too many calls at once",
    [hello, started, call, { ...call, callId: 1 }, { ...call, callId: 2 }],
  ],
  ["a failure without an error", [hello, started, settled({ status: "failed" })]],
  ["an end by termination that nobody asked for", [hello, settled({ status: "terminated" })]],
  ["a stored value that is no JSON", [hello, started, settled({ writes: ["k", "no"] })]],
  ["too many stored values", [hello, started, settled({ writes: new Array(6).fill("1") })]],
  ["stored values that are too long", [hello, started, settled({ writes: ["k".repeat(50), "1"] })]],
  ["disposed before the end", [hello, started, { type: "disposed", cpuMs: 1 }]],
];

describe("a process that has been taken over", () => {
  test.each(attacks)("is killed for %s, and its cell has failed", async (_what, frames) => {
    const { events, peer } = attacked(frames);
    expect(peer.isKilled).toBe(true);
    expect(events.at(-1)).toMatchObject({ type: expect.stringMatching(/disposed|refused/) });
    const end = events.find(({ type }) => type === "settled" || type === "refused");
    if (end?.type === "settled") {
      expect(end.settled).toMatchObject({
        status: "failed",
        writes: [],
        error: { code: "ERR_CELL_HOST_LOST" },
      });
    } else {
      expect(end).toMatchObject({ refusal: { code: "ERR_PROCESS_START" } });
    }
  });

  test("is heard until it says something that no cell says", () => {
    const { events } = attacked([hello, started, said("1"), Buffer.of(0, 0, 0, 0)]);
    expect(events.map(({ type }) => type)).toEqual(["started", "output", "settled", "disposed"]);
  });

  test("says nothing more once its cell has settled, and is killed", () => {
    const late = [settled({ status: "completed" }), said("late"), Buffer.from("rubbish")];
    const { events, peer } = attacked([hello, started, ...late]);
    expect(events.map(({ type }) => type)).toEqual(["started", "settled", "disposed"]);
    expect(peer.isKilled).toBe(true);
  });

  test("cannot put its thread to sleep for ever", () => {
    const { events } = attacked([hello, started, settled({ isParked: true })]);
    expect(events.find(({ type }) => type === "settled")).toMatchObject({
      settled: { isParked: false },
    });
    expect(events.at(-1)).toMatchObject({ type: "disposed" });
  });

  test("does not say what it has used, and is not waited for", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const { cell } = attacked([hello, started]);
      const sampled = cell.sample();
      vi.advanceTimersByTime(5_000);
      expect(await sampled).toMatchObject({ cpuMs: 0 });
    } finally {
      vi.useRealTimers();
    }
  });

  test("takes nothing, and is killed when too much waits for it", () => {
    const { cell, events, peer } = attacked([hello, started, call]);
    peer.unsentBytes = 2 ** 31;
    cell.send({ type: "toolResolved", callId: 0, result: "1", isJson: true, isAscii: true });
    expect(peer.isKilled).toBe(true);
    expect(events.find(({ type }) => type === "settled")).toMatchObject({
      settled: { error: { code: "ERR_CELL_HOST_LOST", message: expect.stringContaining("wait") } },
    });
  });
});

function attacked(frames: readonly (CellFrame | Buffer)[], given: TestCellOptions = {}): Attacked {
  const begun = attack(cellOptions("text(1)", { tools, limits, ...given }));
  const { peer } = begun;
  for (const frame of frames) peer.say(Buffer.isBuffer(frame) ? frame : cellFrame(frame));
  peer.tellsItsEnd = true;
  if (peer.isKilled) peer.tellEnd();
  return begun;
}

function helloOf(version: number): Buffer {
  const frame = cellFrame(hello);
  frame.writeUInt32LE(version, 5);
  return frame;
}
