import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import type { CellOutcome } from "../../src/index.js";
import { completedOf, EventLog, failedOf, Held, shownBy } from "../support/cells.js";
import { Place, storeWith } from "../support/store-place.js";

const noWait = { yieldAfterMs: Number.POSITIVE_INFINITY };
const sleepLong = "await new Promise((done) => setTimeout(done, 1e9));";

/** The texts and console lines of an outcome. */
function saidBy(outcome: CellOutcome): readonly unknown[] {
  if (outcome.status === "missing") return [];
  return [shownBy(outcome), outcome.logs.map(({ text }) => text)];
}

test("what a cell said that its store has not is told by the end that it comes to, and by no earlier", async () => {
  let isFull = true;
  const place = new Place((store) =>
    storeWith(store, {
      append: async (at, records, end) => {
        if (isFull && records.some(({ body }) => body.includes("late"))) {
          throw new Error("the disk is full");
        }
        return store.append(at, records, end);
      },
    }),
  );
  const tools = { send: { effect: "idempotent", execute: () => "sent" } } as const;
  const session = (await place.open({ tools, console: true })).openSession({ id: "s" });
  const first = await session.exec(
    `text("first"); console.log("first"); yield_control();
    text("kept"); console.log("kept"); await tools.send();
    text("late"); console.log("late"); await tools.send();`,
    noWait,
  );
  expect(saidBy(first)).toEqual([["first"], ["first"]]);
  const failed = failedOf(await session.wait(first.cellId, noWait));
  expect(failed.error.code).toBe("ERR_CELL_STORE");
  expect(saidBy(failed)).toEqual([["kept"], ["kept"]]);
  expect(failed.cursor).toBe(2);
  isFull = false;
  const end = completedOf(await session.wait(first.cellId, { ...noWait, after: 2 }));
  expect([shownBy(end), end.cursor]).toEqual([["late"], 3]);
  await place.close();
});

test("what was told is written where a cell goes on, and not with its end", async () => {
  const held = new Held();
  const kinds: string[] = [];
  const note = (records: readonly { readonly kind: string }[]): void =>
    void kinds.push(...records.map(({ kind }) => kind));
  const place = new Place((store) =>
    storeWith(store, {
      create: (cell) => {
        note(cell.records);
        return store.create(cell);
      },
      append: (at, records, end) => {
        note(records);
        return store.append(at, records, end);
      },
    }),
  );
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const tools = { hold: { effect: "read", execute: () => held.promise } } as const;
    const session = (await place.open({ tools })).openSession({ id: "s" });
    const first = await session.exec("text(1); yield_control(); await tools.hold();", noWait);
    held.resolve();
    completedOf(await session.wait(first.cellId, noWait));
    // For as long as a record may wait to be written.
    vi.advanceTimersByTime(1000);
    await nextTurn();
  } finally {
    vi.useRealTimers();
  }
  await place.close();
  expect(kinds.filter((kind) => kind === "told")).toHaveLength(1);
  expect(kinds.at(-1)).toBe("ended");
});

test("what a cell said is told whole where it fails by itself", async () => {
  const place = new Place();
  const session = (await place.open({ console: true })).openSession({ id: "s" });
  const first = await session.exec('text("a"); yield_control(); text("b"); null.x;', noWait);
  const failed = failedOf(await session.wait(first.cellId, noWait));
  expect([shownBy(first), shownBy(failed)]).toEqual([["a"], ["b"]]);
  await place.close();
});

describe("what a cell has said is told from where its reader is:", () => {
  const source = `
    text(1); console.log("a"); yield_control();
    await tools.hold(); text(2); console.log("b"); text(3);`;
  const afters: readonly (readonly [number | undefined, readonly string[]])[] = [
    [undefined, ["2", "3"]],
    [0, ["1", "2", "3"]],
    [1, ["2", "3"]],
    [2, ["3"]],
    [3, []],
  ];

  test("of one that this process runs", async () => {
    const place = new Place();
    const hold = { effect: "read", execute: (): string => "" } as const;
    const codeMode = await place.open({ console: true, tools: { hold } });
    const session = codeMode.openSession({ id: "s" });
    for (const [after, texts] of afters) {
      const first = await session.exec(source, noWait);
      expect(first).toMatchObject({ status: "yielded", cursor: 1, output: [{ text: "1" }] });
      const outcome = completedOf(await session.wait(first.cellId, { after, ...noWait }));
      expect([shownBy(outcome), outcome.cursor]).toEqual([texts, 3]);
    }
    await place.close();
  });

  test("of one that an earlier process ran, as often as it is asked", async () => {
    const place = new Place();
    const log = new EventLog();
    const held = new Held<string>();
    const hold = { effect: "read", execute: () => held.promise } as const;
    const codeMode = await place.open({ console: true, tools: { hold }, onEvent: log.push });
    const { cellId } = await codeMode.openSession({ id: "s" }).exec(source, noWait);
    // What was told is in the journal, whose last entry is the end.
    held.resolve("");
    await log.seen("ended");
    const later = (await place.open()).openSession({ id: "s" });
    for (const [after, texts] of afters) {
      const outcome = completedOf(await later.wait(cellId, { after, ...noWait }));
      expect([shownBy(outcome), outcome.cursor]).toEqual([texts, 3]);
      expect(outcome.logs.map(({ text }) => text)).toEqual(["b"]);
    }
    await place.close();
  });

  test("of one that another process goes on with: who has more of it than this one keeps its place", async () => {
    let isTaken = false;
    const place = new Place((store) =>
      storeWith(store, {
        append: async (at, records, end) => (isTaken ? "fenced" : store.append(at, records, end)),
      }),
    );
    const session = (await place.open()).openSession({ id: "s" });
    const { cellId } = await session.exec(`text(1); yield_control(); ${sleepLong}`, noWait);
    expect(await session.wait(cellId, { after: 3, yieldAfterMs: 0 })).toMatchObject({
      status: "yielded",
      cursor: 1,
    });
    isTaken = true;
    expect(await session.wait(cellId, { after: 3, yieldAfterMs: 0 })).toMatchObject({
      status: "failed",
      error: { code: "ERR_CELL_STORE" },
      output: [],
      cursor: 3,
    });
    await place.close();
  });

  test("of one that fails by itself: who says that it has more than there is, is told how much that is", async () => {
    const place = new Place();
    const session = (await place.open()).openSession({ id: "s" });
    const { cellId } = await session.exec("text(1); yield_control(); null.x;", noWait);
    const failed = failedOf(await session.wait(cellId, { after: 5, ...noWait }));
    expect([shownBy(failed), failed.cursor]).toEqual([[], 1]);
    await place.close();
  });

  test("also where the cell is terminated", async () => {
    const place = new Place();
    const session = (await place.open()).openSession({ id: "s" });
    const { cellId } = await session.exec(`text(1); yield_control(); ${sleepLong}`, noWait);
    expect(await session.terminate(cellId)).toMatchObject({ status: "terminated", cursor: 1 });
    await place.close();
  });
});
