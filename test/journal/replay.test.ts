import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { hostHeapBytes } from "../../src/backend/addon/host-heap.js";
import { ThreadBackend } from "../../src/backend/thread/thread-backend.js";
import { createCodeMode, type JournalEntry, readJournal } from "../../src/index.js";
import { byCell } from "../../src/journal/read-journal.js";
import { resolveLimits } from "../../src/options/limits.js";
import { defaultSettings, type Settings } from "../../src/options/settings.js";
import type { BackendCellOptions, CellBackend } from "../../src/protocol/cell-backend.js";
import { CodeMode } from "../../src/session/code-mode.js";
import { endlessJournal } from "../support/endless-journal.js";

const tools = {
  add: { execute: ({ a, b }: { a: number; b: number }) => a + b },
  slow: {
    execute: async ({ ms }: { ms: number }) => {
      await sleep(ms);
      return `after ${ms}`;
    },
  },
  fail: {
    execute: () => {
      throw new Error("no such order");
    },
  },
};

const limits = resolveLimits({}, { hostHeapBytes: hostHeapBytes() });
const codeMode = createCodeMode({ tools });
/** Has no tools: what is replayed here can call none. */
const toolless = createCodeMode();
afterAll(() => Promise.all([codeMode.close(), toolless.close()]));

async function record(source: string, options = {}): Promise<JournalEntry[]> {
  const session = codeMode.openSession({ record: true, console: true, ...options });
  const { cellId } = await session.exec(source, { yieldAfterMs: Number.POSITIVE_INFINITY });
  while ((await session.wait(cellId)).status === "yielded");
  return [...session.journal(cellId)];
}

const programs: Readonly<Record<string, string>> = {
  "output and values": `text("a"); text({ b: [1, 2] }); store("k", 1); console.log("line");`,
  "calls in a row": "for (let i = 0; i < 20; i += 1) text(await tools.add({ a: i, b: 1 }));",
  "parallel calls that race": `
    const slow = [3, 1, 2].map((ms) => tools.slow({ ms }).then((t) => text(t)));
    await Promise.race(slow); text("first"); await Promise.all(slow);`,
  "a call that races with a timer": `
    for (let i = 0; i < 6; i += 1) {
      text(await Promise.race([
        tools.slow({ ms: 2 }).then(() => "tool"),
        new Promise((done) => setTimeout(() => done("timer"), 2)),
      ]));
    }`,
  "failing calls": "try { await tools.fail(); } catch (error) { text(error.message, error.tool); }",
  "clocks and randomness": `
    const at = [Date.now(), new Date().toISOString(), Date(), performance.now()];
    await tools.slow({ ms: 5 });
    text([...at, Date.now(), performance.now(), Math.random(), crypto.randomUUID(),
      [...crypto.getRandomValues(new Uint8Array(8))], new Intl.DateTimeFormat().format(),
      new Date().toLocaleString()]);`,
  timers: `
    const seen = [];
    const late = setTimeout(() => seen.push("never"), 5);
    setTimeout(() => { seen.push(Date.now()); clearTimeout(late); }, 1);
    setTimeout((a, b) => seen.push(a + b), 3, "x", "y");
    await new Promise((done) => setTimeout(done, 8));
    text(seen);`,
  "an interval": `
    let n = 0;
    await new Promise((done) => { const id = setInterval(() => { text(++n); if (n === 3) { clearInterval(id); done(); } }, 1); });`,
  lookups: `text(await search_tools("add two numbers")); text(await describe_tool("add"));`,
  notifications: `notify("on it"); yield_control(); text(await tools.add({ a: 1, b: 2 }));`,
  "an error": `text("before"); null.x;`,
  "unhandled rejections": `Promise.reject(new Error("lost")); text(1);`,
  exit: "setTimeout(() => exit(), 1); await new Promise(() => {});",
};

describe("a recorded cell is the same when it is replayed without its tools", () => {
  test.each(Object.entries(programs))("%s", async (_name, source) => {
    const journal = await record(source);
    const report = await toolless.replay(journal);
    expect(report.divergence).toBeUndefined();
    expect(report).toMatchObject({ status: "same", endCompared: true, differences: [] });
    const output = journal.flatMap((entry) => (entry.kind === "out" ? [entry.item] : []));
    expect(report.output).toEqual(output);
  });

  test("it is through JSON too", async () => {
    const journal = await record(programs["calls in a row"] ?? "");
    const report = await toolless.replay(JSON.parse(JSON.stringify(journal)));
    expect(report).toMatchObject({ status: "same", endCompared: true });
  });
});

describe("a replay tells where a cell does something else than its journal says", () => {
  const source = `
    const order = await tools.add({ a: 20, b: 1 });
    text("order " + order);
    text(await tools.add({ a: order, b: Math.floor(Math.random() * 1e6) }));`;

  async function replayChanged(change: (entry: JournalEntry) => JournalEntry | undefined) {
    const journal = await record(source);
    const changed = journal.flatMap((entry) => change(entry) ?? []);
    return { journal, report: await toolless.replay(changed) };
  }

  test("another source", async () => {
    const { report } = await replayChanged((entry) =>
      entry.kind === "opened"
        ? { ...entry, source: entry.source.replace("a: 20", "a: 21") }
        : entry,
    );
    expect(report).toMatchObject({
      status: "diverged",
      compared: 0,
      divergence: {
        seq: 1,
        expected: { kind: "call", tool: "add", input: '{"a":20,"b":1}' },
        got: { kind: "call", tool: "add", input: '{"a":21,"b":1}' },
      },
    });
  });

  test("another answer", async () => {
    const { report } = await replayChanged((entry) =>
      entry.kind === "settled" && entry.call === 1 ? { ...entry, value: "22" } : entry,
    );
    expect(report.status).toBe("diverged");
    expect(report.divergence?.got).toEqual({
      kind: "out",
      item: { type: "text", text: "order 22" },
    });
  });

  test("another seed", async () => {
    const { report } = await replayChanged((entry) =>
      entry.kind === "opened" ? { ...entry, seed: "0".repeat(64) } : entry,
    );
    expect(report.divergence).toMatchObject({ got: { kind: "call", call: 2 } });
  });

  test("an answer that is missing", async () => {
    const { report } = await replayChanged((entry) =>
      entry.kind === "settled" && entry.call === 2 ? undefined : entry,
    );
    expect(report.status).toBe("diverged");
    expect(report.divergence).toMatchObject({ expected: { kind: "out" }, got: undefined });
  });

  test("a journal that a crash cut off is the same as far as it goes", async () => {
    const journal = await record(source);
    for (let length = 1; length < journal.length; length += 1) {
      const report = await toolless.replay(journal.slice(0, length));
      expect(report).toMatchObject({ status: "same", endCompared: false });
    }
  });

  test("answers in another order diverge", async () => {
    const journal = await record(`
      const ask = (ms) => tools.slow({ ms }).then((t) => text(t));
      await Promise.all([ask(1), ask(2), ask(3)]);`);
    const places = journal.flatMap(({ kind }, index) => (kind === "settled" ? [index] : []));
    const [first = 0, second = 0] = places;
    const swapped = [...journal];
    swapped[first] = { ...(journal[second] as JournalEntry), seq: first };
    swapped[second] = { ...(journal[first] as JournalEntry), seq: second };
    expect(await toolless.replay(swapped)).toMatchObject({ status: "diverged" });
  });
});

describe("a cell that was ended from outside is the same up to there", () => {
  test("terminated", async () => {
    const session = codeMode.openSession({ record: true });
    const { cellId } = await session.exec("text(1); await tools.slow({ ms: 60_000 });", {
      yieldAfterMs: 0,
    });
    await session.terminate(cellId);
    const report = await toolless.replay(session.journal(cellId));
    expect(report).toMatchObject({ status: "same", endCompared: false });
  });

  test("with its process", async () => {
    const journal = await record("text(1);");
    const error = { code: "ERR_CELL_HOST_LOST", name: "Error", message: "", text: "" } as const;
    const lost = journal.map((entry) =>
      entry.kind === "ended" ? { ...entry, status: "failed" as const, error } : entry,
    );
    expect(await toolless.replay(lost)).toMatchObject({ status: "same", endCompared: false });
  });

  test("past its processor time", async () => {
    const journal = await record("text(1); for (;;);", { limits: { cpuMs: 50 } });
    expect(journal.at(-1)).toMatchObject({ error: { code: "ERR_CELL_CPU_LIMIT" } });
    expect(await toolless.replay(journal)).toMatchObject({ status: "same", endCompared: false });
  });
});

describe("what records", () => {
  test("a function gets each entry at once", async () => {
    const kinds: string[] = [];
    const session = codeMode.openSession({ record: ({ kind }) => void kinds.push(kind) });
    await session.exec("text(await tools.add({ a: 1, b: 2 }))");
    expect(kinds).toEqual(["opened", "call", "settled", "out", "ended"]);
    expect(() => session.journal("1")).toThrow(/record: true/);
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("disk full");
      },
    ],
    [
      "rejects",
      async () => {
        throw new Error("disk full");
      },
    ],
  ])("a function that %s is a warning, and the cell goes on", async (_what, record) => {
    const warned = once(process, "warning");
    const session = codeMode.openSession({ record });
    const outcome = await session.exec("text(1)");
    expect(outcome).toMatchObject({ status: "completed", output: [{ text: "1" }] });
    const [warning] = await warned;
    expect(warning).toMatchObject({
      code: "CODECELL_RECORD",
      message: "The record handler failed: disk full",
    });
  });

  test("a function of the runtime can tell the cells of its sessions apart", async () => {
    const entries: JournalEntry[] = [];
    await using recorded = createCodeMode({ record: (entry) => void entries.push(entry) });
    const [a, b] = [recorded.openSession({ id: "a" }), recorded.openSession({ id: "b" })];
    await Promise.all([a.exec('text("of a")'), b.exec('text("of b")')]);
    const cells = byCell(entries);
    expect(cells.map(([first]) => first?.sessionId).sort()).toEqual(["a", "b"]);
    for (const cell of cells) {
      const report = await toolless.replay(cell);
      const [{ sessionId, cellId } = { sessionId: "", cellId: "" }] = cell;
      expect(report).toMatchObject({ sessionId, cellId, status: "same", endCompared: true });
    }
  });

  test("exec decides for its cell", async () => {
    const session = codeMode.openSession({ record: true });
    const { cellId } = await session.exec("text([typeof WeakRef])", { record: false });
    expect(() => session.journal(cellId)).toThrow(/record: true/);
  });

  test("it must be true, false or a function", () => {
    expect(() => codeMode.openSession({ record: "yes" as never })).toThrow(/"record" must be true/);
  });
});

/** A runtime, and what it gives its backend. */
function watchedRuntime(settings: Partial<Settings> = {}) {
  const started: BackendCellOptions[] = [];
  const inner = new ThreadBackend({ maxOrphans: 4, prewarm: 0, heapBytes: limits.heapBytes });
  const watched: CellBackend = {
    start(options, onEvent) {
      started.push(options);
      return inner.start(options, onEvent);
    },
    close: () => inner.close(),
  };
  const runtime = new CodeMode({
    backend: watched,
    settings: { ...defaultSettings, ...settings },
    limits,
    hostHeapBytes: hostHeapBytes(),
  });
  return { runtime, started };
}

test("a cell that is not recorded runs in the backend itself, with its own clock", async () => {
  const { runtime, started } = watchedRuntime();
  await using _ = runtime;
  const session = runtime.openSession();
  await session.exec("text(1)");
  await session.exec("text(1)", { record: true });
  expect(started.map(({ deterministic }) => deterministic?.seed.length)).toEqual([undefined, 64]);
  expect(Object.hasOwn(started[0] ?? {}, "deterministic")).toBe(false);
});

test("a replay runs where the cells of its runtime do", async () => {
  const journal = await record("text(1)");
  const { runtime, started } = watchedRuntime({ isolation: "process" });
  await using _ = runtime;
  await runtime.replay(journal);
  expect(started.map(({ isolation }) => isolation)).toEqual(["process"]);
});

test("a runtime that is closed ends its replays, and begins none", async () => {
  const [journal, endless] = await Promise.all([record("text(1)"), endlessJournal()]);
  for (const isolation of ["thread", "process"] as const) {
    const closed = createCodeMode({ isolation, prewarm: 0 });
    const replay = closed.replay(endless);
    const ends = expect(replay).rejects.toMatchObject({ code: "ERR_SESSION_CLOSED" });
    await closed.close();
    await ends;
    await expect(closed.replay(journal)).rejects.toMatchObject({ code: "ERR_SESSION_CLOSED" });
  }
});

test("journals that earlier versions have recorded are the same", async () => {
  const folder = new URL("./recorded/", import.meta.url);
  for (const file of readdirSync(folder)) {
    const cells = byCell(readJournal(readFileSync(new URL(file, folder), "utf8")));
    expect(cells.length).toBeGreaterThan(5);
    for (const journal of cells) {
      const report = await toolless.replay(journal);
      expect(report.divergence).toBeUndefined();
      expect(report).toMatchObject({ status: "same", endCompared: true });
    }
  }
});

test("a cell in a process of its own is recorded too, and is the same on a thread", async () => {
  await using isolated = createCodeMode({ tools, record: true, isolation: "process" });
  const session = isolated.openSession();
  const { cellId, status } = await session.exec(programs["a call that races with a timer"] ?? "");
  expect(status).toBe("completed");
  const journal = session.journal(cellId);
  expect(await toolless.replay(journal)).toMatchObject({ status: "same", endCompared: true });
  expect(await isolated.replay(journal)).toMatchObject({ status: "same", endCompared: true });
});
