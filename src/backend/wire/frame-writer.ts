const headBytes = 4;

/** Writes one frame. */
export class FrameWriter {
  #bytes: Buffer;
  #length = headBytes;

  /** @param sizeHint - Bytes that its fields are likely to take. */
  constructor(kind: number, sizeHint = 64) {
    this.#bytes = Buffer.allocUnsafe(headBytes + 1 + sizeHint);
    this.byte(kind);
  }

  byte(byte: number): void {
    this.#room(1);
    this.#length = this.#bytes.writeUInt8(byte, this.#length);
  }

  flag(flag: boolean): void {
    this.byte(flag ? 1 : 0);
  }

  /** Writes the index of a word in a list that has it. */
  word<Word>(words: readonly Word[], word: Word): void {
    this.byte(words.indexOf(word));
  }

  number(number: number): void {
    this.#room(4);
    this.#length = this.#bytes.writeUInt32LE(number, this.#length);
  }

  double(number: number): void {
    this.#room(8);
    this.#length = this.#bytes.writeDoubleLE(number, this.#length);
  }

  text(text: string): void {
    // A text is ASCII if it takes no more bytes in UTF-8, which is counted quickest.
    const isLatin1 = Buffer.byteLength(text) === text.length || !/[^\0-\xff]/.test(text);
    if (isLatin1) this.latin1(text);
    else this.#units(text, "utf16le", 2);
  }

  /** A text whose characters are known to be Latin-1. */
  latin1(text: string): void {
    this.#units(text, "latin1", 1);
  }

  /** The frame. Nothing may be written from then on. */
  finish(): Buffer {
    this.#bytes.writeUInt32LE(this.#length - headBytes, 0);
    return this.#bytes.subarray(0, this.#length);
  }

  #units(text: string, encoding: "latin1" | "utf16le", unitBytes: 1 | 2): void {
    this.number(text.length * 2 + unitBytes - 1);
    this.#room(text.length * unitBytes);
    this.#length += this.#bytes.write(text, this.#length, encoding);
  }

  #room(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const bytes = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + count));
    this.#bytes.copy(bytes, 0, 0, this.#length);
    this.#bytes = bytes;
  }
}
