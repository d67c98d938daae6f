import { builtin } from "../base/builtin.js";
import { describeValue } from "../base/describe-value.js";
import { CodeModeError } from "../base/errors.js";
import { checkOptionsObject, invalidOption } from "../base/option-checks.js";

/** The keys of a sealed store. */
export interface SealKeys {
  /**
   * The id of the key that seals what is written from now on: 1 to 64 of the characters `A-Z a-z 0-9 . _ -`. A
   * function chooses one for each session.
   */
  readonly current: string | ((sessionId: string) => string);
  /**
   * The keys, of 32 bytes each, by their ids: the current one, and those with which the store was written
   * before. A function gives the key with an id, or undefined.
   */
  readonly keys: Readonly<Record<string, Uint8Array>> | ((keyId: string) => Uint8Array | undefined);
}

/** A key that can be used. */
export interface SealKey {
  readonly id: string;
  readonly bytes: Uint8Array;
  /** Tells keys with one id apart; says nothing about the key itself. */
  readonly mark: string;
}

const keyBytes = 32;
const idForm = /^[A-Za-z0-9._-]{1,64}$/;

/** The keys of a store, checked. */
export class KeyRing {
  readonly #current: SealKeys["current"];
  readonly #find: (keyId: string) => Uint8Array | undefined;
  /** Not of keys that a function gives: who takes one back is obeyed at once. */
  readonly #known = new Map<string, SealKey>();

  /** @throws {CodeModeError} ERR_INVALID_OPTION. */
  constructor(options: SealKeys) {
    checkOptionsObject("the keys of sealedStore", options, ["current", "keys"]);
    const { current, keys } = options;
    if (typeof current !== "function" && !isKeyId(current)) {
      throw invalidOption("current", "the id of a key, or a function", current);
    }
    this.#current = current;
    if (typeof keys === "function") {
      this.#find = keys;
      return;
    }
    if (typeof keys !== "object" || keys === null) {
      throw invalidOption("keys", "an object with keys by their ids, or a function", keys);
    }
    this.#find = () => undefined;
    for (const [id, bytes] of Object.entries(keys)) {
      if (!isKeyId(id)) throw invalidOption("keys", "an object with keys by their ids", id);
      this.#known.set(id, toKey(id, bytes));
    }
    if (typeof current === "string" && !this.#known.has(current)) {
      throw new CodeModeError(
        "ERR_INVALID_OPTION",
        `The current key is "${current}", and keys has none with this id.`,
      );
    }
  }

  /**
   * The key that seals what a session writes.
   *
   * @throws {CodeModeError} ERR_STORE_KEY.
   */
  currentFor(sessionId: string): SealKey {
    const id: unknown =
      typeof this.#current === "function" ? this.#current(sessionId) : this.#current;
    const key = isKeyId(id) ? this.find(id) : undefined;
    if (key !== undefined) return key;
    const what = typeof id === "string" ? `"${id}"` : describeValue(id);
    throw new CodeModeError(
      "ERR_STORE_KEY",
      `There is no key ${what} to seal with: give it in keys.`,
    );
  }

  /** @throws {CodeModeError} ERR_INVALID_OPTION if what a function gives is no key. */
  find(id: string): SealKey | undefined {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const bytes = this.#find(id);
    return bytes === undefined ? undefined : toKey(id, bytes);
  }
}

function isKeyId(id: unknown): id is string {
  return typeof id === "string" && idForm.test(id);
}

function toKey(id: string, given: unknown): SealKey {
  if (!(given instanceof Uint8Array) || given.byteLength !== keyBytes) {
    // Its bytes must not be shown.
    const what =
      given instanceof Uint8Array ? `${given.byteLength} bytes` : `a value of type ${typeof given}`;
    throw new CodeModeError(
      "ERR_INVALID_OPTION",
      `The key "${id}" must be a Uint8Array of ${keyBytes} bytes, such as randomBytes(${keyBytes}) of node:crypto; got ${what}.`,
    );
  }
  const bytes = Uint8Array.from(given);
  const mac = builtin("node:crypto").createHmac("sha256", bytes).update("codecell seal");
  return { id, bytes, mark: mac.digest("hex").slice(0, 8) };
}
