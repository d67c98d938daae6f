import { createInterface, type Interface } from "node:readline";
import type { Readable } from "node:stream";
import type { Input, InputSource } from "./input.js";

/** Lines of a file or a pipe, without a prompt. */
export class PipedInput implements InputSource {
  readonly #interface: Interface;
  readonly #lines: AsyncIterator<string>;

  /** @param signal - Ends the input. */
  constructor(input: Readable, signal: AbortSignal) {
    this.#interface = createInterface({ input, signal, crlfDelay: Infinity });
    this.#lines = this.#interface[Symbol.asyncIterator]();
  }

  async next(): Promise<Input> {
    const { done, value } = await this.#lines.next();
    return done ? { type: "ended" } : { type: "text", text: value };
  }

  remember(): void {}

  [Symbol.dispose](): void {
    this.#interface.close();
  }
}
