import { describe, expect, test } from "vitest";
import { createCodeMode, type JournalEntry, journalLine, readJournal } from "../../src/index.js";

async function journalOf(source: string): Promise<readonly JournalEntry[]> {
  await using codeMode = createCodeMode({ record: true });
  const session = codeMode.openSession();
  const { cellId } = await session.exec(source);
  return session.journal(cellId);
}

describe("a journal in lines", () => {
  test("is read as it was written", async () => {
    const journal = await journalOf('text("\\u2028\\ud800 ü"); image("data:image/png;base64,aa");');
    expect(readJournal(journal.map(journalLine).join(""))).toEqual(journal);
  });

  test("may be cut off in its last line", async () => {
    const journal = await journalOf("text(1); text(2);");
    const text = journal.map(journalLine).join("");
    expect(readJournal(text.slice(0, -5))).toEqual(journal.slice(0, -1));
  });

  const opened = {
    kind: "opened",
    sessionId: "s",
    cellId: "1",
    seq: 0,
    at: 0,
    v: 1,
    source: "",
    tools: [],
    modules: [],
    stored: [],
    limits: {},
    console: "off",
    dialect: "strict",
    webGlobals: true,
    remoteImages: false,
    failOnDeadlock: true,
    seed: "0".repeat(64),
    now: 0,
    engine: {},
  };
  const entry = { sessionId: "s", cellId: "1", seq: 1, at: 0 };

  test.each([
    ["no JSON", "{", /Line 1 .* no JSON/],
    ["no object", "[]", /no object/],
    ["another kind", { ...entry, kind: "constructor" }, /its kind must be one of opened, call/],
    ["no cell", { kind: "yielded", cellId: "1" }, /must have a sessionId and a cellId/],
    ["no place", { kind: "yielded", sessionId: "s", cellId: "1" }, /must have a seq and an at/],
    ["a newer version", { ...opened, v: 2 }, /version 2, and this codecell reads up to version 1/],
    ["a tool without a name", { ...opened, tools: [{}] }, /tools has no name/],
    ["a limit that is a text", { ...opened, limits: { cpuMs: "1" } }, /limits is no number/],
    ["a bad seed", { ...opened, seed: "x" }, /64 hexadecimal digits/],
    ["a missing field", { ...entry, kind: "call", call: 1, tool: "a" }, /field "input"/],
    ["an item of no type", { ...entry, kind: "out", item: {} }, /no text, image or audio/],
    [
      "an item with nothing in it",
      { ...entry, kind: "out", item: { type: "image" } },
      /no content/,
    ],
    [
      "a result of no form",
      { ...entry, kind: "settled", call: 1, ok: true, value: "1", now: 0 },
      /field "isJson"/,
    ],
  ])("is refused with %s", (_what, line, message) => {
    const text = typeof line === "string" ? line : JSON.stringify(line);
    expect(() => readJournal(`${text}\n`)).toThrow(message);
  });

  test("is refused where nothing of it is complete", () => {
    expect(() => readJournal("\u007fELF")).toThrow(/no line is complete/);
    expect(readJournal("")).toEqual([]);
  });

  test("is replayed only where it is that of one cell, in order", async () => {
    await using codeMode = createCodeMode();
    const [first, ...rest] = (await journalOf("text(1); text(2);")) as [
      JournalEntry,
      ...JournalEntry[],
    ];
    await expect(codeMode.replay(rest)).rejects.toThrow(/begins with "out"/);
    await expect(codeMode.replay([])).rejects.toThrow(/begins with nothing/);
    await expect(codeMode.replay([first, ...[...rest].reverse()])).rejects.toThrow(/in order/);
    const other = rest.map((entry) => ({ ...entry, cellId: "2" }));
    await expect(codeMode.replay([first, ...other])).rejects.toThrow(/one cell at a time/);
    const elsewhere = rest.map((entry) => ({ ...entry, sessionId: "another" }));
    await expect(codeMode.replay([first, ...elsewhere])).rejects.toThrow(/of session another/);
  });
});
