import { getEventListeners } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type CodeModeOptions, createCodeMode, type Session } from "../../src/index.js";
import { type DurableStore, sqliteStore } from "../../src/sqlite.js";
import { completedOf, EventLog, Held, shownBy } from "../support/cells.js";
import { Place, storeWith } from "../support/store-place.js";

const folder = mkdtempSync(join(tmpdir(), "codecell-request-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function newFile(): string {
  files += 1;
  return join(folder, `${files}.db`);
}

/** Uses a session of a runtime that has the file for itself. */
async function withSession<T>(
  file: string,
  options: CodeModeOptions,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const store = sqliteStore(file);
  const codeMode = createCodeMode({ ...options, durability: { store } });
  try {
    return await use(codeMode.openSession({ id: "s" }));
  } finally {
    await codeMode.close();
    await store.close();
  }
}

const noWait = { yieldAfterMs: Number.POSITIVE_INFINITY };
const source = "text('one'); yield_control(); text(await tools.count());";

describe("an exec with the requestId of an earlier one", () => {
  test("starts no second cell, and is told all that the first has output", async () => {
    let calls = 0;
    const tools = {
      tools: {
        count: {
          execute: () => {
            calls += 1;
            return calls;
          },
        },
      },
    };
    const file = newFile();
    const ids: string[] = [];
    const options = {
      ...noWait,
      requestId: "r",
      onCellId: (cellId: string) => void ids.push(cellId),
    };
    await withSession(file, tools, async (session) => {
      const first = await session.exec(source, options);
      expect(shownBy(first)).toEqual(["one"]);
      const second = await session.exec(source, options);
      expect(shownBy(second)).toEqual(["one", "1"]);
      expect(second).toMatchObject({ status: "completed", cursor: 2, cellId: first.cellId });
      expect(shownBy(await session.exec(source, options))).toEqual(["one", "1"]);
      const other = await session.exec("text('other')", { requestId: "other" });
      expect(other.cellId).not.toBe(first.cellId);
    });
    const later = await withSession(file, tools, (session) => session.exec(source, options));
    expect(shownBy(completedOf(later))).toEqual(["one", "1"]);
    expect(calls).toBe(1);
    expect(new Set(ids).size).toBe(1);
  });

  test("goes on with a cell that its process has left", async () => {
    const file = newFile();
    const held = new Held<string>();
    const begun = new Held();
    const tools = (answer: () => unknown) => ({
      tools: { count: { effect: "idempotent" as const, execute: answer } },
    });
    const hangs = tools(() => {
      begun.resolve();
      return held.promise;
    });
    const left = withSession(file, hangs, async (session) => {
      const first = await session.exec(source, { requestId: "r" });
      await begun.promise;
      return first;
    });
    const { cellId } = await left;
    const answers = tools(() => "again");
    const outcome = await withSession(file, answers, (session) =>
      session.exec(source, { requestId: "r", ...noWait }),
    );
    held.resolve("late");
    expect(outcome.cellId).toBe(cellId);
    expect(shownBy(completedOf(outcome))).toEqual(["one", "again"]);
  });

  test("is refused while the first is observed", async () => {
    const held = new Held();
    const tools = { tools: { count: { execute: () => held.promise } } };
    await withSession(newFile(), tools, async (session) => {
      const first = session.exec("text(await tools.count())", { requestId: "r", ...noWait });
      const second = session.exec("text(await tools.count())", { requestId: "r" });
      await expect(second).rejects.toMatchObject({ code: "ERR_CELL_BUSY" });
      held.resolve();
      completedOf(await first);
    });
  });

  test("ends the cell when its signal is aborted, and has no say in it once it is answered", async () => {
    const tools = { tools: { count: { execute: () => new Promise(() => {}) } } };
    await withSession(newFile(), tools, async (session) => {
      const first = await session.exec(source, { requestId: "r", ...noWait });
      const [earlier, abort] = [new AbortController(), new AbortController()];
      const again = { requestId: "r", yieldAfterMs: 0, signal: earlier.signal };
      expect(await session.exec(source, again)).toMatchObject({ status: "yielded" });
      expect(getEventListeners(earlier.signal, "abort")).toEqual([]);
      const exec = session.exec(source, { requestId: "r", ...noWait, signal: abort.signal });
      abort.abort();
      expect(await exec).toMatchObject({ status: "terminated", cellId: first.cellId });
    });
  });

  test("is refused with another source, also by a later process", async () => {
    const file = newFile();
    const other = { code: "ERR_INVALID_OPTION", message: expect.stringMatching(/another source/) };
    await withSession(file, {}, async (session) => {
      expect(shownBy(await session.exec("text(1)", { requestId: "r" }))).toEqual(["1"]);
      await expect(session.exec("text(2)", { requestId: "r" })).rejects.toMatchObject(other);
    });
    await withSession(file, {}, async (session) => {
      await expect(session.exec("text(2)", { requestId: "r" })).rejects.toMatchObject(other);
      expect(shownBy(await session.exec("text(1)", { requestId: "r" }))).toEqual(["1"]);
    });
  });

  test("has the reason of the first's signal where that is aborted", async () => {
    const [called, abort] = [new Held(), new AbortController()];
    const execute = (): Promise<never> => {
      called.resolve();
      return new Promise(() => {});
    };
    await withSession(newFile(), { tools: { count: { execute } } }, async (session) => {
      const options = { requestId: "r", ...noWait, signal: abort.signal };
      const exec = session.exec("await tools.count()", options);
      await called.promise;
      abort.abort();
      const ended = { status: "terminated", reason: "aborted" };
      expect(await exec).toMatchObject(ended);
      const again = await session.exec("await tools.count()", { requestId: "r", ...noWait });
      expect(again).toMatchObject(ended);
    });
  });

  test("is told of the cell that runs here, also where the store does not have it any more", async () => {
    let isLost = false;
    const place = new Place((store) =>
      storeWith(store, {
        read: async (...where) => (isLost ? [] : store.read(...where)),
      }),
    );
    const held = new Held<string>();
    const tools = { hold: { execute: () => held.promise } };
    const session = (await place.open({ tools })).openSession({ id: "s" });
    const program = "text(await tools.hold())";
    const first = await session.exec(program, { requestId: "r", yieldAfterMs: 0 });
    expect(first).toMatchObject({ status: "yielded", output: [] });
    isLost = true;
    const again = session.exec(program, { requestId: "r", ...noWait });
    held.resolve("once");
    const { cellId } = first;
    expect(completedOf(await again)).toMatchObject({ cellId, output: [{ text: "once" }] });
    await place.close();
  });

  test("is another request in another session", async () => {
    const store = sqliteStore(newFile());
    await using codeMode = createCodeMode({ durability: { store } });
    const run = (id: string, text: string) =>
      codeMode.openSession({ id }).exec(`text("${text}")`, { requestId: "r" });
    expect(shownBy(await run("a", "for a"))).toEqual(["for a"]);
    expect(shownBy(await run("b", "for b"))).toEqual(["for b"]);
    await store.close();
  });

  test("asks the store at one moment whether there is such a cell, and what it may load", async () => {
    const asked: string[] = [];
    const inner = sqliteStore(newFile());
    const store = new Proxy(inner, {
      get:
        (_target, name: keyof DurableStore) =>
        (...values: never[]) => {
          asked.push(name);
          return (inner[name] as (...given: never[]) => unknown)(...values);
        },
    });
    await using codeMode = createCodeMode({ durability: { store } });
    const session = codeMode.openSession({ id: "s" });
    session.share();
    completedOf(await session.exec("text(1)", { requestId: "first", ...noWait }));
    expect(asked.filter((name) => name.startsWith("values"))).toEqual(["valuesSince"]);
    asked.length = 0;
    completedOf(await session.exec("text(1)", { requestId: "second", ...noWait }));
    expect(asked).toEqual(["read", "valuesSince", "create"]);
    await codeMode.close();
    await inner.close();
  });
});

describe("an exec with the requestId of an earlier process", () => {
  test("starts the cell where its session is forgotten meanwhile, and its signal is that cell's only", async () => {
    let isForgotten = false;
    const place = new Place((store) =>
      storeWith(store, {
        find: async (cellId) => {
          if (isForgotten) await store.forget({ sessionId: "s" });
          return store.find(cellId);
        },
      }),
    );
    const options = { requestId: "r", ...noWait };
    const first = await (await place.open()).openSession({ id: "s" }).exec("text(1)", options);
    const log = new EventLog();
    const hang = { execute: (): Promise<never> => new Promise(() => {}) };
    const session = (await place.open({ tools: { hang } })).openSession({ id: "s" });
    isForgotten = true;
    const again = await session.exec("text(1)", options);
    expect(completedOf(again)).toMatchObject({ cellId: first.cellId, output: [{ text: "1" }] });

    isForgotten = false;
    const other = { requestId: "other", ...noWait };
    await session.exec("await tools.hang()", { ...other, yieldAfterMs: 0 });
    const later = (await place.open({ tools: { hang } })).openSession({ id: "s" });
    isForgotten = true;
    const abort = new AbortController();
    const ends = later.exec("await tools.hang()", {
      ...other,
      onEvent: log.push,
      signal: abort.signal,
    });
    await log.seen("toolCallStarted");
    abort.abort();
    expect(await ends).toMatchObject({ status: "terminated", reason: "aborted" });
    await place.close();
  });

  test.each([
    [
      "has no source",
      (body: string) => ({ body: JSON.stringify({ ...JSON.parse(body), source: 1 }) }),
    ],
    [
      "is none of a beginning",
      () => ({ kind: "out", body: JSON.stringify({ kind: "out", source: "another" }) }),
    ],
  ])("is told that its journal is damaged where the first record %s", async (_what, damage) => {
    const place = new Place((store) =>
      storeWith(store, {
        read: async (...where) =>
          (await store.read(...where)).map((record, index) =>
            isDamaged && index === 0 ? { ...record, ...damage(record.body) } : record,
          ),
      }),
    );
    let isDamaged = false;
    const options = { requestId: "r", ...noWait };
    await (await place.open()).openSession({ id: "s" }).exec("text(1)", options);
    const session = (await place.open()).openSession({ id: "s" });
    isDamaged = true;
    await expect(session.exec("text(1)", options)).rejects.toMatchObject({
      code: "ERR_INVALID_JOURNAL",
    });
    await place.close();
  });
});

test.each([
  ["r", {}, /"requestId" must be undefined where no store keeps the cells/],
  ["", {}, /"requestId" must be a string of 1 to 256 characters/],
])("requestId is checked (%#)", async (requestId, options, message) => {
  await using codeMode = createCodeMode(options);
  await expect(codeMode.openSession().exec("", { requestId })).rejects.toThrow(message);
});
