import { describe, expect, test } from "vitest";
import { createCodeMode } from "../../src/index.js";
import type { DurableStore, Forgotten } from "../../src/sqlite.js";
import { Held, textsOf } from "../support/cells.js";
import { Place, storeWith } from "../support/store-place.js";

const noWait = { yieldAfterMs: Number.POSITIVE_INFINITY };

describe("what a session's cells have stored before", () => {
  test("is there for whatever is asked first, and does not come back over what is stored later", async () => {
    const place = new Place();
    await (await place.open()).openSession({ id: "s" }).exec('store("k", 1)', noWait);
    const session = (await place.open()).openSession({ id: "s" });
    expect(await session.storedValues()).toEqual({ k: 1 });
    await session.exec('store("k", 2)', noWait);
    expect(textsOf(await session.exec('text(load("k"))', noWait))).toEqual(["2"]);
    expect(await session.storedValues()).toEqual({ k: 2 });
    await place.close();
  });

  test("is not asked for by an exec that was aborted before, nor by a session that was closed", async () => {
    let asked = 0;
    const place = new Place((store) =>
      storeWith(store, {
        values: (id) => {
          asked += 1;
          return store.values(id);
        },
      }),
    );
    const session = (await place.open()).openSession({ id: "s" });
    const aborted = await session.exec("text(1)", { signal: AbortSignal.abort() });
    expect(aborted).toMatchObject({ status: "terminated", reason: "aborted" });
    await session.close();
    expect(await session.wait(aborted.cellId)).toMatchObject({ status: "missing" });
    expect(asked).toBe(0);
    await place.close();
  });

  test("comes late for an exec that is aborted meanwhile, which leaves its place to the next", async () => {
    const gate = new Held();
    const place = new Place((store) =>
      storeWith(store, { values: (id) => gate.promise.then(() => store.values(id)) }),
    );
    const session = (await place.open({ limits: { cells: 1 } })).openSession({ id: "s" });
    const abort = new AbortController();
    const aborted = session.exec("text(1)", { signal: abort.signal });
    abort.abort();
    gate.resolve();
    expect(await aborted).toMatchObject({ status: "terminated", reason: "aborted" });
    expect(textsOf(await session.exec("text(2)", noWait))).toEqual(["2"]);
    await place.close();
  });

  test("is there with what another session has stored since, where others store too", async () => {
    let store: DurableStore | undefined;
    const place = new Place((made) => {
      store = made;
      return made;
    });
    const codeMode = await place.open();
    const [one, other] = [codeMode.openSession({ id: "s" }), codeMode.openSession({ id: "s" })];
    await one.exec('store("a", 1)', noWait);
    await other.exec('store("b", 2)', noWait);
    expect(await one.storedValues()).toEqual({ a: 1 });
    one.share();
    expect(await one.storedValues()).toEqual({ a: 1, b: 2 });
    await one.exec('store("b", 3)', noWait);
    expect(await one.storedValues()).toEqual({ a: 1, b: 3 });
    await other.exec('store("b", 4)', noWait);
    expect(textsOf(await one.exec('text(load("b"))', noWait))).toEqual(["4"]);
    await store?.forget({ sessionId: "s" });
    expect(textsOf(await one.exec('text(load("b"))', noWait))).toEqual(["undefined"]);
    // Also as the first that is asked of a session.
    const third = codeMode.openSession({ id: "s" });
    third.share();
    await third.exec('store("a", 4)', noWait);
    expect(await third.storedValues()).toEqual({ a: 4 });
    await place.close();
    await using without = createCodeMode({ prewarm: 0 });
    const session = without.openSession({ storedValues: { a: 1 } });
    session.share();
    expect(await session.storedValues()).toEqual({ a: 1 });
  });
});

describe("what has been kept for long enough is looked for", () => {
  test("once in a runtime: a week back, and a month where it has not ended, if nothing else is said", async () => {
    const forgotten: Forgotten[] = [];
    const place = new Place((store) =>
      storeWith(store, {
        forget: (what) => {
          forgotten.push(what);
          return store.forget(what);
        },
      }),
    );
    const day = 24 * 60 * 60 * 1000;
    const before = Date.now();
    const codeMode = await place.open();
    for (const id of ["s", "t"]) await codeMode.openSession({ id }).exec("", noWait);
    const { endedBefore, idleSince } = Object.assign({}, ...forgotten);
    expect(forgotten).toHaveLength(2);
    expect(endedBefore).toBeGreaterThanOrEqual(before - 7 * day);
    expect(endedBefore).toBeLessThanOrEqual(Date.now() - 7 * day);
    expect(idleSince).toBeGreaterThanOrEqual(before - 30 * day);
    expect(idleSince).toBeLessThanOrEqual(Date.now() - 30 * day);
    await (await place.open({}, Number.POSITIVE_INFINITY))
      .openSession({ id: "s" })
      .exec("", noWait);
    expect(forgotten).toEqual([{ endedBefore }, { idleSince }, { idleSince: expect.any(Number) }]);
    await place.close();
  });
});

test("the id of a durable cell is a UUID that begins with the time, and no other's", async () => {
  const place = new Place();
  const session = (await place.open()).openSession({ id: "s" });
  const before = Date.now();
  const signal = AbortSignal.abort();
  const ids: string[] = [];
  for (let i = 0; i < 40; i += 1) ids.push((await session.exec("", { signal })).cellId);
  const after = Date.now();
  expect(new Set(ids).size).toBe(40);
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const at = Number.parseInt(id.replace("-", "").slice(0, 12), 16);
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(after);
  }
  // Of the two bytes that say what it is, the rest is random.
  expect(new Set(ids.map((id) => id.slice(14, 16))).size).toBeGreaterThan(1);
  expect(new Set(ids.map((id) => id.slice(19, 21))).size).toBeGreaterThan(2);
  await place.close();
});

describe("a journal", () => {
  const invalid = (message: string): object =>
    expect.objectContaining({
      code: "ERR_INVALID_OPTION",
      message: expect.stringContaining(message),
    });

  test("is that of a cell in the store, where there is one", async () => {
    await using without = createCodeMode();
    await expect(without.journal("1")).rejects.toThrow(invalid("in the store of this runtime"));
    const place = new Place();
    const codeMode = await place.open();
    await expect(codeMode.journal(1 as never)).rejects.toThrow(
      invalid("of this runtime; got the number 1"),
    );
    await place.close();
  });

  test("of a session is that of a cell that was recorded", async () => {
    await using codeMode = createCodeMode();
    const session = codeMode.openSession();
    expect(() => session.journal(1 as never)).toThrow(invalid("a string"));
    expect(() => session.journal("1")).toThrow(invalid("record: true"));
    const { cellId } = await session.exec("");
    expect(() => session.journal(cellId)).toThrow(invalid("record: true"));
  });
});
