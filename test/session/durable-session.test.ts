import { describe, expect, test } from "vitest";
import { createCodeMode, type Session } from "../../src/index.js";
import {
  type ClaimResult,
  type DurableStore,
  type Forgotten,
  sqliteStore,
} from "../../src/sqlite.js";
import { completedOf, EventLog, Held, shownBy, textsOf } from "../support/cells.js";
import { Place, storeWith } from "../support/store-place.js";

const noWait = { yieldAfterMs: Number.POSITIVE_INFINITY };
const sleepLong = "await new Promise((done) => setTimeout(done, 1e9));";

/** Leaves a cell open that says "before", and "after" once it is resumed. */
async function leaveOpen(place: Place): Promise<string> {
  const look = { effect: "read", execute: (): Promise<never> => new Promise(() => {}) } as const;
  const session = (await place.open({ tools: { look } })).openSession({ id: "s" });
  const source = 'text("before"); yield_control(); await tools.look(); text("after");';
  const { cellId } = await session.exec(source, noWait);
  await place.close();
  return cellId;
}
const look = { effect: "read", execute: (): string => "" } as const;

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

  test("also where the cell is terminated", async () => {
    const place = new Place();
    const session = (await place.open()).openSession({ id: "s" });
    const { cellId } = await session.exec(`text(1); yield_control(); ${sleepLong}`, noWait);
    expect(await session.terminate(cellId)).toMatchObject({ status: "terminated", cursor: 1 });
    await place.close();
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

describe("a cell of an earlier process", () => {
  /** A store that says other things about its cells for a while, and what it was asked. */
  class OddStore {
    says: Partial<Pick<DurableStore, "find" | "claim" | "read">> = {};
    readonly claims: string[] = [];
    readonly releases: (readonly [string, number])[] = [];

    readonly wrap = (store: DurableStore): DurableStore =>
      storeWith(store, {
        find: (id) => this.says.find?.(id) ?? store.find(id),
        read: (...place) => this.says.read?.(...place) ?? store.read(...place),
        claim: (id, host) => {
          this.claims.push(id);
          return this.says.claim?.(id, host) ?? store.claim(id, host);
        },
        release: (id, epoch) => {
          this.releases.push([id, epoch]);
          return store.release(id, epoch);
        },
      });
  }

  test("is not claimed where it has ended; where that is seen by the claim only, its end is told too", async () => {
    const odd = new OddStore();
    const place = new Place(odd.wrap);
    const first = await (await place.open()).openSession({ id: "s" }).exec("text(1)", noWait);
    const session = (await place.open()).openSession({ id: "s" });
    expect(textsOf(await session.wait(first.cellId, noWait))).toEqual(["1"]);
    expect(odd.claims).toEqual([]);
    odd.says.find = async (cellId) => ({
      ...{ cellId, sessionId: "s", status: "open", createdAt: 0, endedAt: undefined },
      ...{ records: 0, epoch: 1 },
    });
    for (let round = 0; round < 2; round += 1) {
      expect(textsOf(await session.wait(first.cellId, noWait))).toEqual(["1"]);
    }
    expect(odd.claims).toHaveLength(2);
    expect(odd.releases).toEqual([]);
    await place.close();
  });

  test.each<readonly [string, ClaimResult, object]>([
    ["is gone", { type: "missing" }, { status: "missing", reason: "unknown" }],
    ["another host has", { type: "owned" }, { code: "ERR_CELL_BUSY" }],
  ])("that %s by the time of the claim can be asked for again", async (_what, answer, expected) => {
    const odd = new OddStore();
    const place = new Place(odd.wrap);
    const cellId = await leaveOpen(place);
    odd.releases.length = 0;
    const session = (await place.open({ tools: { look } })).openSession({ id: "s" });
    odd.says.claim = async () => answer;
    const outcome = await session.wait(cellId).catch((thrown: unknown) => thrown);
    expect(outcome).toMatchObject(expected);
    expect(odd.releases).toEqual([]);
    odd.says = {};
    expect(textsOf(await session.wait(cellId, noWait))).toEqual(["after"]);
    await place.close();
  });

  test("whose journal cannot be read is given up, and can be asked for again", async () => {
    const odd = new OddStore();
    const place = new Place(odd.wrap);
    const cellId = await leaveOpen(place);
    odd.releases.length = 0;
    const session = (await place.open({ tools: { look } })).openSession({ id: "s" });
    odd.says.read = () => Promise.reject(new Error("the disk is gone"));
    await expect(session.wait(cellId)).rejects.toThrow("the disk is gone");
    expect(odd.releases).toEqual([[cellId, 2]]);
    odd.says = {};
    expect(textsOf(await session.wait(cellId, noWait))).toEqual(["after"]);
    await place.close();
  });

  test("is looked for when its session's values are there, over which its own must come", async () => {
    let isLoaded = false;
    const looks: boolean[] = [];
    const place = new Place((store) =>
      storeWith(store, {
        values: async (id) => {
          const values = await store.values(id);
          isLoaded = true;
          return values;
        },
        find: (id) => {
          looks.push(isLoaded);
          return store.find(id);
        },
      }),
    );
    const cellId = await leaveOpen(place);
    const session = (await place.open({ tools: { look } })).openSession({ id: "s" });
    isLoaded = false;
    looks.length = 0;
    expect(textsOf(await session.wait(cellId, noWait))).toEqual(["after"]);
    expect(looks).not.toContain(false);
    await place.close();
  });

  test("is brought back once for all who ask at the same time", async () => {
    const place = new Place();
    const cellId = await leaveOpen(place);
    const session = (await place.open({ tools: { look } })).openSession({ id: "s" });
    const ends = await Promise.all([session.terminate(cellId), session.terminate(cellId)]);
    expect(ends).toMatchObject([{ status: "terminated" }, { status: "terminated" }]);
    await place.close();
  });

  const one = { cells: 1, queuedCells: 1 };

  test("has a place like others, until it has ended", async () => {
    const place = new Place();
    const cellId = await leaveOpen(place);
    const [called, held] = [new Held(), new Held<string>()];
    const execute = (): Promise<string> => {
      called.resolve();
      return held.promise;
    };
    const tools = { look: { effect: "read", execute } } as const;
    const session = (await place.open({ tools, limits: one })).openSession({ id: "s" });
    const back = session.wait(cellId, noWait);
    await called.promise;
    const queued = session.exec("text(1)", noWait);
    await expect(session.exec("text(2)")).rejects.toMatchObject({ code: "ERR_QUEUE_FULL" });
    held.resolve("");
    expect([await back, await queued].map(textsOf)).toEqual([["after"], ["1"]]);
    await place.close();
  });

  test("that has no place for now can be asked for again", async () => {
    const place = new Place();
    const cellId = await leaveOpen(place);
    const codeMode = await place.open({ tools: { look }, limits: one });
    const session = codeMode.openSession({ id: "s" });
    const busy = await session.exec(sleepLong, { yieldAfterMs: 0 });
    const queued = session.exec("text(1)", noWait);
    await expect(session.wait(cellId)).rejects.toMatchObject({ code: "ERR_QUEUE_FULL" });
    await session.terminate(busy.cellId);
    expect(textsOf(await queued)).toEqual(["1"]);
    expect(textsOf(await session.wait(cellId, noWait))).toEqual(["after"]);
    await place.close();
  });

  test("that waits for its place when its session is closed is left to the next", async () => {
    const place = new Place();
    const cellId = await leaveOpen(place);
    const codeMode = await place.open({ tools: { look }, limits: { cells: 1 } });
    const session: Session = codeMode.openSession({ id: "s" });
    const busy = await session.exec(sleepLong, { yieldAfterMs: 0 });
    expect(busy.status).toBe("yielded");
    const waiting = session.wait(cellId, noWait);
    await session.close();
    expect(await waiting).toMatchObject({ status: "missing" });
    const next = codeMode.openSession({ id: "s" });
    expect(textsOf(await next.wait(cellId, noWait))).toEqual(["after"]);
    await place.close();
  });
});

test("a cell that was resumed in vain twice is resumed once more, and then no more", async () => {
  for (const [hosts, status] of [
    [["1", "2"], "completed"],
    [["1", "2", "3"], "failed"],
  ] as const) {
    const place = new Place();
    const cellId = await leaveOpen(place);
    for (const host of hosts) {
      const store = sqliteStore(place.file);
      expect(await store.claim(cellId, host)).toMatchObject({ type: "claimed" });
      await store.close();
    }
    const session = (await place.open({ tools: { look } })).openSession({ id: "s" });
    expect(await session.wait(cellId, noWait)).toMatchObject({ status });
    await place.close();
  }
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
