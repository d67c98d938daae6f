import { expect, test } from "vitest";
import { sealedStore } from "../../src/sqlite.js";
import { Place, storeWith } from "../support/store-place.js";

test("stored values that are sealed are not read without their key", async () => {
  let isSealed = true;
  const keys = { current: "a", keys: { a: Buffer.alloc(32, 5) } };
  const place = new Place((store) => (isSealed ? sealedStore(store, keys) : store));
  await (await place.open()).openSession({ id: "s" }).exec('store("k", 1)');
  isSealed = false;
  const session = (await place.open()).openSession({ id: "s" });
  await expect(session.storedValues()).rejects.toMatchObject({ code: "ERR_STORE_KEY" });
  isSealed = true;
  const later = (await place.open()).openSession({ id: "s" });
  expect(await later.storedValues()).toEqual({ k: 1 });
  await place.close();
});

test("sessions that share their values see each other's in a store that keeps no versions of them", async () => {
  const place = new Place((store) => storeWith(store, {}));
  const codeMode = await place.open();
  const [one, other] = [codeMode.openSession({ id: "s" }), codeMode.openSession({ id: "s" })];
  one.share();
  for (const n of [1, 2]) {
    await other.exec(`store("n", ${n})`);
    expect(await one.storedValues()).toEqual({ n });
  }
  await place.close();
});
