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

  test("is replayed only where each of its entries is one", async () => {
    await using codeMode = createCodeMode();
    const journal = await journalOf("text(1);");
    for (const wrong of [null, 1, {}, { ...journal[1], kind: "settled" }]) {
      const entries = [journal[0], wrong, ...journal.slice(1)] as JournalEntry[];
      const replay = codeMode.replay(entries);
      await expect(replay).rejects.toMatchObject({ code: "ERR_INVALID_JOURNAL" });
      await expect(replay).rejects.toThrow(/of its entry 2/);
    }
  });

  test("is replayed only within the ranges of limits; without a limit it has the default", async () => {
    await using codeMode = createCodeMode();
    const [opened, ...rest] = await journalOf("text(1);");
    if (opened?.kind !== "opened") throw new Error("no start");
    const replay = (limits: Readonly<Record<string, number | null>>) =>
      codeMode.replay([{ ...opened, limits }, ...rest]);
    expect(await replay({})).toMatchObject({ status: "same", endCompared: true });
    const newer = { ...opened.limits, noSuchLimitYet: -1 };
    expect(await replay(newer)).toMatchObject({ status: "same", endCompared: true });
    for (const limit of [{ heapBytes: 0 }, { cpuMs: -1 }, { timers: 1.5 }, { outputBytes: null }]) {
      const refused = replay({ ...opened.limits, ...limit });
      await expect(refused).rejects.toMatchObject({ code: "ERR_INVALID_JOURNAL" });
      await expect(refused).rejects.toThrow(`"limits.${Object.keys(limit)[0]}"`);
    }
  });

  test("is replayed with no more than the limits of the runtime, whatever it says", async () => {
    const [opened, ...rest] = await journalOf("text(1);");
    if (opened?.kind !== "opened") throw new Error("no start");
    const limits = { ...opened.limits, cpuMs: null, wallMs: null };
    await using codeMode = createCodeMode({ limits: { cpuMs: 50 } });
    const report = await codeMode.replay([{ ...opened, limits, source: "for (;;) {}" }, ...rest]);
    expect(report).toMatchObject({
      status: "diverged",
      divergence: { got: { kind: "ended", error: { code: "ERR_CELL_CPU_LIMIT" } } },
    });
  });

  test("may say what no cell has done: the replay differs, and ends", async () => {
    const tools = [
      { name: "", ownName: "__proto__", namespace: "a//b", description: "", isMcp: true },
      { name: "constructor", ownName: "then", namespace: "", description: "", isMcp: true },
    ];
    const [opened, ...rest] = await journalOf("text(1);");
    if (opened?.kind !== "opened") throw new Error("no start");
    const { sessionId, cellId } = opened;
    const entry = { sessionId, cellId, at: 0 };
    const source = "text(await tools.constructor({}))";
    const call = { kind: "call", call: 1, tool: "constructor", input: "{}" } as const;
    const settled = { kind: "settled", call: 1, ok: true, now: 0 } as const;
    const deep = "[".repeat(1e6) + "]".repeat(1e6);
    for (const value of ["{", "", deep, "\ud800", '{"__proto__":1,"content":1}']) {
      for (const isolation of ["thread", "process"] as const) {
        const answers = [0, 1, 2].map(() => ({ ...settled, value, isJson: true }));
        const records = [call, ...answers, { kind: "fired", timer: 7, now: -1 } as const];
        const entries = records.map((record, index) => ({ ...entry, seq: index + 1, ...record }));
        const end = rest.map((last, index) => ({ ...last, seq: 10 + index }));
        await using runtime = createCodeMode({ isolation, prewarm: 0 });
        const report = await runtime.replay([{ ...opened, source, tools }, ...entries, ...end]);
        expect(report).toMatchObject({ status: "diverged" });
      }
    }
  });
});
