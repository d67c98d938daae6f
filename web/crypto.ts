import { DOMException } from "./dom-exception.js";
import { defineInterface, requireArguments } from "./interface.js";
import { getterOf } from "./intrinsics.js";
import { Kind } from "./native.js";

const maxRandomBytes = 65_536;
const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;
const kindOfArray = getterOf(typedArray, Symbol.toStringTag);
const sizeOfArray = getterOf(typedArray, "byteLength");

/** The kinds of array that random bytes may be written into. */
const integerArrays: ReadonlySet<unknown> = new Set([
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "BigInt64Array",
  "BigUint64Array",
]);

const hexByBytes: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, "0"),
);

class Crypto {
  getRandomValues<View>(view: View): View {
    requireArguments("crypto.getRandomValues", arguments.length, 1);
    if (native.kindOf(view) !== Kind.view) {
      throw new TypeError("crypto.getRandomValues takes a typed array of integers");
    }
    const array = view as Uint8Array;
    if (!integerArrays.has(kindOfArray(array))) {
      throw new DOMException(
        "crypto.getRandomValues takes a typed array of integers",
        "TypeMismatchError",
      );
    }
    const size = sizeOfArray(array) as number;
    if (size > maxRandomBytes) {
      throw new DOMException(
        `crypto.getRandomValues fills at most ${maxRandomBytes} bytes, and was given ${size}; fill parts`,
        "QuotaExceededError",
      );
    }
    if (size > 0) native.fillRandom(array);
    return view;
  }

  randomUUID(): string {
    const bytes = new Uint8Array(16);
    native.fillRandom(bytes);
    // A UUID of version 4: all is random but these.
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => hexByBytes[byte]).join("");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }
}

defineInterface(Crypto);

export const crypto: Crypto = new Crypto();
