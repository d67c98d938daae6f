import { describe, expect, test } from "vitest";
import {
  type CellEvent,
  type CellOutcome,
  createCodeMode,
  type JournalEntry,
} from "../../src/index.js";
import type { BackendEvent, BackendSetup } from "../../src/protocol/cell-backend.js";
import type { Session } from "../../src/session/session.js";
import { ToolSet } from "../../src/tools/tool-set.js";
import { Held } from "../support/cells.js";
import { collected } from "../support/collected.js";
import { endlessJournal } from "../support/endless-journal.js";
import { ScriptedCells, settledWith, usageOf } from "../support/scripted-cells.js";

const noWait = { yieldAfterMs: Number.POSITIVE_INFINITY };
const started: BackendEvent = { type: "started" };
const disposed: BackendEvent = { type: "disposed", cpuMs: 0 };
const echo = { execute: (input: unknown): unknown => input };

/** Each cell finds a ready isolate: it is told that it has started when `start` has returned. */
class ReadyCells extends ScriptedCells {
  override start(...given: Parameters<ScriptedCells["start"]>): ReturnType<ScriptedCells["start"]> {
    super.start(...given);
    const { last } = this;
    queueMicrotask(() => last.say(started));
    return { terminate: () => {}, send: () => {}, sample: async () => usageOf(1) };
  }
}

test.each([0, 1])(
  "an exec that waits for its turn, and then finds a ready isolate, yields after %i ms",
  async (yieldAfterMs) => {
    const cells = new ReadyCells();
    const session = cells.runtime().openSession({ limits: { cells: 1 } });
    expect(await session.exec("", { yieldAfterMs: 0 })).toMatchObject({ status: "yielded" });
    const waiting = session.exec("", { yieldAfterMs });
    cells.last.say(settledWith("completed"), disposed);
    expect(await waiting).toMatchObject({ status: "yielded", reason: "time" });
  },
);

test("an exec that has waited for its turn observes its cell before a handler can", async () => {
  const cells = new ReadyCells();
  const session = cells.runtime().openSession({ limits: { cells: 1 } });
  await session.exec("", { yieldAfterMs: 0 });
  let waiting: Promise<CellOutcome> | undefined;
  const waited = new Promise((resolve) => {
    const onEvent = ({ type, cellId }: CellEvent): void => {
      if (type === "started") resolve(session.wait(cellId).catch(({ code }) => code));
    };
    waiting = session.exec("", { ...noWait, onEvent });
  });
  cells.last.say(settledWith("completed"), disposed);
  expect(await waited).toBe("ERR_CELL_BUSY");
  cells.last.say(settledWith("completed"), disposed);
  expect(await waiting).toMatchObject({ status: "completed" });
});

test("of a cell that was not started it is known for longer than of those whose ends were given", async () => {
  const cells = new ScriptedCells();
  const session = cells.runtime().openSession();
  const exec = session.exec("", noWait);
  const refusal = { code: "ERR_THREAD_START", message: "no thread" } as const;
  cells.last.say({ type: "refused", refusal });
  await expect(exec).rejects.toMatchObject(refusal);
  for (let i = 0; i < 1001; i += 1) {
    const next = session.exec("", noWait);
    cells.last.say(started, settledWith("completed"), disposed);
    await next;
  }
  expect(await session.wait("1")).toMatchObject({ status: "missing", reason: "refused" });
  expect(await session.wait("2")).toMatchObject({ status: "missing", reason: "given" });
});

describe("what a session's cells are set up with", () => {
  const setupOf = async (
    { session, cells }: { session: Session; cells: ScriptedCells },
    options: Parameters<Session["exec"]>[1] = {},
  ): Promise<BackendSetup> => {
    const exec = session.exec("", { ...noWait, ...options });
    cells.last.say(started, settledWith("completed"), disposed);
    await exec;
    return cells.last.options.setup;
  };

  test("is made once for each way to read them, and again for other tools and limits", async () => {
    const cells = new ScriptedCells();
    const session = cells.runtime().openSession();
    const of = (options?: Parameters<Session["exec"]>[1]): Promise<BackendSetup> =>
      setupOf({ session, cells }, options);
    const own = await of();
    expect(await of()).toBe(own);
    expect(own).toMatchObject({ console: "off", dialect: "strict" });
    const lenient = await of({ dialect: "lenient" });
    expect(lenient).toMatchObject({ console: "off", dialect: "lenient" });
    expect(await of({ dialect: "lenient" })).toBe(lenient);
    for (const others of [{ limits: { cpuMs: 7 } }, { tools: { echo } }]) {
      const other = await of(others);
      expect(other).not.toBe(own);
      expect(await of(others)).not.toBe(other);
      expect(await of()).toBe(own);
    }
    session.setTools({ echo });
    const later = await of();
    expect(later.tools.map(({ name }) => name)).toEqual(["echo"]);
    expect(await of()).toBe(later);
  });

  test("has the tools of a set that was made before", async () => {
    const cells = new ScriptedCells();
    const session = cells.runtime().openSession();
    session.setToolSet(ToolSet.empty.with({ echo }));
    expect((await setupOf({ session, cells })).tools.map(({ name }) => name)).toEqual(["echo"]);
  });

  test.each([
    ["fail", true],
    ["wait", false],
  ] as const)("says what a deadlock is: %s", async (deadlock, failOnDeadlock) => {
    const cells = new ScriptedCells();
    const session = cells.runtime().openSession({ deadlock });
    expect(await setupOf({ session, cells })).toMatchObject({ failOnDeadlock });
  });
});

test.each([
  ["shared", undefined],
  ["session", [false, true]],
] as const)(
  "the zygotes of cells that are %s are ended when the session is closed where they are its own",
  async (zygote, expected) => {
    const cells = new ScriptedCells();
    const session = cells.runtime().openSession({ zygote });
    const exec = session.exec("", noWait);
    cells.last.say(started);
    const { apart } = cells.last.options;
    const before = apart?.aborted;
    const closing = session.close();
    cells.last.say(settledWith("terminated"), disposed);
    await Promise.all([exec, closing]);
    expect(apart && [before, apart.aborted]).toEqual(expected);
  },
);

test("a runtime is closed when its cells are gone and its backend has closed", async () => {
  const cells = new ScriptedCells();
  const gone = new Held();
  cells.closed = gone.promise;
  const runtime = cells.runtime();
  const exec = runtime.openSession().exec("", noWait);
  cells.last.say(started);
  const happened: string[] = [];
  const closing = runtime.close().then(() => happened.push("closed"));
  void cells.closing.promise.then(() => happened.push("backend closes"));
  await cells.last.stop.promise;
  await new Promise((resolve) => setImmediate(resolve));
  expect(happened).toEqual([]);
  cells.last.say(settledWith("terminated"), disposed);
  expect(await exec).toMatchObject({ status: "terminated", reason: "closed" });
  await cells.closing.promise;
  await new Promise((resolve) => setImmediate(resolve));
  expect(happened).toEqual(["backend closes"]);
  gone.resolve();
  await closing;
  expect(happened).toEqual(["backend closes", "closed"]);
});

describe("a cell that is recorded", () => {
  test("is in the session, or where a function puts it, and is replayed with its runtime", async () => {
    await using codeMode = createCodeMode({ record: true });
    const session = codeMode.openSession();
    const { cellId } = await session.exec("text(1)", noWait);
    const journal = session.journal(cellId);
    const kinds = journal.map(({ kind }) => kind);
    expect(kinds).toEqual(["opened", "out", "ended"]);
    const told: JournalEntry[] = [];
    const record = (entry: JournalEntry): void => void told.push(entry);
    const other = await session.exec("text(1)", { ...noWait, record });
    expect(told.map(({ kind }) => kind)).toEqual(kinds);
    expect(() => session.journal(other.cellId)).toThrow("record: true");
    const unrecorded = await session.exec("text(1)", { ...noWait, record: false });
    expect(() => session.journal(unrecorded.cellId)).toThrow("record: true");
    expect(await codeMode.replay(journal)).toMatchObject({ status: "same" });
  });

  test("is held by its runtime no longer than its replay takes", async () => {
    await using codeMode = createCodeMode({ record: true });
    const session = codeMode.openSession();
    const { cellId } = await session.exec("text(1)", noWait);
    const replayed = async (): Promise<WeakRef<object>> =>
      new WeakRef(await codeMode.replay(session.journal(cellId)));
    await collected(await replayed());
  });

  test("ends its replay with its runtime", async () => {
    const codeMode = createCodeMode();
    const ends = expect(codeMode.replay(await endlessJournal())).rejects.toMatchObject({
      code: "ERR_SESSION_CLOSED",
    });
    await codeMode.close();
    await ends;
  });
});
