import { StringDecoder } from "node:string_decoder";
import { stripVTControlCharacters } from "node:util";
import { shorten } from "../../base/shorten.js";

const maxLines = 10;
const maxLineLength = 400;

/** Cuts a stream of bytes into lines and remembers the last ones, to show them when it breaks off. */
export class RecentLines {
  readonly #decoder = new StringDecoder("utf8");
  readonly #lines: string[] = [];
  readonly #onLine: ((line: string) => void) | undefined;
  #rest = "";

  /** @param onLine - Gets every line as it is complete, without its end and without colour codes. */
  constructor(onLine?: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    const parts = (this.#rest + this.#decoder.write(chunk)).split(/\r?\n/);
    // A stream that never breaks its line must not grow for ever.
    this.#rest = (parts.pop() ?? "").slice(0, 64 * 1024);
    for (const part of parts) {
      this.add(part);
    }
  }

  /** Counts what has no line end as a line: the stream is over. */
  end(): void {
    this.add(this.#rest + this.#decoder.end());
    this.#rest = "";
  }

  add(text: string): void {
    const line = stripVTControlCharacters(text).trimEnd();
    if (line === "") {
      return;
    }
    this.#lines.push(shorten(line, maxLineLength));
    if (this.#lines.length > maxLines) {
      this.#lines.shift();
    }
    this.#onLine?.(line);
  }

  lines(): readonly string[] {
    return [...this.#lines];
  }
}
