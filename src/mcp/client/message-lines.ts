/** Bytes of one message; a server that sends more without a line end is broken. */
const maxMessageBytes = 256 * 1024 * 1024;

/** Cuts a stream of bytes into lines. Long lines cost what their bytes cost, however they arrive. */
export class MessageLines {
  readonly #onLine: (line: string) => void;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** @throws {Error} where a line is longer than any message may be. */
  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      this.#chunks.push(chunk.subarray(start, end));
      const line = Buffer.concat(this.#chunks).toString("utf8");
      this.#chunks = [];
      this.#bytes = 0;
      start = end + 1;
      this.#onLine(line);
    }
    if (start < chunk.length) {
      this.#chunks.push(chunk.subarray(start));
      this.#bytes += chunk.length - start;
    }
    if (this.#bytes > maxMessageBytes) {
      this.#chunks = [];
      this.#bytes = 0;
      throw new Error(`a message is longer than ${maxMessageBytes} bytes`);
    }
  }
}
