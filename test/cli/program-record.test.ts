import { describe, expect, test } from "vitest";
import { ProgramRecord } from "../../src/cli/gateway/program-record.js";
import type { CellEvent, CellNews } from "../../src/protocol/events.js";
import type { Session } from "../../src/session/session.js";
import { notedTerminal } from "../support/noted-terminal.js";

const session = {} as Session;

function shownEvent(news: CellNews): readonly string[] {
  const { terminal, notes } = notedTerminal();
  new ProgramRecord(terminal).happened(session, { ...news, sessionId: "s", at: 1 } as CellEvent);
  return notes;
}

function shownCall(tool: string, input: unknown): readonly string[] {
  const { terminal, notes } = notedTerminal();
  new ProgramRecord(terminal).called(session, tool, input);
  return notes;
}

const cellId = "c";
const call = { cellId, callId: "1", tool: "pay" };
const usage = { wallMs: 1500, cpuMs: 12, toolCalls: 1 };

function ended(outcome: object): CellNews {
  return { type: "ended", cellId, outcome: { cellId, usage, ...outcome } } as unknown as CellNews;
}

describe("codecell mcp --verbose shows", () => {
  test.each<[string, CellNews, readonly string[]]>([
    [
      "a call, with its input",
      { type: "toolCallStarted", ...call, input: { to: "ada" }, inputBytes: 12 },
      ['  <cyan>→</> client 1 cell c #1 pay <dim>{"to":"ada"}</>'],
    ],
    [
      "a call without an input",
      { type: "toolCallStarted", ...call, input: undefined, inputBytes: 0 },
      ["  <cyan>→</> client 1 cell c #1 pay <dim></>"],
    ],
    [
      "a call with null, as one without",
      { type: "toolCallStarted", ...call, input: null, inputBytes: 4 },
      ["  <cyan>→</> client 1 cell c #1 pay <dim></>"],
    ],
    [
      "a text as it is, on one line of a hundred characters",
      { type: "toolCallStarted", ...call, input: `a\n${"b".repeat(200)}`, inputBytes: 202 },
      [`  <cyan>→</> client 1 cell c #1 pay <dim>a ${"b".repeat(97)}…</>`],
    ],
    [
      "a tool's name without what drives a terminal",
      { type: "toolCallStarted", ...call, tool: "p\u001b[2Jay", input: 1, inputBytes: 1 },
      ["  <cyan>→</> client 1 cell c #1 p\\x1b[2Jay <dim>1</>"],
    ],
    [
      "how long a call took",
      { type: "toolCallSettled", ...call, status: "fulfilled", durationMs: 12, resultBytes: 2 },
      ["  <green>✓</> client 1 cell c #1 pay <dim>12 ms</>"],
    ],
    [
      "why a call has failed",
      {
        type: "toolCallSettled",
        ...call,
        status: "rejected",
        durationMs: 1500,
        error: "No\nmoney",
      },
      ["  <red>✗</> client 1 cell c #1 pay <dim>1.50 s</> rejected No money"],
    ],
    [
      "that a call was given up",
      { type: "toolCallSettled", ...call, status: "aborted", durationMs: 1 },
      ["  <red>✗</> client 1 cell c #1 pay <dim>1 ms</> aborted "],
    ],
    [
      "that a call waits for approval",
      { type: "approvalRequested", ...call, input: {} },
      ["  <yellow>?</> client 1 cell c #1 pay waits for approval"],
    ],
    [
      "that a cell goes on",
      { type: "yielded", cellId, reason: "requested" } as CellNews,
      ["  <yellow>⏸</> client 1 cell c goes on"],
    ],
    [
      "that a cell is done, and what it has used",
      ended({ status: "completed" }),
      ["<green>■</> client 1 cell c completed <dim>1.50 s, 1 tool call, 12 ms cpu</>"],
    ],
    [
      "why a cell has failed",
      ended({ status: "failed", error: { text: "Error: no\n  at x" } }),
      ["<red>■</> client 1 cell c failed <dim>1.50 s, 1 tool call, 12 ms cpu</> Error: no at x"],
    ],
    [
      "that a cell was ended",
      ended({ status: "terminated", reason: "requested" }),
      ["<red>■</> client 1 cell c terminated <dim>1.50 s, 1 tool call, 12 ms cpu</>"],
    ],
    [
      "what a cell logs",
      { type: "log", cellId, log: { level: "warn", text: "a\nb" } } as CellNews,
      ["<dim>  client 1 cell c warn: a b</>"],
    ],
    [
      "no output, which is the client's",
      { type: "output", cellId, item: { type: "text", text: "a" } },
      [],
    ],
    ["no start, which its program has", { type: "started", cellId }, []],
  ])("%s", (_what, news, expected) => {
    expect(shownEvent(news)).toEqual(expected);
  });

  test.each<[string, unknown, readonly string[]]>([
    [
      "exec",
      { code: "a;\nb;" },
      ["<cyan>▶</> client 1 <bold>exec</><dim></>", "<dim>  │ a;</>\n<dim>  │ b;</>"],
    ],
    [
      "exec",
      { code: "\u001b[2J" },
      ["<cyan>▶</> client 1 <bold>exec</><dim></>", "<dim>  │ \\x1b[2J</>"],
    ],
    [
      "exec",
      { code: 5, yield_ms: 1 },
      ['<cyan>▶</> client 1 <bold>exec</><dim> {"yield_ms":1}</>'],
    ],
    ["wait", { cell_id: "c" }, ['<cyan>▶</> client 1 <bold>wait</><dim> {"cell_id":"c"}</>']],
    ["wait", undefined, ["<cyan>▶</> client 1 <bold>wait</><dim></>"]],
    ["wait", null, ["<cyan>▶</> client 1 <bold>wait</><dim></>"]],
  ])("what %s was asked for: %j", (tool, input, expected) => {
    expect(shownCall(tool, input)).toEqual(expected);
  });

  test.each([
    [40, 40, undefined],
    [41, 40, "<dim>  │ … 1 line more</>"],
    [42, 40, "<dim>  │ … 2 lines more</>"],
  ])("of a program of %d lines %d, and how many more there are", (count, shown, more) => {
    const code = Array.from({ length: count }, (_, i) => `line${i}`).join("\n");
    const lines = shownCall("exec", { code })[1]?.split("\n") ?? [];
    expect(lines.slice(0, shown)).toEqual(
      Array.from({ length: shown }, (_, i) => `<dim>  │ line${i}</>`),
    );
    expect(lines[shown]).toBe(more);
    expect(lines.length).toBe(more === undefined ? shown : shown + 1);
  });

  test("which client it is, by a number of its own", () => {
    const { terminal, notes } = notedTerminal();
    const record = new ProgramRecord(terminal);
    const other = {} as Session;
    for (const one of [session, other, session]) record.called(one, "wait", {});
    expect(notes.map((note) => /client \d+/.exec(note)?.[0])).toEqual([
      "client 1",
      "client 2",
      "client 1",
    ]);
  });
});
