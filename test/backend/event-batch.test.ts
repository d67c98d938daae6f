import { expect, test } from "vitest";
import { readEventBatch } from "../../src/backend/addon/event-batch.js";
import { noUsage } from "../../src/protocol/cell-backend.js";

/** What is read of a flat batch. */
function read(...batch: unknown[]): unknown[] {
  const found: unknown[] = [];
  readEventBatch(batch as never, {
    onReady: () => found.push("ready"),
    onEvent: (event) => found.push(event),
    usage: () => noUsage,
  });
  return found;
}

const error = { code: "ERR_CELL_SCRIPT", name: "Error", message: "m", text: "t" };

const kinds: readonly (readonly [readonly unknown[], unknown])[] = [
  [[0], { type: "started" }],
  [[1, "a"], { type: "output", item: { type: "text", text: "a" } }],
  [
    [2, "data:,x", "low"],
    { type: "output", item: { type: "image", imageUrl: "data:,x", detail: "low" } },
  ],
  [[3, "data:,y"], { type: "output", item: { type: "audio", audioUrl: "data:,y" } }],
  [[4, "warn", "w", 7], { type: "log", log: { level: "warn", text: "w", time: 7 } }],
  [[5, "n"], { type: "notify", text: "n" }],
  [[6, 1, 2, "{}"], { type: "toolCall", callId: 1, tool: 2, json: "{}" }],
  [[7], { type: "yielded", usage: noUsage }],
  [
    [8, "completed", true, undefined, undefined, undefined, 1, 2, 3, 4, 5],
    {
      type: "settled",
      settled: {
        status: "completed",
        isParked: true,
        error: undefined,
        writes: [],
        unhandledRejections: [],
        usage: {
          cpuMs: 1,
          toolWaitMs: 2,
          heapBytes: 3,
          heapPeakBytes: 4,
          arrayBufferPeakBytes: 5,
        },
      },
    },
  ],
  [
    [8, "failed", false, error, ["k", "1"], ["r"], 0, 0, 0, 0, 0],
    {
      type: "settled",
      settled: {
        status: "failed",
        isParked: false,
        error,
        writes: ["k", "1"],
        unhandledRejections: ["r"],
        usage: noUsage,
      },
    },
  ],
  [[9, 12], { type: "disposed", cpuMs: 12 }],
  [[10, error], { type: "stopping", error }],
  [[11], "ready"],
  [[12, 1, "q", 5], { type: "toolSearch", callId: 1, query: "q", limit: 5 }],
  [[13, 1, "n"], { type: "toolLookup", callId: 1, name: "n" }],
  [[14, 3, 99], { type: "timerSet", timer: 3, due: 99 }],
  [[15, 3], { type: "timerCleared", timer: 3 }],
  [[16, 8], { type: "waiting", applied: 8 }],
];

test.each(kinds)("a batch with %j is one event", (batch, event) => {
  expect(read(...batch)).toEqual([event]);
});

test("the events of a batch come in its order, each with its own fields", () => {
  const forth = kinds.flatMap(([batch]) => batch);
  const back = [...kinds].reverse().flatMap(([batch]) => batch);
  const events = kinds.map(([, event]) => event);
  expect(read(...forth, ...back)).toEqual([...events, ...[...events].reverse()]);
  expect(read()).toEqual([]);
});

test("an event of a kind that is not named is an error, after those before it", () => {
  for (const kind of [17, -1, "0x"]) {
    expect(() => read(0, kind)).toThrow(
      new TypeError(`The addon sent an event of kind ${kind}, which binding.d.ts does not name.`),
    );
  }
});
