import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createCodeMode } from "../../src/index.js";
import { sqliteStore } from "../../src/sqlite.js";
import { Place, storeWith } from "../support/store-place.js";

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;
const now = Date.UTC(2030, 0, 1);

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now }));
afterEach(() => void vi.useRealTimers());

/** A store that notes what it is asked to forget. */
function noting(forgotten: unknown[]) {
  return (store: ReturnType<typeof sqliteStore>) =>
    storeWith(store, {
      forget: (what) => {
        forgotten.push(what);
        return store.forget(what);
      },
    });
}

test.each([
  [
    "by default a week and a month",
    {},
    [{ endedBefore: now - 7 * dayMs }, { idleSince: now - 30 * dayMs }],
  ],
  [
    "as long as its options say",
    { retainMs: 1, retainOpenMs: 2 },
    [{ endedBefore: now - 1 }, { idleSince: now - 2 }],
  ],
  ["those that ended for ever", { retainMs: Infinity, retainOpenMs: 3 }, [{ idleSince: now - 3 }]],
  ["open ones for ever", { retainMs: 4, retainOpenMs: Infinity }, [{ endedBefore: now - 4 }]],
  ["all for ever", { retainMs: Infinity, retainOpenMs: Infinity }, []],
])("a runtime keeps cells: %s", async (_, options, expected) => {
  const forgotten: unknown[] = [];
  const place = new Place();
  const store = noting(forgotten)(sqliteStore(place.file));
  const codeMode = createCodeMode({ durability: { store, ...options } });
  await codeMode.openSession().storedValues();
  expect(forgotten).toEqual(expected);
  await codeMode.close();
  await store.close();
});

test.each([
  ["its own", false],
  ["those that it shares", true],
])("a session that reads values, %s, has old cells forgotten once an hour", async (_, isShared) => {
  const forgotten: unknown[] = [];
  const place = new Place(noting(forgotten));
  const codeMode = await place.open();
  const exec = async (): Promise<number> => {
    const session = codeMode.openSession({ id: "s" });
    if (isShared) session.share();
    forgotten.length = 0;
    await session.exec("1");
    return forgotten.length;
  };
  expect(await exec()).toBe(2);
  vi.setSystemTime(now + hourMs - 1);
  expect(await exec()).toBe(0);
  vi.setSystemTime(now + hourMs);
  expect(await exec()).toBe(2);
  expect(await exec()).toBe(0);
  await place.close();
});

test("a store that forgets nothing, because it cannot be reached, harms no cell", async () => {
  const place = new Place((store) =>
    storeWith(store, { forget: () => Promise.reject(new Error("The database is down.")) }),
  );
  const outcome = await (await place.open()).openSession().exec("text(1)");
  expect(outcome).toMatchObject({ status: "completed", output: [{ text: "1" }] });
  await place.close();
});
