import { afterAll, describe, expect, test } from "vitest";
import { ValueVersions } from "../../src/sqlite/value-versions.js";
import { type DurableStore, sqliteStore } from "../../src/sqlite.js";
import { TestFiles } from "../support/test-files.js";

const files = new TestFiles("versions");
afterAll(() => files[Symbol.dispose]());

const writes = (n: number) => ({ status: "completed", at: 1, writes: ["k", `${n}`] }) as const;
const nothing = { status: "completed", at: 1, writes: [] } as const;

/** Which of the sessions `s` and `t` have other values since they were looked at. */
function changesOf(change: (versions: ValueVersions) => void): readonly string[] {
  const versions = new ValueVersions();
  versions.opened("of s", "s");
  versions.opened("of t", "t");
  const before = ["s", "t"].map((sessionId) => versions.of(sessionId));
  change(versions);
  return ["s", "t"].filter((sessionId, index) => versions.of(sessionId) !== before[index]);
}

describe("the values of a session", () => {
  test.each<[string, readonly string[], (versions: ValueVersions) => void]>([
    ["nothing, where nothing happens", [], () => {}],
    ["nothing, where a cell stores nothing", [], (all) => all.left("of s", nothing)],
    ["nothing, where a cell goes on elsewhere", [], (all) => all.left("of s", undefined)],
    ["the cell's session, where it stores", ["s"], (all) => all.left("of s", writes(1))],
    ["its session, where a cell was never open", ["t"], (all) => all.left("x", writes(1), "t")],
    ["all, where nobody knows the cell's", ["s", "t"], (all) => all.left("x", writes(1))],
    [
      "all, where the cell went on elsewhere meanwhile",
      ["s", "t"],
      (all) => {
        all.left("of s", undefined);
        all.left("of s", writes(1));
      },
    ],
    ["the one that was changed", ["t"], (all) => all.changed("t")],
    ["all", ["s", "t"], (all) => all.allChanged()],
  ])("are others by their versions of %s", (_what, expected, change) => {
    expect(changesOf(change)).toEqual(expected);
  });

  test("are told apart for ten thousand sessions; one more makes all of them others", () => {
    const versions = new ValueVersions();
    for (let i = 0; i < 10_000; i += 1) versions.changed(`s${i}`);
    const last = versions.of("s9999");
    const other = versions.of("never changed");
    versions.changed("s9999");
    // The number of those that have changed was at its most already.
    expect([versions.of("s9999"), versions.of("never changed")]).not.toContain(last);
    expect(versions.of("never changed")).not.toBe(other);

    const fewer = new ValueVersions();
    for (let i = 0; i < 9999; i += 1) fewer.changed(`s${i}`);
    const untouched = fewer.of("s0");
    fewer.changed("one more");
    expect(fewer.of("s0")).toBe(untouched);
  });
});

describe("sqliteStore", () => {
  const cell = { host: "h", records: [{ seq: 0, at: 1, kind: "out", body: "{}" }] };
  const more = [{ seq: 1, at: 1, kind: "out", body: "{}" }];

  async function versionOf(store: DurableStore, sessionId: string): Promise<string> {
    const found = await store.valuesSince?.(sessionId, undefined);
    if (found?.type !== "changed") throw new Error("Nobody has had them yet.");
    return found.version;
  }

  test("knows whose values a cell changes that has written before it ends", async () => {
    const store = sqliteStore(files.newName());
    const [s, t] = [await versionOf(store, "s"), await versionOf(store, "t")];
    await store.create({ ...cell, cellId: "a", sessionId: "s" });
    await store.append({ cellId: "a", epoch: 1, seq: 1 }, more);
    expect(await store.valuesSince?.("s", s)).toEqual({ type: "same" });
    await store.append({ cellId: "a", epoch: 1, seq: 2 }, [], writes(1));
    expect(await store.valuesSince?.("t", t)).toEqual({ type: "same" });
    expect(await store.valuesSince?.("s", s)).toMatchObject({ values: ["k", "1"] });
    await store.close();
  });

  test("knows that an end which it did not take changes nothing", async () => {
    const store = sqliteStore(files.newName());
    const s = await versionOf(store, "s");
    await store.create({ ...cell, cellId: "a", sessionId: "s" });
    const fenced = await store.append({ cellId: "a", epoch: 9, seq: 1 }, more, writes(1));
    expect(fenced).toBe("fenced");
    expect(await store.valuesSince?.("s", s)).toEqual({ type: "same" });
    await store.close();
  });

  test("that is read only has all values each time: another process writes them", async () => {
    const file = files.newName();
    const store = sqliteStore(file);
    await store.create({ ...cell, cellId: "a", sessionId: "s", end: writes(1) });
    const reader = sqliteStore(file, { readOnly: true });
    const version = await versionOf(reader, "s");
    await store.create({ ...cell, cellId: "b", sessionId: "s", end: writes(2) });
    expect(await reader.valuesSince?.("s", version)).toMatchObject({ values: ["k", "2"] });
    await Promise.all([store.close(), reader.close()]);
  });

  test("does not know what has changed after a failure: another process may have had the file", async () => {
    const file = files.newName();
    const first = sqliteStore(file);
    const second = sqliteStore(file);
    await first.create({ ...cell, cellId: "a", sessionId: "s", end: writes(1) });
    await first.close();
    const version = await versionOf(second, "s");
    expect(await second.valuesSince?.("s", version)).toEqual({ type: "same" });
    await expect(
      second.create({ ...cell, cellId: "a", sessionId: "s", end: writes(2) }),
    ).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
    expect(await second.valuesSince?.("s", version)).toMatchObject({ values: ["k", "1"] });
    await second.close();
  });
});
