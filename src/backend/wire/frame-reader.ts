import { builtin } from "../../base/builtin.js";

/** A frame says what no frame says. */
export class BadFrame extends Error {
  override readonly name = "BadFrame";
}

/**
 * Reads the fields of one frame, whose writer may be hostile: each is checked, and nothing is taken
 * from beyond the frame.
 */
export class FrameReader {
  readonly #bytes: Buffer;
  #at: number;
  readonly kind: number;

  /** @param frame - Without its length; it is not kept. */
  constructor(frame: Buffer) {
    this.#bytes = frame;
    this.#at = 1;
    this.kind = frame[0] ?? Number.NaN;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#take(1));
  }

  flag(): boolean {
    return this.word([false, true]);
  }

  /** The word of a list that an index names. */
  word<Word>(words: readonly Word[]): Word {
    const index = this.byte();
    if (index >= words.length) throw new BadFrame(`there is no word ${index} of ${words.length}`);
    return words[index] as Word;
  }

  number(): number {
    return this.#bytes.readUInt32LE(this.#take(4));
  }

  /** A number that is finite and not less than zero, as all amounts and times are. */
  amount(): number {
    const amount = this.double();
    if (amount >= 0 && amount < Number.POSITIVE_INFINITY) return amount;
    throw new BadFrame(`${amount} is no amount`);
  }

  double(): number {
    return this.#bytes.readDoubleLE(this.#take(8));
  }

  text(): string {
    const head = this.number();
    const length = head >>> 1;
    if (length > maxTextLength()) throw new BadFrame(`a text of ${length} units is too long`);
    const bytes = (head & 1) === 0 ? length : length * 2;
    const from = this.#take(bytes);
    return this.#bytes.toString(bytes === length ? "latin1" : "utf16le", from, from + bytes);
  }

  /** A list, each of whose entries takes a byte or more. */
  list<Entry>(read: () => Entry): Entry[] {
    const length = this.number();
    if (length > this.#bytes.length - this.#at) {
      throw new BadFrame(`a list of ${length} entries does not fit into its frame`);
    }
    const entries: Entry[] = [];
    for (let i = 0; i < length; i += 1) entries.push(read());
    return entries;
  }

  /** To be called when all fields have been read. */
  end(): void {
    const left = this.#bytes.length - this.#at;
    if (left !== 0)
      throw new BadFrame(`${left} bytes are left over in a frame of kind ${this.kind}`);
  }

  #take(count: number): number {
    const from = this.#at;
    if (from + count > this.#bytes.length)
      throw new BadFrame(`a frame of kind ${this.kind} is cut`);
    this.#at = from + count;
    return from;
  }
}

let knownMaxLength: number | undefined;

function maxTextLength(): number {
  knownMaxLength ??= builtin("node:buffer").constants.MAX_STRING_LENGTH;
  return knownMaxLength;
}
