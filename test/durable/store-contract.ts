import { describe, expect, test } from "vitest";
import { CodeModeError } from "../../src/index.js";
import type { DurableStore, StoredRecord } from "../../src/sqlite.js";

/** A place where a store keeps things, as a test needs it. */
export interface StorePlace {
  /** Opens it; who has had it open before has closed it. */
  open(): DurableStore;
}

const host = "host-1";

function record(seq: number, fields: object = {}): StoredRecord {
  return { seq, at: 1000 + seq, kind: "out", body: JSON.stringify({ kind: "out", ...fields }) };
}

/** What every store must do. */
export function describeStore(name: string, newPlace: () => StorePlace): void {
  describe(`the store ${name}`, () => {
    test("keeps a cell and its journal for who opens it later", async () => {
      const place = newPlace();
      const first = place.open();
      const opened = record(0, { text: "\u0000 \ud800 ü 🙂" });
      await first.create({ cellId: "a", sessionId: "s", host, records: [opened] });
      const at = { cellId: "a", epoch: 1, seq: 1 };
      expect(await first.append(at, [record(1), record(2)])).toBe("appended");
      await first.close();

      const later = place.open();
      expect(await later.read("a", 0, 10)).toEqual([opened, record(1), record(2)]);
      expect(await later.read("a", 1, 1)).toEqual([record(1)]);
      expect(await later.read("a", 3, 10)).toEqual([]);
      expect(await later.read("no cell", 0, 10)).toEqual([]);
      expect(await later.find("a")).toMatchObject({
        cellId: "a",
        sessionId: "s",
        status: "open",
        endedAt: undefined,
        records: 3,
        epoch: 1,
      });
      expect(await later.find("no cell")).toBeUndefined();
      await later.close();
    });

    test("adds nothing for a writer with another epoch or another place", async () => {
      const store = newPlace().open();
      await store.create({ cellId: "a", sessionId: "s", host, records: [record(0)] });
      expect(await store.append({ cellId: "a", epoch: 1, seq: 0 }, [record(0)])).toBe("fenced");
      expect(await store.append({ cellId: "a", epoch: 2, seq: 1 }, [record(1)])).toBe("fenced");
      expect(await store.append({ cellId: "b", epoch: 1, seq: 1 }, [record(1)])).toBe("fenced");
      expect(await store.read("a", 0, 10)).toEqual([record(0)]);
      await store.close();
    });

    test("gives a cell to one host at a time, and fences who has had it", async () => {
      const place = newPlace();
      const first = place.open();
      await first.create({ cellId: "a", sessionId: "s", host, records: [record(0)] });
      expect(await first.claim("a", "host-2")).toEqual({ type: "owned" });
      // Who has it may begin anew with it.
      expect(await first.claim("a", host)).toEqual({ type: "claimed", epoch: 2, seq: 1 });
      await first.release("a", 2);
      expect(await first.claim("a", "host-2")).toEqual({ type: "claimed", epoch: 3, seq: 1 });
      await first.release("a", 2);
      expect(await first.claim("a", host)).toEqual({ type: "owned" });
      expect(await first.append({ cellId: "a", epoch: 1, seq: 1 }, [record(1)])).toBe("fenced");
      expect(await first.claim("no cell", host)).toEqual({ type: "missing" });
      await first.close();

      // Those that had it are gone.
      const later = place.open();
      expect(await later.claim("a", "host-3")).toEqual({ type: "claimed", epoch: 4, seq: 1 });
      await later.close();
    });

    test("ends a cell and gives its values to the session in one step", async () => {
      const store = newPlace().open();
      const keys = ["k", "__proto__", "\ud800", "a\u0000b"];
      const writes = keys.flatMap((key, index) => [key, `${index}`]);
      await store.create({ cellId: "a", sessionId: "s", host, records: [record(0)] });
      const end = { status: "completed", at: 5000, writes } as const;
      expect(await store.append({ cellId: "a", epoch: 9, seq: 1 }, [record(1)], end)).toBe(
        "fenced",
      );
      expect(await store.values("s")).toEqual([]);
      await store.append({ cellId: "a", epoch: 1, seq: 1 }, [record(1)], end);
      expect(await store.find("a")).toMatchObject({ status: "completed", endedAt: 5000 });
      expect(await store.claim("a", "host-2")).toEqual({ type: "ended" });
      expect(pairs(await store.values("s"))).toEqual(pairs(writes));
      expect(await store.values("another")).toEqual([]);

      await store.create({
        cellId: "b",
        sessionId: "s",
        host,
        records: [record(0)],
        end: { ...end, writes: ["k", '"new"'] },
      });
      expect(pairs(await store.values("s")).get("k")).toBe('"new"');
      // What was told of it is noted after its end.
      expect(await store.append({ cellId: "b", epoch: 1, seq: 1 }, [record(1)])).toBe("appended");
      await store.close();
    });

    test("says whether the values of a session are others than those that a reader has", async () => {
      const store = newPlace().open();
      const since = async (sessionId: string, version?: string) => {
        const found = await store.valuesSince?.(sessionId, version);
        if (found?.type !== "changed") return found;
        return { version: found.version, values: Object.fromEntries(pairs(found.values)) };
      };
      let cells = 0;
      const write = async (sessionId: string, writes: readonly string[], isOneStep = true) => {
        cells += 1;
        const cellId = `${cells}`;
        const ended = { status: "completed", at: 5000, writes } as const;
        const made = { cellId, sessionId, host, records: [record(0)] };
        await store.create({ ...made, ...(isOneStep && { end: ended }) });
        if (!isOneStep) await store.append({ cellId, epoch: 1, seq: 1 }, [record(1)], ended);
      };
      const versionOf = async (sessionId: string) =>
        ((await since(sessionId)) as { version: string }).version;
      const empty = await since("s");
      expect(empty).toMatchObject({ values: {} });
      const none = await versionOf("s");
      expect(await since("s", none)).toEqual({ type: "same" });
      await write("s", ["a", "1", "b", "2"]);
      const first = await since("s", none);
      expect(first).toMatchObject({ values: { a: "1", b: "2" } });
      const version = await versionOf("s");
      // What stores nothing, or is of another session, changes nothing.
      await write("s", [], false);
      await write("t", ["a", "9"]);
      expect(await since("s", version)).toEqual({ type: "same" });
      await write("s", ["a", "3"], false);
      expect(await since("s", version)).toMatchObject({ values: { a: "3", b: "2" } });
      const later = await versionOf("s");
      expect(await since("s", later)).toEqual({ type: "same" });
      // The same value again, by another cell, may be told or not; an older version is never the same.
      expect(await since("s", version)).toMatchObject({ values: { a: "3", b: "2" } });
      await store.forget({ sessionId: "s" });
      expect(await since("s", later)).toMatchObject({ values: {} });
      expect(await since("t", await versionOf("t"))).toEqual({ type: "same" });
      await store.close();
    });

    test("lists cells, of a session or in a state, the newest first", async () => {
      const store = newPlace().open();
      const end = { status: "failed", at: 5000, writes: [] } as const;
      await store.create({ cellId: "1", sessionId: "s", host, records: [record(0)] });
      await store.create({ cellId: "2", sessionId: "s", host, records: [record(0)], end });
      await store.create({ cellId: "3", sessionId: "t", host, records: [record(0)] });
      const ids = async (query: object): Promise<readonly string[]> =>
        (await store.cells(query)).map(({ cellId }) => cellId);
      expect(await ids({})).toEqual(["3", "2", "1"]);
      expect(await ids({ limit: 1 })).toEqual(["3"]);
      expect(await ids({ sessionId: "s" })).toEqual(["2", "1"]);
      expect(await ids({ state: "ended" })).toEqual(["2"]);
      expect(await ids({ sessionId: "s", state: "open" })).toEqual(["1"]);
      for (const [cellId, sessionId] of [
        ["4", "a_/s"],
        ["5", "a_/t"],
        ["6", "ab/s"],
        ["7", "a_"],
        ["8", "a_0"],
      ] as const) {
        await store.create({ cellId, sessionId, host, records: [record(0)] });
      }
      expect(await ids({ sessionPrefix: "a_/" })).toEqual(["5", "4"]);
      expect(await ids({ sessionPrefix: "a_/", state: "ended" })).toEqual([]);
      expect(await ids({ sessionPrefix: "a_/", limit: 1 })).toEqual(["5"]);
      expect(await ids({ sessionPrefix: "%" })).toEqual([]);
      await store.close();
    });

    test("lists sessions with what they have, those with the newest cells first, from a place on", async () => {
      const store = newPlace().open();
      const end = { status: "failed", at: 5000, writes: [] } as const;
      const make = (cellId: string, sessionId: string, isOpen = false): Promise<void> =>
        store.create({
          cellId,
          sessionId,
          host,
          records: [record(0)],
          ...(!isOpen && { end }),
        });
      expect(await store.sessions()).toEqual([]);
      await make("1", "a_/s");
      await make("2", "a_/t");
      await make("3", "ab/u");
      // Where two cells are of the same millisecond, the last session comes first.
      await laterThan(store, "3");
      await make("4", "a_/s", true);
      const all = await store.sessions();
      expect(all[0]).toEqual({
        sessionId: "a_/s",
        cells: 2,
        open: 1,
        lastCellAt: (await store.find("4"))?.createdAt,
      });
      expect(all.map(({ sessionId, cells, open }) => [sessionId, cells, open])).toEqual([
        ["a_/s", 2, 1],
        ["ab/u", 1, 0],
        ["a_/t", 1, 0],
      ]);
      const ids = async (query: object): Promise<readonly string[]> =>
        (await store.sessions(query)).map(({ sessionId }) => sessionId);
      expect(await ids({ limit: 1 })).toEqual(["a_/s"]);
      expect(await ids({ after: all[0] })).toEqual(["ab/u", "a_/t"]);
      expect(await ids({ after: all[1], limit: 5 })).toEqual(["a_/t"]);
      expect(await ids({ after: all[2] })).toEqual([]);
      expect(await ids({ sessionPrefix: "a_/" })).toEqual(["a_/s", "a_/t"]);
      expect(await ids({ sessionPrefix: "a_/", after: all[1] })).toEqual(["a_/t"]);
      expect(await ids({ sessionPrefix: "%" })).toEqual([]);
      expect(await ids({ after: { lastCellAt: -1e300, sessionId: "\u0000" } })).toEqual([]);
      expect(await ids({ after: { lastCellAt: 1e300, sessionId: "" } })).toHaveLength(3);
      await store.close();
    });

    test("forgets cells and sessions, but no cell that runs", async () => {
      const place = newPlace();
      const store = place.open();
      const end = { status: "completed", at: 5000, writes: ["k", "1"] } as const;
      for (const cellId of ["1", "2"]) {
        await store.create({ cellId, sessionId: "s", host, records: [record(0)], end });
      }
      await store.create({ cellId: "open", sessionId: "s", host, records: [record(0)] });
      expect(await store.forget({ cellId: "1" })).toBe(1);
      expect(await store.read("1", 0, 10)).toEqual([]);
      expect(await store.forget({ cellId: "open" })).toBe(0);
      expect(await store.forget({ endedBefore: 5000 })).toBe(0);
      expect(await store.forget({ endedBefore: 5001 })).toBe(1);
      await store.close();
      const later = place.open();
      expect(await later.forget({ sessionId: "s" })).toBe(1);
      expect(await later.values("s")).toEqual([]);
      expect(await later.cells()).toEqual([]);
      await later.close();
    });

    test("deletes what has not ended, that nobody runs, and whose last record is old", async () => {
      const place = newPlace();
      const store = place.open();
      const { seq, ...content } = record(0);
      const at = (time: number, place = seq) => ({ ...content, seq: place, at: time });
      for (const [cellId, times] of [
        ["old", [1, 2]],
        ["used", [1, 3]],
        ["ended", [1]],
        ["asked", [1]],
      ] as const) {
        const records = times.map((time, index) => at(time, index));
        await store.create({ cellId, sessionId: "s", host, records });
      }
      const end = { status: "completed", at: 1, writes: [] } as const;
      await store.append({ cellId: "ended", epoch: 1, seq: 1 }, [at(1, 1)], end);
      const asks = { ...at(1, 1), kind: "asked", asks: "q" };
      await store.append({ cellId: "asked", epoch: 1, seq: 1 }, [asks]);
      // Its host lives.
      expect(await store.forget({ idleSince: 3 })).toBe(0);
      for (const cellId of ["old", "used", "asked"]) await store.release(cellId, 1);
      expect(await store.forget({ idleSince: 3 })).toBe(2);
      expect((await store.cells()).map(({ cellId }) => cellId).sort()).toEqual(["ended", "used"]);
      expect(await store.read("old", 0, 10)).toEqual([]);
      expect(await store.approvals()).toEqual([]);
      await store.close();
    });

    test("keeps questions, and the first decision about each", async () => {
      const place = newPlace();
      const store = place.open();
      const asked = (seq: number, id: string) => ({
        ...record(seq, { id }),
        kind: "asked",
        asks: id,
      });
      const records = [record(0), asked(1, "q1"), asked(2, "q2")];
      await store.create({ cellId: "a", sessionId: "s", host, records });
      await store.create({ cellId: "b", sessionId: "t", host, records: [record(0)] });
      await store.append({ cellId: "b", epoch: 1, seq: 1 }, [asked(1, "q3")]);
      const ids = async (query: object = {}): Promise<readonly string[]> =>
        (await store.approvals(query)).map(({ approvalId }) => approvalId);
      expect(await ids()).toEqual(["q1", "q3", "q2"]);
      expect(await ids({ cellId: "a", limit: 1 })).toEqual(["q1"]);
      expect(await ids({ sessionId: "t" })).toEqual(["q3"]);
      expect(await ids({ sessionPrefix: "t" })).toEqual(["q3"]);
      expect(await ids({ sessionPrefix: "t/" })).toEqual([]);
      expect(await ids({ approvalIds: ["q2", "none"] })).toEqual(["q2"]);
      expect(await ids({ approvalIds: [] })).toEqual([]);
      expect(await ids({ after: "q1" })).toEqual(["q3", "q2"]);
      expect(await ids({ after: "q1", limit: 1 })).toEqual(["q3"]);
      expect(await ids({ after: "q1", sessionId: "s", isOpen: true })).toEqual(["q2"]);
      expect(await ids({ after: "q2" })).toEqual([]);
      expect(await ids({ after: "none" })).toEqual([]);

      const decision = { at: 7, body: '{"verdict":"deny"}' };
      expect(await store.decide("q1", decision)).toEqual({ type: "decided" });
      expect(await store.decide("q1", { at: 8, body: "{}" })).toEqual({
        type: "alreadyDecided",
        decision,
      });
      expect(await store.decide("none", decision)).toEqual({ type: "missing" });
      const end = { status: "completed", at: 5000, writes: [] } as const;
      await store.append({ cellId: "b", epoch: 1, seq: 2 }, [record(2)], end);
      expect(await store.decide("q3", decision)).toEqual({ type: "ended" });
      await store.close();

      const later = place.open();
      expect((await later.approvals({ isOpen: true })).map((it) => it.approvalId)).toEqual(["q2"]);
      const [first, third] = await later.approvals();
      const { asks: _, ...kept } = asked(1, "q1");
      expect(first).toEqual({
        approvalId: "q1",
        cellId: "a",
        sessionId: "s",
        record: kept,
        decision,
        hasEnded: false,
      });
      expect(third).toMatchObject({ approvalId: "q3", decision: undefined, hasEnded: true });
      await later.forget({ sessionId: "s" });
      expect(await later.approvals({ cellId: "a" })).toEqual([]);
      await later.close();
    });

    test("keeps the order of what is asked for in one turn, and loses none of it", async () => {
      const store = newPlace().open();
      await store.create({ cellId: "a", sessionId: "s", host, records: [record(0)] });
      const appended = Array.from({ length: 100 }, (_, index) =>
        store.append({ cellId: "a", epoch: 1, seq: index + 1 }, [record(index + 1)]),
      );
      const closed = store.close();
      expect(new Set(await Promise.all(appended))).toEqual(new Set(["appended"]));
      await closed;
    });

    test("refuses what comes after it was closed", async () => {
      const store = newPlace().open();
      await store.close();
      await store.close();
      const refused = await store.cells().catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(CodeModeError);
      expect(refused).toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
    });
  });
}

/** Makes cells until one is of a later time than that one. */
async function laterThan(store: DurableStore, cellId: string): Promise<void> {
  const before = (await store.find(cellId))?.createdAt ?? 0;
  for (let tries = 0; ; tries += 1) {
    const other = `${cellId} ${tries}`;
    await store.create({ cellId: other, sessionId: "later", host, records: [record(0)] });
    const { createdAt = 0 } = (await store.find(other)) ?? {};
    await store.release(other, 1);
    await store.forget({ cellId: other });
    if (createdAt > before) return;
  }
}

function pairs(list: readonly string[]): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (let i = 0; i < list.length; i += 2) map.set(list[i] ?? "", list[i + 1] ?? "");
  return map;
}
