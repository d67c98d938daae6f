/** What a cutter of frames finds in a stream. */
export interface FrameCutterOptions {
  /** Bytes that the content of a frame may have. */
  readonly maxBytes: number;
  readonly onFrame: (content: Buffer) => void;
  /** A frame says that it is longer than it may be. Its content is skipped. */
  readonly onTooLong: (bytes: number) => void;
}

const headerBytes = 4;

/** Cuts a stream of bytes into frames: a length, as four bytes with the lowest first, and as much content. */
export class FrameCutter {
  readonly #options: FrameCutterOptions;
  readonly #chunks: Buffer[] = [];
  #buffered = 0;
  /** Of the frame that is being read; undefined before its header. */
  #length: number | undefined;
  /** Bytes of a frame that is too long which are still to come. */
  #skipped = 0;

  constructor(options: FrameCutterOptions) {
    this.#options = options;
  }

  /** True if the stream may end here: between two frames. */
  get isAtFrameStart(): boolean {
    return this.#buffered === 0 && this.#length === undefined && this.#skipped === 0;
  }

  push(chunk: Buffer): void {
    const rest = this.#skip(chunk);
    if (rest.length > 0) {
      this.#chunks.push(rest);
      this.#buffered += rest.length;
    }
    while (this.#readNext()) {}
  }

  #skip(chunk: Buffer): Buffer {
    const skipped = Math.min(this.#skipped, chunk.length);
    this.#skipped -= skipped;
    return chunk.subarray(skipped);
  }

  #readNext(): boolean {
    if (this.#length === undefined) {
      if (this.#buffered < headerBytes) return false;
      const length = this.#take(headerBytes).readUInt32LE(0);
      if (length > this.#options.maxBytes) {
        this.#options.onTooLong(length);
        this.#skipFrame(length);
        return true;
      }
      this.#length = length;
    }
    if (this.#buffered < this.#length) return false;
    const content = this.#take(this.#length);
    this.#length = undefined;
    this.#options.onFrame(content);
    return true;
  }

  #skipFrame(length: number): void {
    const here = Math.min(length, this.#buffered);
    this.#take(here);
    this.#skipped = length - here;
  }

  /** Takes so many of the buffered bytes. They are joined once, however many chunks they came in. */
  #take(bytes: number): Buffer {
    this.#buffered -= bytes;
    const taken: Buffer[] = [];
    let missing = bytes;
    let used = 0;
    while (missing > 0) {
      const chunk = this.#chunks[used] as Buffer;
      if (chunk.length > missing) {
        taken.push(chunk.subarray(0, missing));
        this.#chunks[used] = chunk.subarray(missing);
        missing = 0;
      } else {
        taken.push(chunk);
        missing -= chunk.length;
        used += 1;
      }
    }
    this.#chunks.splice(0, used);
    return taken.length === 1 ? (taken[0] as Buffer) : Buffer.concat(taken, bytes);
  }
}
