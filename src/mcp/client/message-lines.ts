import { JsonScan } from "../../base/json-scan.js";
import { maxMessageBytes, maxMessageValues } from "./message-limits.js";

export interface MessageLinesOptions {
  readonly onLine: (line: string) => void;
  /** Gets a line that is not to be parsed, since it is made of too many values; `scan` has seen it. */
  readonly onLargeLine: (line: Buffer, scan: JsonScan) => void;
}

/** Cuts a stream of bytes into lines. Long lines cost what their bytes cost, however they arrive. */
export class MessageLines {
  readonly #options: MessageLinesOptions;
  readonly #scan = new JsonScan(maxMessageValues);
  #chunks: Buffer[] = [];

  constructor(options: MessageLinesOptions) {
    this.#options = options;
  }

  /** @throws {Error} where a line is longer than any message may be. */
  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      this.#add(chunk.subarray(start, end));
      start = end + 1;
      const line = Buffer.concat(this.#chunks);
      this.#chunks = [];
      if (this.#scan.values > maxMessageValues) this.#options.onLargeLine(line, this.#scan);
      else this.#options.onLine(line.toString());
      this.#scan.reset();
    }
    this.#add(chunk.subarray(start));
  }

  #add(part: Buffer): void {
    if (part.length === 0) return;
    this.#chunks.push(part);
    this.#scan.push(part);
    if (this.#scan.bytes <= maxMessageBytes) return;
    this.#chunks = [];
    this.#scan.reset();
    throw new Error(`a message is longer than ${maxMessageBytes} bytes`);
  }
}
