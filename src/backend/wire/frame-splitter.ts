import { BadFrame } from "./frame-reader.js";

const headBytes = 4;

/** Cuts a stream of bytes into frames. It holds no more than one frame that has not come whole. */
export class FrameSplitter {
  readonly #maxFrameBytes: () => number;
  readonly #onFrame: (frame: Buffer) => void;
  /** What has come of a frame that is not whole, in pieces. */
  #pieces: Buffer[] = [];
  #pieceBytes = 0;
  /** Bytes from the first piece's beginning to the frame's end, once they are known. */
  #needed = headBytes;

  /**
   * @param maxFrameBytes - The longest frame that may come now.
   * @param onFrame - Gets each frame without its length. It may keep none: its memory is used again.
   */
  constructor(maxFrameBytes: () => number, onFrame: (frame: Buffer) => void) {
    this.#maxFrameBytes = maxFrameBytes;
    this.#onFrame = onFrame;
  }

  /** @throws {BadFrame} If a frame is empty or too long; and what `onFrame` throws. */
  add(bytes: Buffer): void {
    this.#pieces.push(bytes);
    this.#pieceBytes += bytes.length;
    if (this.#pieceBytes < this.#needed) return;
    const whole = this.#pieces.length === 1 ? bytes : Buffer.concat(this.#pieces);
    let at = 0;
    this.#needed = headBytes;
    while (whole.length - at >= this.#needed) {
      const end = at + headBytes + this.#lengthAt(whole, at);
      if (end > whole.length) {
        this.#needed = end - at;
        break;
      }
      this.#onFrame(whole.subarray(at + headBytes, end));
      at = end;
    }
    this.#pieces = at === whole.length ? [] : [whole.subarray(at)];
    this.#pieceBytes = whole.length - at;
  }

  #lengthAt(bytes: Buffer, at: number): number {
    const length = bytes.readUInt32LE(at);
    const max = this.#maxFrameBytes();
    if (length > 0 && length <= max) return length;
    throw new BadFrame(`a frame of ${length} bytes came, and at most ${max} may`);
  }
}
