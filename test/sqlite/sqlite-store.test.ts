import { execFile as execFileWithCallback } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { type DurableStore, sqliteStore } from "../../src/sqlite.js";
import { describeStore } from "../durable/store-contract.js";
import { runProgram } from "../support/child.js";
import { root } from "../support/mcp.js";

const execFile = promisify(execFileWithCallback);

const folder = mkdtempSync(join(tmpdir(), "codecell-store-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function newFile(): string {
  files += 1;
  return join(folder, `${files}.db`);
}

async function withCell(file: string): Promise<DurableStore> {
  const store = sqliteStore(file);
  await store.create({ cellId: "a", sessionId: "s", host: "h", records: [record(0)] });
  return store;
}

function record(seq: number) {
  return { seq, at: 1, kind: "out", body: "{}" };
}

async function codeAndText(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "fulfilled",
    (error: { code?: string; message: string }) => `${error.code} ${error.message}`,
  );
}

describeStore("sqliteStore", () => {
  const file = newFile();
  return { open: () => sqliteStore(file) };
});

describe("sqliteStore", () => {
  test("says that another store has the file, also of another process, and lets readers in", async () => {
    const file = newFile();
    const store = await withCell(file);
    const second = sqliteStore(file);
    expect(await codeAndText(second.cells())).toMatch(
      /^ERR_STORE_UNAVAILABLE .*another store has it open/,
    );
    const other = await runProgram("durable", ["list", file]);
    expect(other.stdout).toMatch(/^ERR_STORE_UNAVAILABLE .*another store has it open/);
    const reader = sqliteStore(file, { readOnly: true });
    expect(await reader.cells()).toHaveLength(1);
    expect(await codeAndText(reader.forget({ cellId: "a" }))).toMatch(/to be read only/);
    await store.close();
    // What was in the way is gone.
    expect(await second.cells()).toHaveLength(1);
    await Promise.all([second.close(), reader.close()]);
  });

  test("leaves nothing in its files of what was forgotten, also while it is open", async () => {
    const file = newFile();
    const store = sqliteStore(file);
    const secret = "of nobody's business ".repeat(500);
    const body = JSON.stringify({ kind: "out", secret });
    const writes = ["k", JSON.stringify(secret)];
    await store.create({
      ...{ cellId: "a", sessionId: "s", host: "h", records: [{ ...record(0), body }] },
      end: { status: "completed", at: 1, writes },
    });
    const isThere = () =>
      [file, `${file}-wal`].some((name) => readFileSync(name).includes("of nobody's business"));
    expect(isThere()).toBe(true);
    await store.forget({ sessionId: "s" });
    expect(isThere()).toBe(false);
    await store.close();
  });

  test("lets another process answer questions while its cells run, and upgrade older files only by who runs cells", async () => {
    const file = newFile();
    const store = await withCell(file);
    const asked = { seq: 1, at: 1, kind: "asked", body: "{}", asks: "q" };
    await store.append({ cellId: "a", epoch: 1, seq: 1 }, [asked]);
    const guest = sqliteStore(file);
    expect(await guest.approvals()).toMatchObject([{ approvalId: "q", decision: undefined }]);
    expect(await guest.decide("q", { at: 1, body: "{}" })).toEqual({ type: "decided" });
    expect(await codeAndText(guest.forget({ cellId: "a" }))).toMatch(/another store has it open/);
    expect(await store.approvals()).toMatchObject([{ decision: { at: 1 } }]);
    const reader = sqliteStore(file, { readOnly: true });
    expect(await reader.approvals()).toHaveLength(1);
    expect(await codeAndText(reader.decide("q", { at: 1, body: "{}" }))).toMatch(/read only/);
    await Promise.all([store.close(), guest.close(), reader.close()]);

    // As the first version left it.
    await runProgram("durable", ["sql", file, "DROP TABLE approvals; PRAGMA user_version = 1"]);
    const early = sqliteStore(file);
    expect(await codeAndText(early.approvals())).toMatch(/an older codecell made it/);
    expect(await early.cells()).toHaveLength(1);
    expect(await early.approvals()).toEqual([]);
    await early.close();
  });

  test("is free again when its process was killed, with all that was written", async () => {
    const file = newFile();
    const killed = await runProgram("durable", ["write-and-die", file, "20"]);
    expect(killed.signal).toBe("SIGKILL");
    const store = sqliteStore(file);
    expect(await store.read("a", 0, 100)).toHaveLength(21);
    await store.close();
  });

  test("keeps whole records where the end of its log is torn off", async () => {
    const whole = newFile();
    await runProgram("durable", ["write-and-die", whole, "20"]);
    for (const bytes of [1, 200, 4000, 9000]) {
      const file = newFile();
      for (const end of ["", "-wal"]) copyFileSync(whole + end, file + end);
      truncateSync(`${file}-wal`, statSync(`${file}-wal`).size - bytes);
      const store = sqliteStore(file);
      const kept = await store.read("a", 0, 100);
      expect(kept.map(({ seq }) => seq)).toEqual(kept.map((_, index) => index));
      expect(kept.length).toBeLessThan(21);
      expect((await store.find("a"))?.records ?? 0).toBe(kept.length);
      await store.close();
    }
  });

  test("says so where its file was removed or replaced", async () => {
    const file = newFile();
    const store = await withCell(file);
    rmSync(file);
    const at = { cellId: "a", epoch: 1, seq: 1 };
    expect(await codeAndText(store.append(at, [record(1)]))).toMatch(/^ERR_STORE_UNAVAILABLE /);
    writeFileSync(file, "");
    expect(await codeAndText(store.append(at, [record(1)]))).toMatch(/was replaced/);
    await store.close();
  });

  test("says so where there is no folder, and where the file is something else", async () => {
    const lost = sqliteStore(join(folder, "none", "cells.db"));
    expect(await codeAndText(lost.cells())).toMatch(
      /^ERR_STORE_UNAVAILABLE .*there is no folder .*none; make it first/,
    );
    const inFolder = sqliteStore(folder);
    expect(await codeAndText(inFolder.cells())).toMatch(/it is a folder; name a file in it/);
    const empty = newFile();
    writeFileSync(empty, "");
    const unused = sqliteStore(empty, { readOnly: true });
    expect(await codeAndText(unused.cells())).toMatch(/is empty: no cell was kept in it/);
    await Promise.all([inFolder.close(), unused.close()]);
    const text = newFile();
    writeFileSync(text, "not a database ".repeat(500));
    const wrong = sqliteStore(text);
    expect(await codeAndText(wrong.cells())).toMatch(/^ERR_STORE_UNAVAILABLE .*not a database/);
    const reader = sqliteStore(join(folder, "none.db"), { readOnly: true });
    expect(await codeAndText(reader.cells())).toMatch(/there is none/);
    await Promise.all([lost.close(), wrong.close(), reader.close()]);
  });

  test("gives a file one owner, by whatever name it is opened", async () => {
    const file = newFile();
    const link = newFile();
    // Of a file that is not there yet.
    symlinkSync(file, link);
    const store = await withCell(link);
    const second = sqliteStore(file);
    expect(await codeAndText(second.cells())).toMatch(/another store has it open/);
    const reader = sqliteStore(link, { readOnly: true });
    expect(await reader.cells()).toHaveLength(1);
    await Promise.all([store.close(), second.close(), reader.close()]);
    const other = newFile();
    linkSync(file, other);
    const hard = sqliteStore(other);
    expect(await codeAndText(hard.cells())).toMatch(/more than one name \(hard links\)/);
    const loop = newFile();
    symlinkSync(loop, loop);
    const lost = sqliteStore(loop);
    expect(await codeAndText(lost.cells())).toMatch(/its symbolic links lead nowhere/);
    await Promise.all([hard.close(), lost.close()]);
  });

  test("makes files that only their owner can read, and leaves the rights of a file that is there", async () => {
    const own = mkdtempSync(join(folder, "rights-"));
    const modes = () =>
      readdirSync(own).map((name) => (statSync(join(own, name)).mode & 0o777).toString(8));
    const file = join(own, "cells.db");
    const store = await withCell(file);
    expect(new Set(modes())).toEqual(new Set(["600"]));
    await store.close();
    rmSync(`${file}-owner`);
    chmodSync(file, 0o660);
    const shared = sqliteStore(file);
    await shared.cells();
    // As far as the process lets others have any.
    expect(new Set(modes().map((mode) => mode.at(-1)))).toEqual(new Set(["0"]));
    expect((statSync(file).mode & 0o777).toString(8)).toBe("660");
    await shared.close();
  });

  test.each(["", ":memory:", "file:cells.db?mode=memory", "a\0b"])(
    "refuses %j, which names no file on a disk",
    (name) => {
      expect(() => sqliteStore(name)).toThrow(/must be the path of a file on a disk/);
    },
  );

  test("refuses a file of a newer codecell, one of no version, and one of another program", async () => {
    const file = newFile();
    await (await withCell(file)).close();
    await runProgram("durable", ["sql", file, "PRAGMA user_version = 99"]);
    const newer = sqliteStore(file);
    expect(await codeAndText(newer.cells())).toMatch(
      /of version 99, .*up to version \d+; use a newer/,
    );
    await newer.close();
    await runProgram("durable", ["sql", file, "PRAGMA user_version = -5"]);
    const none = sqliteStore(file);
    expect(await codeAndText(none.cells())).toMatch(/is damaged: it is of version -5/);
    await none.close();
    const other = newFile();
    await runProgram("durable", ["sql", other, "CREATE TABLE orders (id)"]);
    const foreign = sqliteStore(other);
    expect(await codeAndText(foreign.cells())).toMatch(/a database of another program/);
    await foreign.close();
  });

  test("tells that the system takes no more, and has all that it said to have", async () => {
    const file = newFile();
    const fixture = join(root, "test/fixtures/durable.mjs");
    const { stdout } = await execFile("sh", [
      "-c",
      'ulimit -f 512; exec "$0" "$@"',
      ...[process.execPath, fixture, "fill", file],
    ]);
    const said = JSON.parse(stdout) as { code: string; message: string; seq: number };
    expect(said.code).toBe("ERR_STORE_UNAVAILABLE");
    expect(said.message).toContain(file);
    const store = sqliteStore(file);
    expect(await store.read("a", 0, 1000)).toHaveLength(said.seq);
    await store.close();
  });

  test("does not keep a program alive that has nothing else to do", async () => {
    const ended = await runProgram("durable", ["leave-open", newFile()]);
    expect(ended).toEqual({ code: 0, signal: null, stdout: "1\n", stderr: "" });
  });

  test.each([
    [() => sqliteStore(""), /"file" must be the path of a file/],
    [() => sqliteStore("a.db", { sync: "some" as never }), /"sync" must be "full" or "normal"/],
    [() => sqliteStore("a.db", { readOnly: 1 as never }), /"readOnly" must be true or false/],
    [() => sqliteStore("a.db", { other: 1 } as never), /There is no option "other"/],
  ])("checks its options (%#)", (make, message) => {
    expect(make).toThrow(message);
  });
});
