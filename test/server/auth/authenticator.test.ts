import { describe, expect, test } from "vitest";
import { Authenticator, localIdentity } from "../../../src/server/auth/authenticator.js";
import { allows, isScope } from "../../../src/server/auth/identity.js";
import { hashOf, newKey } from "../../../src/server/auth/keys.js";

const key = "k".repeat(8192);
const entry = { id: "bot", tenant: "acme", scopes: ["run"] as const };
const known = { tenant: "acme", scopes: new Set(["run"]), subject: "bot" };

async function identified(authorization: string | undefined): Promise<unknown> {
  const keys = [
    { ...entry, sha256: hashOf("short") },
    // As other programs write hexadecimal digits.
    { ...entry, sha256: hashOf(key).toUpperCase() },
  ];
  const authenticator = await Authenticator.open({ keys, jwt: undefined });
  return authenticator.identify(authorization).catch(({ code, message }) => `${code}: ${message}`);
}

const noHeader = "ERR_UNAUTHORIZED: This server expects the header Authorization: Bearer KEY.";
const unknown = "ERR_UNAUTHORIZED: This server does not know the key of the header Authorization.";

describe("where there are keys,", () => {
  test.each([
    ["its key", "Bearer short"],
    ["a key as long as one may be, whose hash is in capitals", `Bearer ${key}`],
    ["another case and blanks around the key", "bearer   short  "],
  ])("who shows %s is known", async (_, header) => {
    expect(await identified(header)).toEqual(known);
  });

  test.each([
    ["no header", undefined, noHeader],
    ["an empty one", "", noHeader],
    ["no key", "Bearer ", noHeader],
    ["another kind of key", "Basic short", noHeader],
    ["something before it", "x Bearer short", noHeader],
    ["something after it", "Bearer short x", noHeader],
    ["a part of a key", "Bearer shor", unknown],
    ["a key and more", "Bearer shortx", unknown],
    ["a key in capitals", "Bearer SHORT", unknown],
    ["the hash of a key", `Bearer ${hashOf("short")}`, unknown],
    ["a token where none are taken", "Bearer a.b.c", unknown],
    [
      "a text that is longer than a key",
      `Bearer ${key}k`,
      "ERR_UNAUTHORIZED: The key is too long for one.",
    ],
  ])("who shows %s is refused", async (_, header, refusal) => {
    expect(await identified(header)).toBe(refusal);
  });
});

test("where there are no keys and no tokens, all who ask are the user of the machine, who may do all", async () => {
  const authenticator = await Authenticator.open({ keys: [], jwt: undefined });
  expect(authenticator.isOpen).toBe(true);
  expect(await authenticator.identify(undefined)).toBe(localIdentity);
  expect([...localIdentity.scopes]).toEqual(["run", "approve", "read", "admin"]);
});

test("a scope allows itself, and admin allows all", () => {
  const who = (...scopes: ("run" | "admin")[]) => ({ ...localIdentity, scopes: new Set(scopes) });
  expect([allows(who("run"), "run"), allows(who("run"), "read")]).toEqual([true, false]);
  expect([allows(who("admin"), "read"), allows(who(), "run")]).toEqual([true, false]);
  expect(["run", "approve", "read", "admin", "Run", "", undefined].map(isScope)).toEqual([
    ...[true, true, true, true],
    ...[false, false, false],
  ]);
});

test("a new key is 32 random bytes, and is known for a key", () => {
  const keys = [newKey(), newKey()];
  for (const made of keys) expect(made).toMatch(/^cck_[\w-]{43}$/);
  expect(keys[0]).not.toBe(keys[1]);
});
