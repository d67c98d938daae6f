import {
  backslash,
  carriageReturn,
  closeArray,
  closeObject,
  colon,
  comma,
  lineFeed,
  openArray,
  openObject,
  quote,
} from "./json-units.js";

/** Levels of a text that its outline shows: the members of its members, without what is in these. */
const outlineLevels = 2;
/** The level of the members of a list that is a member of a member. */
const listLevel = 3;
/** Bytes of a string after which its end is looked for faster than byte by byte. */
const longRun = 32;
/** Bytes that an outline may have. */
const maxOutlineBytes = 64 * 1024;

/**
 * Counts what a JSON text is made of while its bytes come in, so that it is known before the text is
 * parsed: parsing it cannot be interrupted, and takes a multiple of this. The text need not be valid.
 */
export class JsonScan {
  readonly #maxValues: number;
  readonly #outlines = Array.from({ length: outlineLevels }, () => new Outline());
  #bytes = 0;
  #values = 0;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #fittingBytes = 0;

  /** @param maxValues - As many values as the text's first part may have; see `fittingBytes`. */
  constructor(maxValues: number = Number.POSITIVE_INFINITY) {
    this.#maxValues = maxValues;
  }

  /** Bytes so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Values so far, keys of objects included; as good as exact. */
  get values(): number {
    return this.#values;
  }

  /**
   * Bytes of the text up to the end of a member of a list inside two objects, as the tools of
   * `{"result":{"tools":[…` are: the last such member with which there are not more values than the
   * maximum. 0 if not even the first fits, or the text has no such list.
   */
  get fittingBytes(): number {
    return this.#fittingBytes;
  }

  /**
   * The text without what is deeper than 1 or 2 levels: `{"id":1,"result":{}}`. Undefined where it is
   * long all the same.
   */
  outline(levels: 1 | 2): string | undefined {
    return this.#outlines[levels - 1]?.text;
  }

  /** Takes the next bytes of the text, in UTF-8. */
  push(chunk: Uint8Array): void {
    const marks = new StringMarks(chunk);
    let run = 0;
    for (let i = 0; i < chunk.length; i += 1) {
      const level = this.#depth;
      run = this.#isInString ? run + 1 : 0;
      if (run > longRun && level > outlineLevels && !this.#isEscaped) {
        i = marks.nextFrom(i);
        if (i === chunk.length) break;
      }
      const byte = chunk[i] as number;
      if (this.#isInString) this.#pushInString(byte);
      else this.#pushOutside(byte, this.#bytes + i);
      if (level <= outlineLevels || this.#depth <= outlineLevels) {
        this.#keep(byte, Math.min(level, this.#depth));
      }
    }
    this.#bytes += chunk.length;
  }

  /** Begins with another text. */
  reset(): void {
    for (const outline of this.#outlines) outline.reset();
    this.#bytes = 0;
    this.#values = 0;
    this.#depth = 0;
    this.#isInString = false;
    this.#isEscaped = false;
    this.#fittingBytes = 0;
  }

  #pushInString(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === backslash) this.#isEscaped = true;
    // No string goes on in another line, so a stray quote hides nothing after it.
    else if (byte === quote || byte === lineFeed || byte === carriageReturn)
      this.#isInString = false;
  }

  #pushOutside(byte: number, at: number): void {
    switch (byte) {
      case quote:
        this.#isInString = true;
        break;
      case comma:
        this.#values += 1;
        if (this.#depth === listLevel && this.#values <= this.#maxValues) this.#fittingBytes = at;
        break;
      case colon:
        this.#values += 1;
        break;
      case openArray:
      case openObject:
        this.#values += 1;
        this.#depth += 1;
        break;
      case closeArray:
      case closeObject:
        this.#depth -= 1;
    }
  }

  #keep(byte: number, level: number): void {
    for (let i = Math.max(level, 1) - 1; i < outlineLevels; i += 1) this.#outlines[i]?.push(byte);
  }
}

/** Where in some bytes the characters are that end a string or an escape in it. */
class StringMarks {
  readonly #bytes: Buffer;
  readonly #next = new Map<number, number>(
    [quote, backslash, lineFeed, carriageReturn].map((mark) => [mark, -1]),
  );

  constructor({ buffer, byteOffset, length }: Uint8Array) {
    this.#bytes = Buffer.from(buffer, byteOffset, length);
  }

  /** The index of the first one from an index on, or the length of the bytes; indexes must not decrease. */
  nextFrom(start: number): number {
    let first = this.#bytes.length;
    for (const [mark, known] of this.#next) {
      const next = known >= start ? known : this.#find(mark, start);
      first = Math.min(first, next);
    }
    return first;
  }

  #find(mark: number, start: number): number {
    const found = this.#bytes.indexOf(mark, start);
    const next = found === -1 ? this.#bytes.length : found;
    this.#next.set(mark, next);
    return next;
  }
}

/** A short text, byte by byte. */
class Outline {
  readonly #buffer: number[] = [];

  /** Undefined where it was too long. */
  get text(): string | undefined {
    return this.#buffer.length > maxOutlineBytes ? undefined : Buffer.from(this.#buffer).toString();
  }

  push(byte: number): void {
    if (this.#buffer.length <= maxOutlineBytes) this.#buffer.push(byte);
  }

  reset(): void {
    this.#buffer.length = 0;
  }
}

/** The index of the quote that ends the string at `start`, or the length of the text if no quote ends it. */
export function endOfString(json: string, start: number): number {
  let end = start;
  for (;;) {
    end = json.indexOf('"', end + 1);
    if (end === -1) return json.length;
    let first = end;
    while (json.charCodeAt(first - 1) === backslash) first -= 1;
    if ((end - first) % 2 === 0) return end;
  }
}
