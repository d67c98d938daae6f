import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { examineStore } from "../../src/sqlite/examine-store.js";
import { schemaVersion } from "../../src/sqlite/schema.js";
import { type DurableStore, sealedStore, sqliteStore } from "../../src/sqlite.js";
import { changeStoreFile } from "../support/change-store-file.js";
import { TestFiles } from "../support/test-files.js";

const files = new TestFiles("examined");
afterAll(() => files[Symbol.dispose]());

function record(seq: number, body = "{}") {
  return { seq, at: 1, kind: "out", body };
}

const end = { status: "completed", at: 2, writes: [] } as const;

/** Two cells of a session that have ended, and one of another that has not. */
async function fill(store: DurableStore): Promise<void> {
  const cell = (cellId: string, sessionId: string) => ({ cellId, sessionId, host: "h" });
  await store.create({ ...cell("a", "s"), records: [record(0)], end });
  await store.create({ ...cell("b", "s"), records: [record(0), record(1)], end });
  await store.create({ ...cell("c", "t"), records: [record(0)] });
}

async function filledFile(): Promise<string> {
  const file = files.newName();
  const store = sqliteStore(file);
  await fill(store);
  await store.close();
  return file;
}

describe("what the file of a store has", () => {
  test("is counted, also while a process writes to it", async () => {
    const file = files.newName();
    const store = sqliteStore(file);
    await fill(store);
    const facts = examineStore(file);
    expect(facts).toMatchObject({
      version: schemaVersion,
      newestVersion: schemaVersion,
      openCells: 1,
      endedCells: 2,
      sessions: 2,
      records: 4,
      isInUse: true,
      oldestOpen: (await store.find("c"))?.createdAt,
      faults: [],
      damagedCells: [],
      sealKeys: [],
      plainRecords: 4,
    });
    expect(facts.logBytes).toBeGreaterThan(0);
    expect(facts.logBytes).toBe(statSync(`${file}-wal`).size);
    await store.close();
    const closed = examineStore(file);
    expect(closed).toMatchObject({ isInUse: false, bytes: statSync(file).size });
    expect(closed.freeBytes).toBeGreaterThan(1e6);
    // This machine's disks are its own.
    expect(closed.networkDisk).toBeUndefined();
  });

  test("is in use by nobody, and has no log, where there is nothing beside it", async () => {
    const file = await filledFile();
    changeStoreFile(file, "PRAGMA wal_checkpoint(TRUNCATE)");
    for (const end of ["-owner", "-wal"]) rmSync(file + end, { force: true });
    expect(examineStore(file)).toMatchObject({ isInUse: false, logBytes: 0, records: 4 });
  });

  test("has no oldest open cell where all have ended", async () => {
    const file = await filledFile();
    changeStoreFile(file, "UPDATE cells SET status = 'failed', ended_at = 5");
    expect(examineStore(file)).toMatchObject({
      openCells: 0,
      endedCells: 3,
      oldestOpen: undefined,
    });
  });

  test.each([
    ["has no records", "DELETE FROM journal WHERE cell = 'a'", ["a"]],
    ["has a gap", "UPDATE journal SET seq = 2 WHERE cell = 'b' AND seq = 1", ["b"]],
    ["lacks its first record", "DELETE FROM journal WHERE cell = 'b' AND seq = 0", ["b"]],
    ["lacks its last record", "DELETE FROM journal WHERE cell = 'b' AND seq = 1", ["b"]],
    ["has a record too many", "UPDATE cells SET next_seq = 1 WHERE id = 'b'", ["b"]],
    ["has what is no JSON", "UPDATE journal SET body = '{' WHERE cell = 'c'", ["c"]],
    ["is among others", "UPDATE cells SET next_seq = 9", ["a", "b", "c"]],
  ])("names each cell that %s", async (_what, sql, damagedCells) => {
    const file = await filledFile();
    changeStoreFile(file, sql);
    expect(examineStore(file)).toMatchObject({ damagedCells, faults: [] });
  });

  test("names twenty damaged cells at most", async () => {
    const file = files.newName();
    const store = sqliteStore(file);
    const made = Array.from({ length: 21 }, (_, index) =>
      store.create({ cellId: `c${index}`, sessionId: "s", host: "h", records: [record(0)], end }),
    );
    await Promise.all(made);
    await store.close();
    changeStoreFile(file, "UPDATE cells SET next_seq = 9");
    expect(examineStore(file).damagedCells).toHaveLength(20);
  });

  test("has the ids of the keys that have sealed it, and what is not sealed", async () => {
    const key = (byte: number) => new Uint8Array(32).fill(byte);
    const keys = { old: key(1), "new.1": key(2) };
    const file = files.newName();
    for (const [current, cellId] of [
      ["old", "a"],
      ["new.1", "b"],
    ] as const) {
      const store = sealedStore(sqliteStore(file), { current, keys });
      const records = current === "old" ? [record(0), record(1)] : [record(0)];
      await store.create({ cellId, sessionId: "s", host: "h", records, end });
      await store.close();
    }
    const sealKeys = [
      { id: "new.1", records: 1 },
      { id: "old", records: 2 },
    ];
    expect(examineStore(file)).toMatchObject({ sealKeys, plainRecords: 0, damagedCells: [] });
    changeStoreFile(file, "UPDATE journal SET body = '{}' WHERE cell = 'b'");
    expect(examineStore(file)).toMatchObject({ sealKeys: [sealKeys[1]], plainRecords: 1 });
  });

  test("has faults where an index lacks what its table has", async () => {
    const file = await filledFile();
    // As if its index had been one of all cells, and not of those that have ended.
    changeStoreFile(
      file,
      `PRAGMA writable_schema = ON;
       UPDATE sqlite_schema SET sql = 'CREATE INDEX cells_by_end ON cells (ended_at)' WHERE name = 'cells_by_end'`,
    );
    const { faults } = examineStore(file);
    expect(faults).toContainEqual(
      expect.stringMatching(/^wrong # of entries in index cells_by_end/),
    );
    expect(faults).not.toContain("ok");
  });

  test("is not looked at where it is no store, or is not there", async () => {
    expect(() => examineStore(files.newName())).toThrow("ENOENT");
    const empty = files.newName();
    writeFileSync(empty, "");
    expect(() => examineStore(empty)).toThrow("is empty: no cell was kept in it");
    const file = await filledFile();
    const before = readFileSync(file);
    examineStore(file);
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});
