import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Check } from "../../src/cli/doctor/check.js";
import { checkStore } from "../../src/cli/doctor/store-checks.js";
import { type SealKeys, sealedStore, sqliteStore } from "../../src/sqlite.js";
import { runProgram } from "../support/child.js";
import { named } from "../support/doctor.js";

const folder = mkdtempSync(join(tmpdir(), "codecell-doctor-store-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

/** A store with a cell that has ended and one that has not. */
async function newStore(keys?: SealKeys): Promise<string> {
  files += 1;
  const file = join(folder, `${files}.db`);
  const plain = sqliteStore(file);
  const store = keys === undefined ? plain : sealedStore(plain, keys);
  const body = JSON.stringify({ kind: "out", item: { type: "text", text: "" } });
  const records = [{ seq: 0, at: 1, kind: "out", body }];
  const end = { status: "completed", at: 2, writes: [] } as const;
  await store.create({ cellId: "done", sessionId: "s", host: "h", records, end });
  await store.create({ cellId: "open", sessionId: "s", host: "h", records });
  await store.close();
  return file;
}

function brief(check: Check | undefined): string {
  return `${check?.status} ${check?.finding}`;
}

describe("doctor, of a store", () => {
  test("says what it has, and which cells lie in it unfinished", async () => {
    const checks = await checkStore(await newStore());
    expect(brief(named(checks, "store"))).toMatch(
      /^ok .* is of version \d+ and has 2 cells of 1 session, 2 records, /,
    );
    expect(brief(named(checks, "store content"))).toBe("ok all journals are whole");
    expect(named(checks, "store disk")?.finding).toMatch(/ left/);
    expect(brief(named(checks, "store cells"))).toMatch(/^warning 1 have not ended, the oldest /);
    expect(named(checks, "store cells")?.remedy).toContain("codecell cells resume CELL --store");
  });

  test("looks at it while a process writes to it", async () => {
    const file = await newStore();
    const store = sqliteStore(file);
    await store.cells();
    const checks = await checkStore(file);
    expect(named(checks, "store")?.finding).toContain("a process writes to it");
    expect(named(checks, "store cells")?.status).toBe("ok");
    expect(await store.cells()).toHaveLength(2);
    await store.close();
  });

  test.each([
    ["DELETE FROM journal WHERE cell = 'done'", "done"],
    ["UPDATE journal SET seq = 7 WHERE cell = 'open'", "open"],
    ["UPDATE journal SET body = '{' WHERE cell = 'open'", "open"],
    ["UPDATE cells SET next_seq = 2", "done, open"],
  ])("names the cells with damaged journals: %s", async (sql, cells) => {
    const file = await newStore();
    expect(await runProgram("durable", ["sql", file, sql])).toMatchObject({ code: 0 });
    const check = named(await checkStore(file), "store content");
    expect(brief(check)).toBe(`problem damaged journals: ${cells}`);
  });

  test("says what is no store, and where there is none", async () => {
    expect(brief((await checkStore(join(folder, "none.db")))[0])).toMatch(/^problem ENOENT/);
    const text = join(folder, "text.db");
    writeFileSync(text, "not a database ".repeat(500));
    expect(brief((await checkStore(text))[0])).toMatch(/^problem .*not a database/);
    const newer = await newStore();
    await runProgram("durable", ["sql", newer, "PRAGMA user_version = 99"]);
    expect(brief((await checkStore(newer))[0])).toMatch(/^problem .*of version 99/);
  });

  test("says with which keys a store is sealed, and whether they open it", async () => {
    const plain = await checkStore(await newStore());
    expect(brief(named(plain, "store seal"))).toBe("ok the store is not sealed");
    const keys = { current: "a", keys: { a: Buffer.alloc(32, 1) } };
    const file = await newStore(keys);
    const unread = await checkStore(file);
    expect(brief(named(unread, "store seal"))).toMatch(/^ok sealed with the keys a \(2 records\)/);
    expect(brief(named(unread, "store content"))).toBe("ok all journals are whole");
    const read = named(await checkStore(file, keys), "store seal");
    expect(brief(read)).toMatch(/^ok sealed with the keys a .* can be read$/);
    const wrong = { current: "b", keys: { b: Buffer.alloc(32, 2) } };
    const unopened = named(await checkStore(file, wrong), "store seal");
    expect(brief(unopened)).toMatch(/^problem open: Record 0 .* sealed with the key "a"/);
    const mixed = await checkStore(await newStore(), keys);
    expect(brief(named(mixed, "store seal"))).toMatch(/^problem 2 records of it are not sealed/);
  });

  test("says where pages of the file are damaged", async () => {
    const file = await newStore();
    const bytes = readFileSync(file);
    // The second page and those after it, but for the last.
    bytes.fill(0xff, 4096 + 8, bytes.length - 4096);
    writeFileSync(file, bytes);
    const [check] = (await checkStore(file)).filter(({ status }) => status === "problem");
    expect(brief(check)).toMatch(/malformed|SQLite finds/);
  });
});
