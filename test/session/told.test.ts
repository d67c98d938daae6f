import { expect, test } from "vitest";
import type { CellOutcome } from "../../src/index.js";
import { completedOf, failedOf, shownBy } from "../support/cells.js";
import { Place, storeWith } from "../support/store-place.js";

const noWait = { yieldAfterMs: Number.POSITIVE_INFINITY };

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

test("what a cell said is told whole where it fails by itself", async () => {
  const place = new Place();
  const session = (await place.open({ console: true })).openSession({ id: "s" });
  const first = await session.exec('text("a"); yield_control(); text("b"); null.x;', noWait);
  const failed = failedOf(await session.wait(first.cellId, noWait));
  expect([shownBy(first), shownBy(failed)]).toEqual([["a"], ["b"]]);
  await place.close();
});
