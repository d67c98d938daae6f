// What whatwg-url needs of encodings. The URLs of cells are made from strings, so that is UTF-8.
import { Encoding } from "./native.js";
import { encodeUtf8 } from "./utf8.js";

export { encodeUtf8 as utf8Encode };

const hexByByte: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
);

export function utf8DecodeWithoutBOM(bytes: Uint8Array): string {
  return native.decode(Encoding.utf8, bytes, false) ?? "";
}

/** Encodes what is not printable ASCII, and these characters besides. */
export function percentEncodeAfterEncoding(
  _encoding: string,
  input: string,
  characters: string,
  spaceAsPlus = false,
): string {
  const isEncoded = new Array<boolean>(256).fill(true, 0, 0x20).fill(false, 0x20, 0x7f);
  isEncoded.fill(true, 0x7f);
  for (const character of characters) isEncoded[character.charCodeAt(0)] = true;
  let output = "";
  for (const byte of encodeUtf8(input)) {
    if (spaceAsPlus && byte === 0x20) output += "+";
    else output += isEncoded[byte] ? hexByByte[byte] : String.fromCharCode(byte);
  }
  return output;
}
