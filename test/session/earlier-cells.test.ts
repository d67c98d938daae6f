import { describe, expect, test } from "vitest";
import type { Session } from "../../src/index.js";
import { type ClaimResult, type DurableStore, sqliteStore } from "../../src/sqlite.js";
import { textsOf } from "../support/cells.js";
import { heldLook, leaveOpen, look } from "../support/left-open.js";
import { Place, storeWith } from "../support/store-place.js";

const noWait = { yieldAfterMs: Number.POSITIVE_INFINITY };
const sleepLong = "await new Promise((done) => setTimeout(done, 1e9));";

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
    const { tools, called, goOn } = heldLook();
    const session = (await place.open({ tools, limits: one })).openSession({ id: "s" });
    const back = session.wait(cellId, noWait);
    await called;
    const queued = session.exec("text(1)", noWait);
    await expect(session.exec("text(2)")).rejects.toMatchObject({ code: "ERR_QUEUE_FULL" });
    goOn();
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
