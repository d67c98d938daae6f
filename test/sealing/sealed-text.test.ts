import { describe, expect, test } from "vitest";
import { KeyRing, type SealKeys } from "../../src/sealing/seal-keys.js";
import {
  isSealedAnew,
  openText,
  type SealedPlace,
  sealText,
} from "../../src/sealing/sealed-text.js";

const key = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const place: SealedPlace = { name: "The note", parts: ["note", 1] };
const of = { text: "héllo", sessionId: "s" };

const ring = (current: SealKeys["current"], keys: SealKeys["keys"]): KeyRing =>
  new KeyRing({ current, keys });
const keys = ring("a", { a: key(1), b: key(2) });

describe("a sealed text", () => {
  const sealed = sealText(keys, of, place);
  const [, , , mark = "", data = ""] = sealed.split(":");

  test("says with which key it is sealed, and is another one each time", () => {
    expect(sealed).toMatch(/^sealed:1:a:[0-9a-f]{8}:[A-Za-z0-9+/]+=*$/);
    expect(sealText(keys, of, place)).not.toBe(sealed);
    expect(openText(keys, sealed, place)).toBe("héllo");
  });

  test("is sealed anew when the current key is another, or another with its id", () => {
    expect(isSealedAnew(keys, sealed, "s")).toBe(true);
    expect(isSealedAnew(ring("b", { a: key(1), b: key(2) }), sealed, "s")).toBe(false);
    expect(isSealedAnew(ring("a", { a: key(3) }), sealed, "s")).toBe(false);
  });

  const flipped = (at: number): string => {
    const bytes = Buffer.from(data, "base64");
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return `sealed:1:a:${mark}:${bytes.toString("base64")}`;
  };
  const notThat = "The note is not what was sealed there";

  test.each<[string, string, string, string]>([
    [
      "is no such text",
      "héllo",
      "ERR_STORE_KEY",
      "The note is not sealed, and this store was opened",
    ],
    ["is of another form", sealed.replace(":1:", ":2:"), "ERR_STORE_KEY", "use a newer codecell"],
    [
      "is of a key that was not given",
      sealed.replace(":a:", ":k y\u202e:"),
      "ERR_STORE_KEY",
      'is sealed with the key "k?y?", which was not given.',
    ],
    [
      "is of a key with a long id",
      sealed.replace(":a:", `:${"k".repeat(65)}:`),
      "ERR_STORE_KEY",
      `the key "${"k".repeat(64)}", which`,
    ],
    [
      "is of another key with that id",
      sealed.replace(mark, "00000000"),
      "ERR_STORE_KEY",
      'is sealed with another key than the one that was given as "a".',
    ],
    ["has another nonce", flipped(0), "ERR_INVALID_JOURNAL", notThat],
    ["has another tag", flipped(12), "ERR_INVALID_JOURNAL", notThat],
    ["has another content", flipped(28), "ERR_INVALID_JOURNAL", notThat],
    ["has no content", `sealed:1:a:${mark}`, "ERR_INVALID_JOURNAL", notThat],
  ])("is not read where it %s", (_what, text, code, message) => {
    expect(() => openText(keys, text, place)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  test("is not read in another place", () => {
    const other = { name: "The other", parts: ["note", 2] };
    expect(() => openText(keys, sealed, other)).toThrow("The other is not what was sealed there");
  });
});

describe("keys", () => {
  test("may be chosen for each session, and given by a function", () => {
    const given = ring(
      (sessionId) => `of.${sessionId}`,
      (id) => (id === "of.s" ? key(4) : undefined),
    );
    expect(given.currentFor("s")).toMatchObject({ id: "of.s", bytes: key(4) });
    expect(given.find("of.t")).toBeUndefined();
    expect(() => given.currentFor("t")).toThrow('There is no key "of.t" to seal with');
    const odd = ring(() => 5 as never, { a: key(1) });
    expect(() => odd.currentFor("s")).toThrow("There is no key the number 5 to seal with");
  });

  test("are copied", () => {
    const mine = key(1);
    const copied = ring("a", { a: mine });
    mine.fill(9);
    expect(copied.find("a")?.bytes).toEqual(key(1));
  });

  test.each<[string, unknown, unknown, string]>([
    ["an id that is none", "a b", { a: key(1) }, 'The option "current" must be the id of a key'],
    ["a long id", "k".repeat(65), { a: key(1) }, 'The option "current" must be the id of a key'],
    ["no id", "", { a: key(1) }, 'The option "current" must be the id of a key'],
    ["no keys", "a", null, 'The option "keys" must be an object with keys by their ids, or'],
    ["keys that are a text", "a", "key", 'The option "keys" must be an object with keys'],
    ["a key with an id that is none", "a", { "": key(1) }, 'The option "keys" must be an object'],
    ["a current key that is not there", "b", { a: key(1) }, 'The current key is "b", and keys has'],
    [
      "a short key",
      "a",
      { a: key(1).subarray(1) },
      'The key "a" must be a Uint8Array of 32 bytes, such as randomBytes(32) of node:crypto; got 31 bytes.',
    ],
    ["a key that is a text", "a", { a: "secret" }, "got a value of type string."],
    [
      "a key that a function gives, and is none",
      "a",
      () => "secret",
      "got a value of type string.",
    ],
  ])("are refused: %s", (_what, current, given, message) => {
    expect(() => ring(current as never, given as never).find("a")).toThrow(
      expect.objectContaining({
        code: "ERR_INVALID_OPTION",
        message: expect.stringContaining(message),
      }),
    );
  });

  test("of 64 characters may be an id", () => {
    const id = "A-z0.9_-".repeat(8);
    expect(ring(id, { [id]: key(1) }).currentFor("s").id).toBe(id);
  });
});
