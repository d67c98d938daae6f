import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { sqliteBinding } from "../../src/sqlite/database.js";
import { sqliteStore } from "../../src/sqlite.js";
import { changeStoreFile } from "../support/change-store-file.js";
import { TestFiles } from "../support/test-files.js";

const files = new TestFiles("places");
afterAll(() => files[Symbol.dispose]());

const records = [{ seq: 0, at: 1, kind: "out", body: "{}" }];
const cell = { cellId: "a", sessionId: "s", host: "h", records };

/** Why a store cannot be used; undefined where it can. */
async function whyNot(file: string, readOnly = false): Promise<string | undefined> {
  const store = sqliteStore(file, { readOnly });
  try {
    await store.cells();
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
    return (error as Error).message;
  } finally {
    await store.close();
  }
}

describe("the file of a store", () => {
  test.each<[string, (name: string) => string, RegExp]>([
    [
      "in no folder",
      (name) => join(name, "a.db"),
      /: there is no folder .*\d\.db; make it first\.$/,
    ],
    [
      "in a file",
      (name) => {
        writeFileSync(name, "");
        return join(name, "a.db");
      },
      /: .*\d\.db is no folder\.$/,
    ],
    [
      "in a folder that is a circle of links",
      (name) => {
        symlinkSync(name, name);
        return join(name, "a.db");
      },
      /: ELOOP: [^.]*'?.*\.$/,
    ],
    ["of a name that is too long", (name) => join(name.repeat(200), "a.db"), /: ENAMETOOLONG: /],
    [
      "that is a folder",
      (name) => {
        mkdirSync(name);
        return name;
      },
      /: it is a folder; name a file in it\.$/,
    ],
    [
      "that is a pipe",
      (name) => {
        execFileSync("mkfifo", [name]);
        return name;
      },
      /: it is no ordinary file\.$/,
    ],
    [
      "that has two names",
      (name) => {
        writeFileSync(name, "");
        linkSync(name, `${name}.other`);
        return name;
      },
      /: it has more than one name \(hard links\); remove the others, or copy it\.$/,
    ],
    [
      "that is a circle of links",
      (name) => {
        symlinkSync(name, name);
        return name;
      },
      /: its symbolic links lead nowhere\.$/,
    ],
  ])("cannot be one %s", async (_what, make, message) => {
    const file = make(files.newName());
    const told = await whyNot(file);
    expect(told).toMatch(message);
    expect(told).toMatch(/^The store .* cannot be used: /);
    expect(told).not.toMatch(/\.\.$/);
  });

  test("is found through forty links, and not through more", async () => {
    const target = files.newName();
    const linked = (count: number): string => {
      let name = target;
      for (let i = 0; i < count; i += 1) {
        const link = files.newName();
        symlinkSync(name, link);
        name = link;
      }
      return name;
    };
    const store = sqliteStore(linked(40));
    await store.create(cell);
    await store.close();
    expect(statSync(target).isFile()).toBe(true);
    expect(await whyNot(linked(41))).toMatch(/its symbolic links lead nowhere/);
  });

  test("is found through a link that is relative to its own folder", async () => {
    const folder = files.newName();
    mkdirSync(folder);
    const link = join(folder, "link.db");
    symlinkSync("target.db", link);
    expect(await whyNot(link)).toBeUndefined();
    expect(statSync(join(folder, "target.db")).isFile()).toBe(true);
  });

  test.each([
    ["a version", "PRAGMA user_version = 7"],
    ["a mark", "PRAGMA application_id = 5"],
    ["tables", "CREATE TABLE orders (id)"],
  ])("is left as it is where another program has given it %s", async (_what, sql) => {
    const file = files.newName();
    changeStoreFile(file, sql);
    const before = readFileSync(file);
    for (const readOnly of [false, true]) {
      expect(await whyNot(file, readOnly)).toMatch(/ is a database of another program; give /);
    }
    const marks = sqliteBinding()(file, { readOnly: true });
    expect(marks.prepare("SELECT name FROM sqlite_schema WHERE name = 'cells'").all()).toEqual([]);
    marks.close();
    expect(readFileSync(file)).toHaveLength(before.length);
  });

  test("is told by the name of its lock where that cannot be locked at all", async () => {
    const file = files.newName();
    writeFileSync(`${file}-owner`, "not a database ".repeat(500));
    expect(await whyNot(file)).toMatch(/^The store .*-owner cannot be used: .*not a database/);
  });

  test("is made by who asks for questions where there is none, and not by who only reads", async () => {
    const file = files.newName();
    expect(await whyNot(file, true)).toMatch(/cannot be used: there is none\.$/);
    const store = sqliteStore(file);
    expect(await store.approvals()).toEqual([]);
    await store.create(cell);
    expect(await store.cells()).toHaveLength(1);
    await store.close();
  });

  test("is told to be wanted for more than questions, whatever else is asked for in the same turn", async () => {
    const file = files.newName();
    const owner = sqliteStore(file);
    await owner.create(cell);
    await owner.release("a", 1);
    const guest = sqliteStore(file);
    const asked = [guest.approvals(), guest.forget({ cellId: "a" })];
    for (const { status, ...told } of await Promise.allSettled(asked)) {
      expect(status).toBe("rejected");
      expect(told).toMatchObject({
        reason: { message: expect.stringMatching(/another store has it open/) },
      });
    }
    expect(await owner.cells()).toHaveLength(1);
    expect(await guest.approvals()).toEqual([]);
    await Promise.all([owner.close(), guest.close()]);
  });

  test("of an older codecell is told in one sentence by who may not upgrade it", async () => {
    const file = files.newName();
    const store = sqliteStore(file);
    await store.create(cell);
    await store.close();
    changeStoreFile(file, "DROP TABLE approvals; PRAGMA user_version = 1");
    expect(await whyNot(file, true)).toBe(
      `The store ${file} cannot be used: an older codecell made it; the next process that runs cells upgrades it.`,
    );
  });

  test("has an empty log after something was deleted, and one that is left alone where nothing was", async () => {
    const file = files.newName();
    const store = sqliteStore(file);
    await store.create(cell);
    const logBytes = () => statSync(`${file}-wal`).size;
    expect(await store.forget({ cellId: "a" })).toBe(0);
    expect(await store.forget({ cellId: "none" })).toBe(0);
    expect(logBytes()).toBeGreaterThan(0);
    await store.release("a", 1);
    expect(await store.forget({ cellId: "a" })).toBe(1);
    expect(logBytes()).toBe(0);
    await store.close();
  });
});
