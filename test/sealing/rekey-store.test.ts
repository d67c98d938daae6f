import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type DurableStore, rekeyStore, sealedStore, sqliteStore } from "../../src/sqlite.js";
import { changeStoreFile } from "../support/change-store-file.js";

const folder = mkdtempSync(join(tmpdir(), "codecell-rekey-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

const earlier = randomBytes(32);
const now = randomBytes(32);
const before = { current: "earlier", keys: { earlier } };
const both = { current: "now", keys: { earlier, now } };
const after = { current: "now", keys: { now } };

const body = (text: string): string => JSON.stringify({ kind: "log", text });
/** So long that a step takes one of them only. */
const long = body(`\u{1f600}${"x".repeat(600_000)}`);

/** A file with a cell that has asked and one that has ended, a decision, and values of a session without cells. */
async function sealedFile(): Promise<string> {
  files += 1;
  const file = join(folder, `${files}.db`);
  const store = sealedStore(sqliteStore(file), before);
  const record = (seq: number, text: string, asks?: string) => ({
    seq,
    at: 1000 + seq,
    kind: asks === undefined ? "log" : "asked",
    body: text,
    ...(asks !== undefined && { asks }),
  });
  const host = "h";
  const records = [record(0, body("a")), record(1, long), record(2, body("q"), "question")];
  await store.create({ cellId: "a", sessionId: "s", host, records });
  await store.decide("question", { at: 7, body: '{"verdict":"deny"}' });
  const end = { status: "completed", at: 1, writes: ["k\ud800", "1", "l", long] } as const;
  await store.create({ cellId: "b", sessionId: "gone", host, records: [record(0, long)], end });
  await store.forget({ cellId: "b" });
  await store.create({ cellId: "c", sessionId: "s", host, records: [record(0, long)] });
  await store.close();
  return file;
}

/** All that a store has. */
async function contentOf(store: DurableStore): Promise<unknown> {
  try {
    return {
      a: await store.read("a", 0, 10),
      c: await store.read("c", 0, 10),
      decided: (await store.approvals()).map(({ decision }) => decision),
      values: await store.values("gone"),
    };
  } finally {
    await store.close();
  }
}

describe("rekeyStore", () => {
  test("seals all that a file has anew: it is read with the new key alone, and not with the earlier one", async () => {
    const file = await sealedFile();
    const content = await contentOf(sealedStore(sqliteStore(file), before));
    expect(await rekeyStore(file, both)).toEqual({ rekeyed: 7, current: 0, faults: [] });
    expect(await contentOf(sealedStore(sqliteStore(file), after))).toEqual(content);
    const refused = contentOf(sealedStore(sqliteStore(file), before));
    await expect(refused).rejects.toMatchObject({ code: "ERR_STORE_KEY" });
    expect(await rekeyStore(file, after)).toEqual({ rekeyed: 0, current: 7, faults: [] });
  });

  test("goes on where it was stopped, at whatever step, and the file can be used meanwhile", async () => {
    const file = await sealedFile();
    const content = await contentOf(sealedStore(sqliteStore(file), before));
    const stopAfter = (steps: number): AbortSignal => {
      let looks = 0;
      return {
        get aborted() {
          return looks > steps;
        },
        throwIfAborted() {
          looks += 1;
          if (looks > steps) throw new Error("stopped");
        },
      } as AbortSignal;
    };
    let stops = 0;
    for (let steps = 1; ; steps += 1) {
      const report = await rekeyStore(file, both, { signal: stopAfter(steps) }).catch(
        (thrown: Error) => {
          expect(thrown.message).toBe("stopped");
          stops += 1;
        },
      );
      if (steps === 2) {
        expect(await contentOf(sealedStore(sqliteStore(file), both))).toEqual(content);
      }
      if (report === undefined) continue;
      expect(report.rekeyed).toBeLessThan(7);
      expect(report.rekeyed + report.current).toBe(7);
      break;
    }
    expect(stops).toBeGreaterThan(3);
    expect(await contentOf(sealedStore(sqliteStore(file), after))).toEqual(content);
  });

  test("seals many short texts in one step, and long ones one by one", async () => {
    const stepsOf = async (texts: readonly string[]): Promise<number> => {
      files += 1;
      const file = join(folder, `${files}.db`);
      const store = sealedStore(sqliteStore(file), before);
      const records = texts.map((text, seq) => ({ seq, at: 1, kind: "log", body: body(text) }));
      await store.create({ cellId: "a", sessionId: "s", host: "h", records });
      await store.close();
      let steps = 0;
      const throwIfAborted = (): void => {
        steps += 1;
      };
      const signal = { aborted: false, throwIfAborted } as unknown as AbortSignal;
      const { rekeyed } = await rekeyStore(file, both, { signal });
      expect(rekeyed).toBe(texts.length);
      return steps;
    };
    const ofNone = await stepsOf([]);
    expect(await stepsOf(["a", "b", "c"])).toBe(ofNone + 1);
    expect(await stepsOf(Array.from({ length: 257 }, () => "a"))).toBe(ofNone + 2);
    expect(await stepsOf(Array.from({ length: 3 }, () => "x".repeat(600_000)))).toBe(ofNone + 3);
  });

  test("says what is damaged, leaves it as it is, and seals the rest anew", async () => {
    const file = await sealedFile();
    changeStoreFile(file, "UPDATE journal SET at = at + 1 WHERE cell = 'a' AND seq = 0");
    const { rekeyed, faults } = await rekeyStore(file, both);
    expect(rekeyed).toBe(6);
    expect(faults).toEqual([
      expect.stringContaining("Record 0 of the cell a is not what was sealed"),
    ]);
  });

  test("changes nothing where a key is missing, where nothing is sealed, or while the file is in use", async () => {
    const file = await sealedFile();
    const content = await contentOf(sealedStore(sqliteStore(file), before));
    await expect(rekeyStore(file, after)).rejects.toMatchObject({ code: "ERR_STORE_KEY" });
    const owner = sealedStore(sqliteStore(file), before);
    await owner.forget({ cellId: "none" });
    await expect(rekeyStore(file, both)).rejects.toMatchObject({
      code: "ERR_STORE_UNAVAILABLE",
      message: expect.stringContaining("another store has it open"),
    });
    await owner.close();
    expect(await contentOf(sealedStore(sqliteStore(file), before))).toEqual(content);

    const plain = join(folder, "plain.db");
    const store = sqliteStore(plain);
    const records = [{ seq: 0, at: 1, kind: "log", body: body("plain") }];
    await store.create({ cellId: "a", sessionId: "s", host: "h", records });
    await store.close();
    await expect(rekeyStore(plain, both)).rejects.toMatchObject({ code: "ERR_STORE_KEY" });
    await expect(rekeyStore(join(folder, "none.db"), both)).rejects.toMatchObject({
      code: "ERR_STORE_UNAVAILABLE",
    });
    const foreign = join(folder, "foreign.db");
    changeStoreFile(foreign, "CREATE TABLE journal (cell, seq, kind, at, body)");
    await expect(rekeyStore(foreign, both)).rejects.toThrow("a database of another program");
    await expect(rekeyStore("", both)).rejects.toMatchObject({ code: "ERR_INVALID_OPTION" });
  });
});
