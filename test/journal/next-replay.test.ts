import { describe, expect, test } from "vitest";
import type {
  CommandRecord,
  EmittedRecord,
  EndedRecord,
  JournalEntryOf,
} from "../../src/journal/entry.js";
import {
  initialReplay,
  isEndFromOutside,
  nextReplay,
  type RecordedCell,
} from "../../src/journal/next-replay.js";

type Records = readonly (EmittedRecord | CommandRecord)[];

const ended: EndedRecord = {
  ...{ kind: "ended", status: "completed", cpuMs: 1 },
  ...{ writes: ["k", "1"], unhandledRejections: ["a"] },
};
const error = { code: "ERR_CELL_SCRIPT", name: "Error", message: "m", text: "t" } as const;
const failed: EndedRecord = { ...ended, status: "failed", error };
const call = (call: number): EmittedRecord => ({ kind: "call", call, tool: "a", input: "{}" });
const timer = (timer: number): EmittedRecord => ({ kind: "timer", timer, due: 5 });
const settled = (call: number): CommandRecord => ({
  ...{ kind: "settled", call, now: 0 },
  ...{ ok: true, value: "1", isJson: true },
});
const fired = (timer: number): CommandRecord => ({ kind: "fired", timer, now: 5 });
const text = (text: string): EmittedRecord => ({ kind: "out", item: { type: "text", text } });

/** A journal of these, whose entries have the places 10, 11, … */
function recorded(...records: Records): RecordedCell {
  const ids = { sessionId: "s", cellId: "c", at: 0 };
  const entries = records.map((record, index) => ({ ...record, ...ids, seq: 10 + index }));
  const isCommand = ({ kind }: { kind: string }): boolean => kind === "settled" || kind === "fired";
  return {
    emitted: entries.filter((entry) => !isCommand(entry)) as JournalEntryOf<EmittedRecord>[],
    commands: entries.filter(isCommand) as JournalEntryOf<CommandRecord>[],
  };
}

describe("what a replayed cell does", () => {
  const log = { level: "log", text: "a", time: 1 } as const;
  const lookup = { kind: "lookup", call: 1, about: "search", text: "a", limit: 3 } as const;
  test.each<readonly [EmittedRecord, readonly EmittedRecord[]]>([
    [call(1), [call(2), { ...call(1), tool: "b" }, { ...call(1), input: "1" }] as EmittedRecord[]],
    [
      lookup,
      [
        { ...lookup, call: 2 },
        { ...lookup, about: "tool" },
        { ...lookup, text: "b" },
        { ...lookup, limit: 4 },
        { kind: "lookup", call: 1, about: "search", text: "a" },
      ],
    ],
    [timer(1), [timer(2), { kind: "timer", timer: 1, due: 6 }]],
    [{ kind: "cleared", timer: 1 }, [{ kind: "cleared", timer: 2 }]],
    [
      text("a"),
      [
        text("b"),
        { kind: "out", item: { type: "image", imageUrl: "a", detail: "auto" } },
        { kind: "notify", text: "a" },
      ],
    ],
    [
      { kind: "log", log },
      [
        { kind: "log", log: { ...log, level: "warn" } },
        { kind: "log", log: { ...log, text: "b" } },
        { kind: "log", log: { ...log, time: 2 } },
      ],
    ],
    [{ kind: "notify", text: "a" }, [{ kind: "notify", text: "b" }]],
    [{ kind: "yielded" }, [ended]],
    [
      ended,
      [
        { ...ended, status: "terminated" },
        { ...ended, writes: [] },
        { ...ended, unhandledRejections: [] },
        failed,
      ],
    ],
    [
      failed,
      [
        { ...failed, error: { ...error, code: "ERR_CELL_SYNTAX" as never } },
        { ...failed, error: { ...error, message: "other" } },
      ],
    ],
  ])("is compared with all that its journal says: %j", (record, others) => {
    const journal = recorded(record);
    const start = initialReplay(journal);
    expect(nextReplay(journal, start, structuredClone(record)).divergence).toBeUndefined();
    for (const got of others) {
      const { state, send, divergence } = nextReplay(journal, start, got);
      expect(state).toEqual({ ...start, phase: "diverged" });
      expect(send).toEqual([]);
      expect(divergence).toStrictEqual({ seq: 10, expected: record, got });
    }
  });

  test("is the same where an end took another time and has another trace, or an item another order", () => {
    for (const [record, got] of [
      [ended, { ...ended, cpuMs: 7 }],
      [failed, { ...failed, error: { ...error, name: "Other", text: "elsewhere" } }],
      [text("a"), { kind: "out", item: { text: "a", type: "text" } }],
    ] as const) {
      const journal = recorded(record);
      expect(nextReplay(journal, initialReplay(journal), got).divergence).toBeUndefined();
    }
  });
});

describe("a replayed cell", () => {
  test("is live at once where its journal has nothing, and when it has done all of it; over when it has ended", () => {
    expect(initialReplay(recorded()).phase).toBe("live");
    expect(initialReplay(recorded(settled(1))).phase).toBe("live");
    const journal = recorded(text("a"), text("b"));
    const first = nextReplay(journal, initialReplay(journal), text("a"));
    expect(first.state).toMatchObject({ phase: "replaying", emitted: 1 });
    const second = nextReplay(journal, first.state, text("b"));
    expect(second.state).toMatchObject({ phase: "live", emitted: 2 });
    // Then nothing is compared any more.
    expect(nextReplay(journal, second.state, text("c"))).toEqual({ state: second.state, send: [] });
    const whole = recorded(ended);
    expect(nextReplay(whole, initialReplay(whole), ended).state.phase).toBe("over");
  });

  test("is sent what its journal has as soon as the call or the timer is made, in that order", () => {
    const records = [
      ...[call(1), timer(1), call(2), timer(2)],
      ...[settled(2), fired(1), settled(1), fired(2), settled(3)],
    ];
    const journal = recorded(...records, call(3));
    let state = initialReplay(journal);
    const sent = [call(1), timer(1), call(2), timer(2), call(3)].map((got) => {
      const step = nextReplay(journal, state, got);
      state = step.state;
      return step.send.map((command) =>
        command.kind === "fired" ? `timer ${command.timer}` : `call ${command.call}`,
      );
    });
    expect(sent).toEqual([[], [], ["call 2", "timer 1", "call 1"], ["timer 2"], ["call 3"]]);
    expect(state).toEqual({ phase: "live", emitted: 5, sent: 5, lastCall: 3, lastTimer: 2 });
  });

  test("keeps the last call and the last timer, whatever comes after them", () => {
    const journal = recorded(call(2), timer(2), call(1), timer(1), text("a"), settled(2), fired(2));
    let state = initialReplay(journal);
    const counts = [call(2), timer(2), call(1), timer(1)].map((got) => {
      const step = nextReplay(journal, state, got);
      state = step.state;
      return step.send.length;
    });
    expect(counts).toEqual([1, 1, 0, 0]);
    expect(state).toMatchObject({ lastCall: 2, lastTimer: 2 });
  });
});

test.each<readonly [boolean, EndedRecord]>([
  [true, { ...ended, status: "terminated" }],
  [true, { ...ended, status: "unresponsive" }],
  [false, ended],
  [false, failed],
  ...(
    [
      "ERR_CELL_CPU_LIMIT",
      "ERR_CELL_WALL_LIMIT",
      "ERR_CELL_HEAP_LIMIT",
      "ERR_CELL_MEMORY_LIMIT",
      "ERR_CELL_ENGINE",
      "ERR_CELL_HOST_LOST",
    ] as const
  ).map((code): [boolean, EndedRecord] => [true, { ...failed, error: { ...error, code } }]),
  [false, { ...failed, error: { ...error, code: "ERR_CELL_OUTPUT_LIMIT" } }],
])("that an end came from outside is %s: %j", (expected, end) => {
  expect(isEndFromOutside(end)).toBe(expected);
});
