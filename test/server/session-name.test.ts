import { describe, expect, test } from "vitest";
import {
  isSessionId,
  isTenant,
  prefixOf,
  readStoreId,
  storeIdOf,
} from "../../src/server/session-name.js";

describe("a tenant", () => {
  test.each(["a", "0", "a-", "a-b-0", "a".repeat(63)])("may be %s", (tenant) => {
    expect(isTenant(tenant)).toBe(true);
  });
  const others = ["", "-a", "A", "a/b", "a/", "/a", "a b", "a.b", "a\n", "a".repeat(64), "ä"];
  test.each([...others, undefined, 1, ["a"]])("is not %j", (tenant) => {
    expect(isTenant(tenant)).toBe(false);
  });
});

describe("the id of a session", () => {
  test.each(["a", ".", "A_z-0:9.", "s".repeat(128)])("may be %s", (session) => {
    expect(isSessionId(session)).toBe(true);
  });
  const others = ["", "a/b", "/a", "a/", "a b", "a\n", "s".repeat(129), "ä"];
  test.each([...others, undefined, 1, ["a"]])("is not %j", (session) => {
    expect(isSessionId(session)).toBe(false);
  });
});

test("a store has a session under its tenant, and nothing that reads so is another's", () => {
  const name = { tenant: "acme", session: "s:1" };
  expect(storeIdOf(name)).toBe("acme/s:1");
  expect(storeIdOf(name).startsWith(prefixOf("acme"))).toBe(true);
  expect(prefixOf("acme")).toBe("acme/");
  expect(readStoreId("acme/s:1")).toEqual(name);
  for (const id of ["acme", "acme/", "/s", "acme/s/t", "Acme/s", "acmes", "a c/s", "acme/s t"]) {
    expect([id, readStoreId(id)]).toEqual([id, undefined]);
  }
});
