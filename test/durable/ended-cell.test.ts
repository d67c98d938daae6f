import { describe, expect, test } from "vitest";
import { CellTally } from "../../src/durable/cell-tally.js";
import { EndedCell } from "../../src/durable/ended-cell.js";
import type { KeptCell } from "../../src/durable/kept-cell.js";
import { storedEnd } from "../../src/durable/stored-end.js";
import type {
  CommandRecord,
  EmittedRecord,
  EndedRecord,
  JournalEntryOf,
} from "../../src/journal/entry.js";
import type { BackendEvent, BackendSettled } from "../../src/protocol/cell-backend.js";
import { openedEntry } from "../support/opened-entry.js";
import { usageOf } from "../support/scripted-cells.js";

const ids = { sessionId: "s", cellId: "c", at: 0 };
const ended: EndedRecord = {
  ...{ kind: "ended", status: "completed", cpuMs: 5 },
  ...{ writes: ["k", "1"], unhandledRejections: ["lost"] },
};
const error = { code: "ERR_CELL_SCRIPT", name: "Error", message: "m", text: "t" } as const;
const out = (text: string): EmittedRecord => ({ kind: "out", item: { type: "text", text } });
const log = (text: string): EmittedRecord => ({
  kind: "log",
  log: { level: "log", text, time: 0 },
});

function kept(
  records: readonly (EmittedRecord | CommandRecord)[],
  other: Partial<KeptCell> = {},
): KeptCell {
  const entries = records.map((record, index) => ({ ...record, ...ids, seq: index + 1 }));
  const isCommand = ({ kind }: { kind: string }): boolean => kind === "settled" || kind === "fired";
  return {
    ...{ sessionId: "s", opened: openedEntry(ids), begun: new Map(), questions: new Map() },
    ...{ reverts: new Map(), isPlanned: false, notified: 0, epoch: 1, written: 0, records: 1 },
    ...{ told: { output: 0, logs: 0 }, stopped: undefined, ending: undefined },
    emitted: entries.filter((entry) => !isCommand(entry)) as JournalEntryOf<EmittedRecord>[],
    commands: entries.filter(isCommand) as JournalEntryOf<CommandRecord>[],
    ...other,
  };
}

/** What an ended cell says. */
async function saidBy(cell: EndedCell): Promise<readonly BackendEvent[]> {
  const events: BackendEvent[] = [];
  cell.start({} as never, (event) => events.push(event));
  expect(events).toEqual([]);
  await Promise.resolve();
  return events;
}

async function endOf(cell: KeptCell): Promise<BackendSettled> {
  const settled = (await saidBy(new EndedCell(cell, 0))).find(({ type }) => type === "settled");
  if (settled?.type !== "settled") throw new Error("It has no end.");
  return settled.settled;
}

describe("a cell that has ended says again", () => {
  test.each<[number | undefined, readonly string[]]>([
    [undefined, ["b", "c", "B"]],
    [0, ["a", "b", "c", "B"]],
    [1, ["b", "c", "B"]],
    [2, ["c", "B"]],
    [3, ["B"]],
    [4, ["B"]],
  ])("what who asks has not had, if that has %s items", async (after, expected) => {
    const records = [out("a"), log("A"), out("b"), log("B"), out("c"), ended];
    const cell = kept(records, { told: { output: 1, logs: 1 } });
    const events = await saidBy(new EndedCell(cell, after));
    const said = events.flatMap((event) => {
      if (event.type === "output") return event.item.type === "text" ? event.item.text : [];
      return event.type === "log" ? event.log.text : [];
    });
    expect([...said].sort()).toEqual([...expected].sort());
    expect(events[0]).toEqual({ type: "started" });
    expect(events.slice(-2).map(({ type }) => type)).toEqual(["settled", "disposed"]);
    expect(events.at(-1)).toEqual({ type: "disposed", cpuMs: 5 });
  });

  test("how it ended, as its journal says it", async () => {
    const end = await endOf(kept([ended]));
    const { writes, unhandledRejections } = ended;
    const all = { status: "completed", isParked: false, writes, unhandledRejections };
    expect(end).toMatchObject({ ...all, usage: { cpuMs: 5, heapBytes: 0 } });
    expect([end.error, end.facts]).toEqual([undefined, undefined]);
    const failed = await endOf(kept([{ ...ended, status: "failed", error }]));
    expect(failed).toMatchObject({ status: "failed", error });
    for (const status of ["terminated", "unresponsive"] as const) {
      expect(await endOf(kept([{ ...ended, status }]))).toMatchObject({ status: "terminated" });
    }
  });

  test("with its details, where it has them", async () => {
    const facts = { endedAt: 1, wallMs: 2, toolCalls: 3, outputBytes: 4, droppedCalls: ["a"] };
    const cause = { ...error, cause: error };
    const place = { host: "process", confinement: [] } as const;
    const ending = { kind: "ending", facts, usage: usageOf(9), error: cause, place } as const;
    const cell = kept([{ ...ended, status: "failed", error }], { ending });
    expect(await endOf(cell)).toMatchObject({ error: cause, facts, usage: usageOf(9) });
    const [started, ...rest] = await saidBy(new EndedCell(cell, 0));
    expect(started).toEqual({ type: "started", place });
    expect(rest.at(-1)).toEqual({ type: "disposed", cpuMs: 9 });
  });

  test("that it passed a limit by which it was stopped", async () => {
    const limit = { name: "wallMs", allowed: 1, used: 2 } as const;
    const passed = { ...error, code: "ERR_CELL_WALL_LIMIT" } as const;
    for (const given of [{ ...passed, limit }, passed]) {
      const cell = kept([{ ...ended, status: "terminated" }], { stopped: { error: given } });
      const end = await endOf(cell);
      const numbers = given === passed ? {} : { limit: "wallMs", allowed: 1, used: 2 };
      expect(end).toMatchObject({ status: "failed" });
      expect(end.error).toStrictEqual({ ...passed, ...numbers });
    }
    const asked = kept([{ ...ended, status: "terminated" }], { stopped: { reason: "requested" } });
    expect(await endOf(asked)).toMatchObject({ status: "terminated" });
  });

  test("nothing, where its end is missing", () => {
    const code = "ERR_INVALID_JOURNAL";
    for (const records of [[], [out("a")], [ended, out("a")]]) {
      expect(() => new EndedCell(kept(records), 0)).toThrow(expect.objectContaining({ code }));
    }
  });

  test("and is asked for nothing else", async () => {
    const cell = new EndedCell(kept([ended]), undefined);
    expect(await cell.sample()).toEqual(usageOf(0));
    expect([cell.send(), cell.terminate()]).toEqual([undefined, undefined]);
  });
});

describe("the end of a cell is kept in its store", () => {
  const stop = { error: { ...error, code: "ERR_CELL_WALL_LIMIT" } } as const;
  test.each([
    ["completed", undefined, "completed", ["k", "1"]],
    ["failed", undefined, "failed", ["k", "1"]],
    ["terminated", undefined, "terminated", []],
    ["unresponsive", { reason: "requested" }, "terminated", []],
    ["completed", { reason: "requested" }, "completed", ["k", "1"]],
    ["terminated", stop, "failed", []],
    ["completed", stop, "failed", []],
  ] as const)("as it came: %s, where it was stopped by %j: %s", (status, why, kept, writes) => {
    const end = storedEnd({ ...ended, status }, why);
    expect(end).toEqual({ status: kept, at: expect.any(Number), writes });
  });
});

describe("what an end is told with", () => {
  const call = (call: number, tool: string): EmittedRecord => ({
    ...{ kind: "call", call, tool, input: "{}" },
  });
  const settled = (call: number): CommandRecord => ({
    ...{ kind: "settled", call, now: 0, ok: true, value: "", isJson: false },
  });

  test("counts the calls and the output of all processes that have run it", () => {
    const tally = new CellTally(kept([call(1, "a"), call(2, "b"), out("é"), settled(1)]));
    expect(tally.facts()).toMatchObject({ toolCalls: 2, outputBytes: 2, droppedCalls: ["b"] });
    tally.take({ type: "toolCall", callId: 3, tool: 0, json: "" }, "c");
    tally.take({ type: "toolCall", callId: 4, tool: 9, json: "" }, undefined);
    tally.take({ type: "output", item: { type: "text", text: "xyz" } }, undefined);
    tally.settled(3);
    expect(tally.facts()).toMatchObject({
      ...{ toolCalls: 4, outputBytes: 5, droppedCalls: ["b", "a tool"] },
    });
  });

  test("is nothing, and has no place, for a cell that is new", () => {
    const tally = new CellTally(undefined);
    expect(tally.facts()).toMatchObject({ toolCalls: 0, outputBytes: 0, droppedCalls: [] });
    expect(tally.place).toBeUndefined();
    const place = { host: "process", confinement: [] } as const;
    tally.take({ type: "started", place }, undefined);
    tally.take({ type: "notify", text: "" }, undefined);
    expect(tally.place).toBe(place);
  });
});
