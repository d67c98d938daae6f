import type { WriteStream } from "node:tty";
import { visible } from "./format.js";

/** A text of at most so many characters. */
export type StatusText = (width: number) => string;

const clearLine = "\r\u001b[2K";

/** A line below all others of a terminal, which goes before something is written and comes again after. */
export class StatusLine {
  readonly #stream: WriteStream;
  readonly #dim: (text: string) => string;
  #text: StatusText | undefined;

  /** @param dim - How the line looks. */
  constructor(stream: WriteStream, dim: (text: string) => string) {
    this.#stream = stream;
    this.#dim = dim;
  }

  /** Does nothing where the stream is no terminal, or one that cannot clear a line. */
  show(text: StatusText | undefined): void {
    if (this.#stream.isTTY !== true || process.env["TERM"] === "dumb") return;
    this.#clear();
    this.#text = text;
    this.#draw();
  }

  writeAbove(write: () => void): void {
    this.#clear();
    write();
    this.#draw();
  }

  #clear(): void {
    if (this.#text !== undefined) this.#stream.write(clearLine);
  }

  #draw(): void {
    if (this.#text === undefined) return;
    // A terminal wraps what reaches its last column.
    this.#stream.write(this.#dim(visible(this.#text((this.#stream.columns || 80) - 1))));
  }
}
