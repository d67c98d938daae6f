/** Short arrays are in the heap of the engine, where the native layer cannot write into them. */
const maxShort = 64;

/** A text in UTF-8; a lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  const { length } = text;
  if (length <= maxShort) {
    const short = encodeAscii(text, length);
    if (short !== undefined) return short;
  }
  const size = native.utf8Length(text);
  const bytes = size <= maxShort ? new Uint8Array(new ArrayBuffer(size)) : new Uint8Array(size);
  native.encodeInto(text, bytes);
  return bytes;
}

/** Undefined where not all of the text is ASCII. */
function encodeAscii(text: string, length: number): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; ++i) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) return undefined;
    bytes[i] = unit;
  }
  return bytes;
}
