import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { createCodeMode, type ToolContext } from "../../src/index.js";
import { type StoredRecord, sqliteStore } from "../../src/sqlite.js";
import { completedOf, failedOf, Held, shownBy } from "../support/cells.js";
import { changeStoreFile } from "../support/change-store-file.js";
import { Place, storeWith } from "../support/store-place.js";

const noWait = { yieldAfterMs: Number.POSITIVE_INFINITY };

describe("a durable cell", () => {
  test("is told as another is, with a cursor, and its end is told as often as it is asked for", async () => {
    const place = new Place();
    const session = (await place.open()).openSession({ id: "s" });
    const outcome = await session.exec("text(1); text(2); store('k', [3]);");
    expect(outcome).toMatchObject({ status: "completed", cursor: 2 });
    expect(outcome.cellId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(shownBy(await session.wait(outcome.cellId))).toEqual(["1", "2"]);

    const later = (await place.open()).openSession({ id: "s" });
    const again = await later.wait(outcome.cellId, { after: 1 });
    expect(again).toMatchObject({ status: "completed", cursor: 2 });
    expect(shownBy(again)).toEqual(["2"]);
    expect(await later.storedValues()).toEqual({ k: [3] });
    expect(shownBy(await later.exec("text(load('k'))"))).toEqual(["[3]"]);
    await place.close();
  });

  test("is found by its session only", async () => {
    const place = new Place();
    const codeMode = await place.open();
    const { cellId } = await codeMode.openSession({ id: "s" }).exec("text(1)");
    const other = codeMode.openSession({ id: "t" });
    expect(await other.wait(cellId)).toMatchObject({ status: "missing", reason: "unknown" });
    expect(await other.terminate(cellId)).toMatchObject({ status: "missing" });
    expect(await other.wait("no such cell")).toMatchObject({ status: "missing" });
    await place.close();
  });

  test("goes on in the next runtime where one was closed, with its timers and its calls", async () => {
    const place = new Place();
    const held = new Held<string>();
    const calls: string[] = [];
    const tools = {
      ask: {
        effect: "idempotent",
        execute: (_input: unknown, { attempt, idempotencyKey }: ToolContext) => {
          calls.push(`${attempt} ${idempotencyKey?.split("/")[1]}`);
          return attempt === 1 ? held.promise : "answer";
        },
      },
    } as const;
    const source = `
      text("before");
      const timer = new Promise((done) => setTimeout(() => done("timer"), 50));
      text([await tools.ask({}), await timer]);`;
    const session = (await place.open({ tools })).openSession({ id: "s" });
    const first = await session.exec(source, { yieldAfterMs: 0 });
    while (calls.length === 0) await session.wait(first.cellId, { yieldAfterMs: 1 });
    const closed = place.close();
    expect(await session.wait(first.cellId)).toMatchObject({
      status: "terminated",
      reason: "closed",
    });
    await closed;

    const later = (await place.open({ tools })).openSession({ id: "s" });
    const outcome = await later.wait(first.cellId, { after: 0, ...noWait });
    expect(shownBy(completedOf(outcome))).toEqual(["before", '["answer","timer"]']);
    expect(calls).toEqual(["1 1", "2 1"]);
    held.resolve("late");
    await place.close();
  });

  test("tells nothing and has no effect before its journal is durable; what only reads does not wait", async () => {
    const gate = new Held();
    const place = new Place((store) =>
      storeWith(store, { create: (cell) => gate.promise.then(() => store.create(cell)) }),
    );
    const seen: string[] = [];
    const read = new Held();
    const tools = {
      look: {
        effect: "read",
        execute: () => {
          read.resolve();
          seen.push("look");
        },
      },
      send: { execute: () => void seen.push("send") },
    } as const;
    const session = (
      await place.open({ tools, onNotify: ({ text }) => void seen.push(text) })
    ).openSession({ id: "s" });
    const ended = session
      .exec(`text(await tools.look()); notify("note"); text(await tools.send());`, {
        yieldAfterMs: 0,
      })
      .then(({ status }) => seen.push(status));
    await read.promise;
    // Time for what should not happen.
    for (let turn = 0; turn < 50; turn += 1) await new Promise((done) => setImmediate(done));
    expect(seen).toEqual(["look"]);
    gate.resolve();
    await ended;
    expect(seen[0]).toBe("look");
    expect(seen.length).toBeGreaterThan(1);
    await place.close();
  });

  test("writes the beginning of a hundred calls with one commit, and its end with one", async () => {
    const sizes: number[] = [];
    const place = new Place((store) =>
      storeWith(store, {
        create: (cell) => {
          sizes.push(cell.records.length);
          return store.create(cell);
        },
        append: (at, records, end) => {
          sizes.push(records.length);
          return store.append(at, records, end);
        },
      }),
    );
    const all = new Held();
    let begun = 0;
    const tools = {
      send: {
        execute: async () => {
          begun += 1;
          if (begun === 100) all.resolve();
          await all.promise;
        },
      },
    };
    const session = (await place.open({ tools })).openSession({ id: "s" });
    await session.exec(
      "await Promise.all(Array.from({ length: 100 }, () => tools.send()));",
      noWait,
    );
    // Where the machine is slow, what has come by then is a commit of its own.
    expect(sizes.length).toBeLessThan(10);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(303);
    await place.close();
  });

  test("is ended where the store refuses, before any effect, and goes on when it works again", async () => {
    let isFull = true;
    let sent = 0;
    const place = new Place((store) =>
      storeWith(store, {
        append: async (at, records, end) => {
          if (isFull && records.some(({ kind }) => kind === "began")) {
            throw new Error("the disk is full.");
          }
          return store.append(at, records, end);
        },
      }),
    );
    const tools = {
      send: {
        execute: () => {
          sent += 1;
          return "sent";
        },
      },
    };
    const session = (await place.open({ tools })).openSession({ id: "s" });
    const outcome = await session.exec("yield_control(); text(await tools.send());");
    expect(outcome.status).toBe("yielded");
    const failed = failedOf(await session.wait(outcome.cellId, noWait));
    expect(failed.error).toMatchObject({ code: "ERR_CELL_STORE" });
    expect(failed.error.text).toContain("the disk is full. When the store works again");
    expect(sent).toBe(0);
    isFull = false;
    expect(shownBy(completedOf(await session.wait(outcome.cellId, noWait)))).toEqual(["sent"]);
    expect(sent).toBe(1);
    await place.close();
  });

  test("rejects an exec where the store cannot be opened, and names it", async () => {
    const place = new Place();
    await place.open();
    const other = sqliteStore(place.file);
    await other.cells();
    const session = createCodeMode({
      durability: { store: sqliteStore(place.file) },
    }).openSession();
    await expect(session.exec("text(1)")).rejects.toMatchObject({
      code: "ERR_STORE_UNAVAILABLE",
      message: expect.stringContaining(place.file),
    });
    await other.close();
    expect(shownBy(await session.exec("text(1)"))).toEqual(["1"]);
    await session.close();
  });

  test("ends with what it was ended with, also for who asks later", async () => {
    const place = new Place();
    const codeMode = await place.open();
    const session = codeMode.openSession({ id: "s" });
    const stopped = await session.exec(
      "text(1); await new Promise(() => setTimeout(() => {}, 1e6))",
      {
        yieldAfterMs: 0,
      },
    );
    expect(await session.terminate(stopped.cellId)).toMatchObject({ reason: "requested" });
    const late = await session.exec(
      `store("k", 1); await new Promise(() => setTimeout(() => {}, 1e6))`,
      {
        limits: { wallMs: 30 },
        ...noWait,
      },
    );
    expect(failedOf(late).error.code).toBe("ERR_CELL_WALL_LIMIT");
    const failed = await session.exec("store('j', 1); null.x", noWait);

    const later = (await place.open()).openSession({ id: "s" });
    expect(await later.wait(stopped.cellId)).toMatchObject({
      status: "terminated",
      reason: "requested",
    });
    expect(failedOf(await later.wait(late.cellId)).error).toEqual(failedOf(late).error);
    expect(failedOf(await later.wait(failed.cellId)).error.text).toBe(failedOf(failed).error.text);
    // As without a store: a limit of the session's takes what was stored along.
    expect(await later.storedValues()).toEqual({ j: 1 });
    await place.close();
  });

  test("can be ended by another process than the one that began it", async () => {
    const place = new Place();
    const session = (await place.open()).openSession({ id: "s" });
    const { cellId } = await session.exec("await new Promise(() => setTimeout(() => {}, 1e6))", {
      yieldAfterMs: 0,
    });
    const later = (await place.open()).openSession({ id: "s" });
    expect(await later.terminate(cellId)).toMatchObject({ status: "terminated" });
    const last = (await place.open()).openSession({ id: "s" });
    expect(await last.wait(cellId)).toMatchObject({ status: "terminated", reason: "requested" });
    await place.close();
  });

  test("asks for approval again where the answer had not come", async () => {
    const place = new Place();
    const asked = new Held();
    let sent = 0;
    const tools = {
      send: {
        approval: "ask",
        execute: () => {
          sent += 1;
          return "sent";
        },
      },
    } as const;
    const session = (
      await place.open({
        tools,
        onApproval: () => {
          asked.resolve();
          return new Promise(() => {});
        },
      })
    ).openSession({ id: "s" });
    const { cellId } = await session.exec("text(await tools.send())", { yieldAfterMs: 0 });
    await asked.promise;
    const later = (await place.open({ tools, onApproval: () => true })).openSession({ id: "s" });
    expect(shownBy(completedOf(await later.wait(cellId, noWait)))).toEqual(["sent"]);
    expect(sent).toBe(1);
    await place.close();
  });

  test("does without a tool that is gone", async () => {
    const place = new Place();
    const tools = { look: { effect: "read", execute: () => new Promise(() => {}) } } as const;
    const session = (await place.open({ tools })).openSession({ id: "s" });
    const { cellId } = await session.exec(
      "try { await tools.look() } catch (e) { text(e.message) }",
      {
        yieldAfterMs: 0,
      },
    );
    const later = (await place.open()).openSession({ id: "s" });
    expect(shownBy(completedOf(await later.wait(cellId, noWait)))).toEqual([
      'There is no tool "look" any more.',
    ]);
    await place.close();
  });

  test("calls nothing where it does something else than its journal says, and tells all that it had output", async () => {
    const alter = (records: readonly StoredRecord[]): readonly StoredRecord[] =>
      records.map((record) =>
        record.kind === "opened"
          ? { ...record, body: record.body.replace("tools.first", "tools.other") }
          : record,
      );
    let isAltered = false;
    const place = new Place((store) =>
      storeWith(store, {
        read: async (...args) => {
          const records = await store.read(...args);
          return isAltered ? alter(records) : records;
        },
      }),
    );
    const calls: string[] = [];
    const tools = {
      first: { effect: "read", execute: () => void calls.push("first") },
      other: { effect: "read", execute: () => void calls.push("other") },
      wait: { effect: "read", execute: () => new Promise(() => {}) },
    } as const;
    const session = (await place.open({ tools })).openSession({ id: "s" });
    const { cellId } = await session.exec(
      'text("a"); await tools.first(); text("b"); yield_control(); await tools.wait()',
    );
    isAltered = true;
    const later = (await place.open({ tools })).openSession({ id: "s" });
    const outcome = await later.wait(cellId, { ...noWait, after: 0 });
    expect(outcome).toMatchObject({ output: [{ text: "a" }, { text: "b" }], cursor: 2 });
    const { error } = failedOf(outcome);
    expect(error.code).toBe("ERR_CELL_DIVERGED");
    expect(error.text).toContain("has a call of first, and now there was a call of other");
    expect(calls).toEqual(["first"]);
    // It has ended for good.
    const last = (await place.open({ tools })).openSession({ id: "s" });
    expect(failedOf(await last.wait(cellId)).error.code).toBe("ERR_CELL_DIVERGED");
    await place.close();
  });

  test("is given up where its process has ended each time that it was resumed", async () => {
    const place = new Place();
    const session = (await place.open()).openSession({ id: "s" });
    const { cellId } = await session.exec("await new Promise(() => setTimeout(() => {}, 1e6))", {
      yieldAfterMs: 0,
    });
    await place.close();
    for (const host of ["1", "2", "3"]) {
      const store = sqliteStore(place.file);
      expect(await store.claim(cellId, host)).toMatchObject({ type: "claimed" });
      await store.close();
    }
    const later = (await place.open()).openSession({ id: "s" });
    const { error } = failedOf(await later.wait(cellId, noWait));
    expect(error).toMatchObject({ code: "ERR_CELL_HOST_LOST" });
    expect(error.text).toContain("3 times it was resumed");
    await place.close();
  });

  test("is not begun or resumed where its session is closed, or its exec aborted, before the store answers", async () => {
    const gate = new Held();
    const place = new Place((store) =>
      storeWith(store, { values: (id) => gate.promise.then(() => store.values(id)) }),
    );
    const codeMode = await place.open();
    const session = codeMode.openSession({ id: "s" });
    const abort = new AbortController();
    const aborted = session.exec("text(1)", { signal: abort.signal });
    abort.abort();
    const other = codeMode.openSession({ id: "t" });
    const late = other.exec("text(1)");
    const waited = other.wait("no such cell");
    const closed = other.close();
    gate.resolve();
    expect(await aborted).toMatchObject({ status: "terminated", reason: "aborted" });
    expect(await late).toMatchObject({ status: "terminated", reason: "closed" });
    expect(await waited).toMatchObject({ status: "missing" });
    await closed;
    await place.close();
    const store = sqliteStore(place.file);
    expect(await store.cells()).toEqual([]);
    await store.close();
  });

  test("may not fill the disk with its journal, and has ended for good if it would", async () => {
    const place = new Place();
    const session = (await place.open({ console: true })).openSession({ id: "s" });
    const source = `
      const line = "x".repeat(1_000_000);
      const look = () => tools.look({ line }).then(look);
      await look();`;
    const tools = { look: { effect: "read", execute: () => 1 } } as const;
    session.setTools(tools);
    const { error, cellId } = failedOf(await session.exec(source, noWait));
    expect(error.code).toBe("ERR_CELL_JOURNAL_LIMIT");
    expect(error.text).toContain("more than the 64 MiB");
    // Its end is what is too much.
    const last = await session.exec(`store("k", "x".repeat(70e6))`, {
      limits: { storedBytes: 200e6, heapBytes: 1e9 },
      ...noWait,
    });
    expect(failedOf(last).error.code).toBe("ERR_CELL_JOURNAL_LIMIT");
    const later = (await place.open()).openSession({ id: "s" });
    for (const id of [cellId, last.cellId]) {
      expect(await later.wait(id)).toMatchObject({
        status: "failed",
        error: { code: "ERR_CELL_JOURNAL_LIMIT", text: error.text },
      });
    }
    expect(await later.storedValues()).toEqual({});
    await place.close();
  });

  test("is not told of where its end is missing in a damaged store", async () => {
    const place = new Place();
    const { cellId } = await (await place.open()).openSession({ id: "s" }).exec("text(1)");
    await place.close();
    changeStoreFile(
      place.file,
      "DELETE FROM journal WHERE kind = 'ended'; UPDATE cells SET next_seq = next_seq - 1",
    );
    const session = (await place.open()).openSession({ id: "s" });
    const refused = session.wait(cellId).catch((error: unknown) => error);
    expect(await refused).toMatchObject({ code: "ERR_INVALID_JOURNAL" });
    await place.close();
  });

  test("runs in one session at a time", async () => {
    const place = new Place();
    const codeMode = await place.open();
    const { cellId } = await codeMode
      .openSession({ id: "s" })
      .exec("await new Promise(() => setTimeout(() => {}, 1e6))", { yieldAfterMs: 0 });
    await expect(codeMode.openSession({ id: "s" }).wait(cellId)).rejects.toMatchObject({
      code: "ERR_CELL_BUSY",
    });
    await place.close();
  });

  test("is deleted when it has been kept for long enough", async () => {
    const place = new Place();
    const session = (await place.open()).openSession({ id: "s" });
    const { cellId } = await session.exec("text(1)");
    await place.close();
    const store = sqliteStore(place.file);
    const codeMode = createCodeMode({ durability: { store, retainMs: 0 } });
    // What ended in this very millisecond has not been kept for longer than none.
    const endedBy = Date.now();
    while (Date.now() === endedBy) await nextTurn();
    const later = codeMode.openSession({ id: "s" });
    await later.exec("1");
    expect(await later.wait(cellId)).toMatchObject({ status: "missing" });
    await codeMode.close();
    await store.close();
  });

  test("is deleted without an end when nobody has used it for long enough, and not where it runs", async () => {
    const place = new Place();
    const begun = Date.now();
    const dayMs = 24 * 60 * 60 * 1000;
    vi.useFakeTimers({ toFake: ["Date"], now: begun });
    try {
      const source = "await new Promise((done) => setTimeout(done, 1e12))";
      const first = (await place.open()).openSession({ id: "s" });
      const { cellId } = await first.exec(source, { yieldAfterMs: 0 });
      const used = await first.exec(source, { yieldAfterMs: 0 });
      const later = await place.open();
      vi.setSystemTime(begun + 29 * dayMs);
      const second = later.openSession({ id: "s" });
      expect(await second.wait(used.cellId, { yieldAfterMs: 0 })).toMatchObject({
        status: "yielded",
      });
      vi.setSystemTime(begun + 31 * dayMs);
      await second.storedValues();
      expect(await second.wait(cellId)).toMatchObject({ status: "missing" });
      // It runs here, however long it does nothing.
      vi.setSystemTime(begun + 90 * dayMs);
      await second.storedValues();
      expect(await second.wait(used.cellId, { yieldAfterMs: 0 })).toMatchObject({
        status: "yielded",
      });
      const last = (await place.open()).openSession({ id: "s" });
      expect(await last.wait(used.cellId)).toMatchObject({ status: "missing" });
    } finally {
      vi.useRealTimers();
      await place.close();
    }
  });

  test("has a journal that can be replayed without tools, also by another process", async () => {
    const place = new Place();
    const tools = { look: { effect: "read", execute: () => "seen" } } as const;
    const session = (await place.open({ tools })).openSession({ id: "s" });
    const { cellId } = await session.exec("text(await tools.look()); text(Math.random())", noWait);
    const later = await place.open();
    const journal = await later.journal(cellId);
    const kinds = journal.map(({ kind }) => kind);
    expect(kinds).toEqual(["opened", "call", "settled", "out", "out", "ended"]);
    expect(await later.replay(journal)).toMatchObject({ status: "same", endCompared: true });
    await expect(later.journal("none")).rejects.toMatchObject({ code: "ERR_INVALID_OPTION" });
    await place.close();
  });

  test("can be recorded as well", async () => {
    const place = new Place();
    const session = (await place.open({ record: true })).openSession({ id: "s" });
    const { cellId } = await session.exec("text(1); yield_control(); text(2)", noWait);
    await session.wait(cellId);
    const kinds = session.journal(cellId).map(({ kind }) => kind);
    expect(kinds).toEqual(["opened", "out", "yielded", "out", "ended"]);
    await place.close();
  });

  test.each([
    [{ store: 1 }, /"durability.store" must be a store/],
    [{}, /"durability.store" must be a store/],
    [{ store: sqliteStore("never-made.db"), retainMs: -1 }, /"durability.retainMs"/],
    [{ store: sqliteStore("never-made.db"), other: 1 }, /There is no option "other"/],
  ])("has options that are checked (%#)", (durability, message) => {
    expect(() => createCodeMode({ durability: durability as never })).toThrow(message);
  });
});

test("without a store a cell is an ordinary one: its clock runs, and its id is short", async () => {
  const codeMode = createCodeMode();
  const outcome = await codeMode.openSession().exec("text(typeof WeakRef)");
  expect(outcome).toMatchObject({ cellId: "1", output: [{ type: "text", text: "function" }] });
  expect(outcome).not.toHaveProperty("cursor");
  await codeMode.close();
});
