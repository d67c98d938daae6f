import type { Writable } from "node:stream";

/** Writes messages as frames of JSON. */
export class FrameWriter {
  readonly #stream: Writable;
  readonly #maxBytes: number;
  readonly #maxBacklogBytes: number;
  readonly #onOverflow: () => void;

  /**
   * @param options - `maxBytes`: of one frame's content; `maxBacklogBytes`: that may wait for a client which
   *   does not read; `onOverflow`: more wait.
   */
  constructor(
    stream: Writable,
    options: {
      readonly maxBytes: number;
      readonly maxBacklogBytes: number;
      readonly onOverflow: () => void;
    },
  ) {
    this.#stream = stream;
    this.#maxBytes = options.maxBytes;
    this.#maxBacklogBytes = options.maxBacklogBytes;
    this.#onOverflow = options.onOverflow;
  }

  /** @returns The bytes of the message if they are more than a frame may have; it is not written then. */
  write(message: object): number | undefined {
    const content = Buffer.from(JSON.stringify(message));
    if (content.length > this.#maxBytes) return content.length;
    const header = Buffer.allocUnsafe(4);
    header.writeUInt32LE(content.length);
    this.#stream.write(header);
    this.#stream.write(content);
    if (this.#stream.writableLength > this.#maxBacklogBytes) this.#onOverflow();
    return undefined;
  }
}
