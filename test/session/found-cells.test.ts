import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { getBinding } from "../../src/backend/addon/binding.js";
import { type CellOutcome, createCodeMode, type JournalEntry } from "../../src/index.js";
import { completedOf, EventLog, Held, shownBy } from "../support/cells.js";
import { leaveOpen, look } from "../support/left-open.js";
import { Place, storeWith } from "../support/store-place.js";

const noWait = { yieldAfterMs: Number.POSITIVE_INFINITY };
const source = 'text("before"); yield_control(); await tools.look(); text("after"); store("k", 1);';

async function leftCell(sessionId = "s"): Promise<{ place: Place; cellId: string }> {
  const place = new Place();
  return { place, cellId: await leaveOpen(place, { sessionId, source }) };
}

test("a session finds the cells of others only where it is to find all", async () => {
  const { place, cellId } = await leftCell();
  const session = (await place.open({ tools: { look } })).openSession({ id: "other" });
  const missing = { status: "missing", reason: "unknown" };
  expect(await session.wait(cellId)).toMatchObject(missing);
  expect(await session.terminate(cellId)).toMatchObject(missing);
  session.findAllCells();
  const outcome = completedOf(await session.wait(cellId, { after: 0, ...noWait }));
  expect([shownBy(outcome), outcome.cursor]).toEqual([["before", "after"], 2]);
  await place.close();
});

test("a session that is to find those of some sessions finds them by how their ids begin", async () => {
  const { place, cellId } = await leftCell("a/1");
  const session = (await place.open({ tools: { look } })).openSession({ id: "other" });
  for (const prefix of ["1", "a/1/", "b/"]) {
    session.findAllCells(prefix);
    expect(await session.wait(cellId)).toMatchObject({ status: "missing" });
  }
  session.findAllCells("a/");
  completedOf(await session.wait(cellId, noWait));
  await place.close();
});

test("a cell can be gone on with and not be observed, where its tools are", async () => {
  const { place, cellId } = await leftCell();
  const without = (await place.open()).openSession({ id: "s" });
  await expect(without.resume(cellId)).rejects.toMatchObject({
    code: "ERR_INVALID_TOOL",
    message: expect.stringContaining("look"),
  });
  const session = (await place.open({ tools: { look } })).openSession({ id: "s" });
  expect(await session.resume("00000000-0000-7000-8000-000000000000")).toBeUndefined();
  const resumed = await session.resume(cellId);
  expect(resumed).toBeDefined();
  expect(await session.resume(cellId)).toBe(resumed);
  const outcome = completedOf(await session.wait(cellId, { after: 0, ...noWait }));
  expect(shownBy(outcome)).toEqual(["before", "after"]);
  await resumed?.released;
  await place.close();
});

test("a cell that its store refused here is gone on with, also where nobody was told of that end", async () => {
  let isFull = false;
  const place = new Place((store) =>
    storeWith(store, {
      append: async (at, records, end) => {
        if (isFull) throw new Error("the disk is full");
        return store.append(at, records, end);
      },
    }),
  );
  const held = new Held<string>();
  const log = new EventLog();
  const tools = { look: { effect: "read", execute: () => held.promise } } as const;
  const codeMode = await place.open({ tools, onEvent: log.push });
  const session = codeMode.openSession({ id: "s" });
  const { cellId } = await session.exec(source, noWait);
  await log.seen("toolCallStarted");
  isFull = true;
  held.resolve("");
  await log.seen("ended");
  isFull = false;
  expect(await session.resume(cellId)).toBeDefined();
  const outcome = completedOf(await session.wait(cellId, { after: 0, ...noWait }));
  expect(shownBy(outcome)).toEqual(["before", "after"]);
  expect(codeMode.stats().memory.unseenBytes).toBe(0);
  await place.close();
});

test.each([
  ["wait", "wait"],
  ["wait", "terminate"],
  ["terminate", "wait"],
  ["terminate", "terminate"],
] as const)(
  "the end of an earlier process's cell is told to all who ask at once: %s and %s",
  async (one, other) => {
    const place = new Place();
    const first = (await place.open()).openSession({ id: "s" });
    const { cellId } = await first.exec("text(1); text(2);", noWait);
    const session = (await place.open()).openSession({ id: "s" });
    const asked = [one, other, one, other, one, other].map((name) => session[name](cellId));
    for (const outcome of await Promise.all(asked)) {
      expect(completedOf(outcome)).toMatchObject({
        output: [{ text: "1" }, { text: "2" }],
        cursor: 2,
      });
    }
    // Each has it from where it is itself.
    const [all, none] = await Promise.all(
      [0, 2].map((after) => session.wait(cellId, { after, ...noWait })),
    );
    expect([all, none].map((outcome) => shownBy(outcome as CellOutcome))).toEqual([["1", "2"], []]);
    await place.close();
  },
);

test("a cell stays its session's, whichever session goes on with it", async () => {
  const { place, cellId } = await leftCell();
  const told: JournalEntry[] = [];
  const record = (entry: JournalEntry): void => void told.push(entry);
  const codeMode = await place.open({ tools: { look }, record });
  const other = codeMode.openSession({ id: "other" });
  other.findAllCells();
  completedOf(await other.wait(cellId, noWait));
  expect(told.length).toBeGreaterThan(0);
  for (const entry of told) expect(entry).toMatchObject({ cellId, sessionId: "s" });
  const later = (await place.open()).openSession({ id: "s" });
  expect(await later.storedValues()).toEqual({ k: 1 });
  await place.close();
});

test("a session without a store finds no other cells than its own", async () => {
  await using codeMode = createCodeMode();
  const session = codeMode.openSession();
  session.findAllCells();
  expect(await session.wait("1")).toMatchObject({ status: "missing", reason: "unknown" });
  expect(await session.resume("1")).toBeUndefined();
});

test("an exec whose requestId has a cell that another session runs is refused until that has ended", async () => {
  const [called, held] = [new Held(), new Held<string>()];
  const execute = (): Promise<string> => {
    called.resolve();
    return held.promise;
  };
  const place = new Place();
  const codeMode = await place.open({ tools: { hold: { execute } } });
  const [one, other] = [codeMode.openSession({ id: "s" }), codeMode.openSession({ id: "s" })];
  const program = "text(await tools.hold())";
  const exec = one.exec(program, { requestId: "r", ...noWait });
  await called.promise;
  await expect(other.exec(program, { requestId: "r" })).rejects.toMatchObject({
    code: "ERR_CELL_BUSY",
  });
  held.resolve("once");
  expect(shownBy(await exec)).toEqual(["once"]);
  expect(shownBy(await other.exec(program, { requestId: "r", ...noWait }))).toEqual(["once"]);
  await place.close();
});

test("such an exec is refused, too, where the cell has done all and the store does not have it yet", async () => {
  const [creating, gate] = [new Held(), new Held()];
  const place = new Place((store) =>
    storeWith(store, {
      create: async (cell) => {
        creating.resolve();
        await gate.promise;
        return store.create(cell);
      },
    }),
  );
  const codeMode = await place.open({ prewarm: 0 });
  const [one, other] = [codeMode.openSession({ id: "s" }), codeMode.openSession({ id: "s" })];
  const exec = one.exec("text(1)", { requestId: "r", ...noWait });
  await creating.promise;
  while (getBinding().threadCount() > 0) await nextTurn();
  await expect(other.exec("text(1)", { requestId: "r", ...noWait })).rejects.toMatchObject({
    code: "ERR_CELL_BUSY",
  });
  gate.resolve();
  expect(shownBy(await exec)).toEqual(["1"]);
  await place.close();
});
