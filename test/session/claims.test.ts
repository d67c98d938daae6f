import { describe, expect, test } from "vitest";
import type { DurableStore } from "../../src/sqlite.js";
import { sealedStore } from "../../src/sqlite.js";
import { completedOf, Held, shownBy } from "../support/cells.js";
import { heldLook, leaveOpen, look } from "../support/left-open.js";
import { Place, storeWith } from "../support/store-place.js";

const noWait = { yieldAfterMs: Number.POSITIVE_INFINITY };
const busy = { code: "ERR_CELL_BUSY" };
describe("a cell of an earlier process goes on in one session", () => {
  test("of two that wait for it at the same moment", async () => {
    const place = new Place();
    const cellId = await leaveOpen(place);
    const codeMode = await place.open({ tools: { look } });
    const sessions = [codeMode.openSession({ id: "s" }), codeMode.openSession({ id: "s" })];
    const asked = await Promise.allSettled(sessions.map((one) => one.wait(cellId, noWait)));
    const ends = asked.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    expect(ends.map((end) => shownBy(completedOf(end)))).toEqual([["after"]]);
    expect(asked).toContainEqual({
      status: "rejected",
      reason: expect.objectContaining(busy),
    });
    await place.close();
  });

  test("and is refused to another for as long as it runs", async () => {
    const place = new Place();
    const cellId = await leaveOpen(place);
    const { tools, called, goOn } = heldLook();
    const codeMode = await place.open({ tools });
    const [one, other] = [codeMode.openSession({ id: "s" }), codeMode.openSession({ id: "s" })];
    const end = one.wait(cellId, noWait);
    await called;
    await expect(other.wait(cellId)).rejects.toMatchObject(busy);
    goOn();
    expect(shownBy(completedOf(await end))).toEqual(["after"]);
    expect(shownBy(completedOf(await other.wait(cellId, { after: 0 })))).toEqual([
      "before",
      "after",
    ]);
    await place.close();
  });

  test("but not where another host has gone on with it since it was claimed", async () => {
    let isBehind = true;
    const claim: (store: DurableStore) => DurableStore["claim"] = (store) => async (id, host) => {
      const claimed = await store.claim(id, host);
      return isBehind && claimed.type === "claimed"
        ? { ...claimed, seq: claimed.seq - 1 }
        : claimed;
    };
    const place = new Place((store) => storeWith(store, { claim: claim(store) }));
    const cellId = await leaveOpen(place);
    const session = (await place.open({ tools: { look } })).openSession({ id: "s" });
    await expect(session.wait(cellId)).rejects.toMatchObject(busy);
    isBehind = false;
    expect(shownBy(completedOf(await session.wait(cellId, noWait)))).toEqual(["after"]);
    await place.close();
  });
});

test("a session finds no cell of another one, whatever that is called", async () => {
  const place = new Place();
  const cellId = await leaveOpen(place, { sessionId: "undefined" });
  const session = (await place.open({ tools: { look } })).openSession({ id: "s" });
  expect(await session.wait(cellId)).toMatchObject({ status: "missing", reason: "unknown" });
  await place.close();
});

test("an exec with the requestId of a cell whose records are sealed is told that the key is missing", async () => {
  let isSealed = true;
  const keys = { current: "a", keys: { a: Buffer.alloc(32, 5) } };
  const place = new Place((store) => (isSealed ? sealedStore(store, keys) : store));
  const options = { requestId: "r", ...noWait };
  await (await place.open()).openSession({ id: "s" }).exec("text(1)", options);
  isSealed = false;
  const session = (await place.open()).openSession({ id: "s" });
  await expect(session.exec("text(1)", options)).rejects.toMatchObject({ code: "ERR_STORE_KEY" });
  await place.close();
});

test("of two execs of one requestId one begins the cell, and the other is refused, also while that waits for its place", async () => {
  const place = new Place();
  const [called, held] = [new Held(), new Held()];
  let count = 0;
  const tools = {
    hold: {
      execute: () => {
        called.resolve();
        return held.promise;
      },
    },
    add: { execute: () => (count += 1) },
  };
  const codeMode = await place.open({ tools, limits: { cells: 1 } });
  const session = codeMode.openSession({ id: "s" });
  const first = session.exec("await tools.hold()", noWait);
  await called.promise;
  const exec = () => session.exec("text(await tools.add())", { requestId: "r", ...noWait });
  const [waits, other] = [exec(), exec()];
  await expect(other).rejects.toMatchObject(busy);
  held.resolve();
  completedOf(await first);
  expect(shownBy(completedOf(await waits))).toEqual(["1"]);
  expect(count).toBe(1);
  await place.close();
});
