import type { CellLog, OutputItem } from "./outcome.js";
import type { PassedLimit } from "./outcome-error.js";

/**
 * Counts what a cell hands out against its limit `outputBytes`. Console lines count too: both stay
 * in the host's memory until somebody observes them.
 */
export class OutputMeter {
  readonly #allowed: number;
  #outputBytes = 0;
  #logBytes = 0;

  /** @param allowed - UTF-8 bytes; Infinity is no limit. */
  constructor(allowed: number) {
    this.#allowed = allowed;
  }

  /** UTF-8 bytes of the output items counted so far. */
  get outputBytes(): number {
    return this.#outputBytes;
  }

  /** Counts an item, or says by how much it passes the limit and leaves it uncounted. */
  addOutput(item: OutputItem): PassedLimit | undefined {
    const bytes = Buffer.byteLength(payloadOf(item));
    const passed = this.#check(bytes);
    if (passed === undefined) this.#outputBytes += bytes;
    return passed;
  }

  /** Counts a console line, or says by how much it passes the limit and leaves it uncounted. */
  addLog(log: CellLog): PassedLimit | undefined {
    const bytes = Buffer.byteLength(log.text);
    const passed = this.#check(bytes);
    if (passed === undefined) this.#logBytes += bytes;
    return passed;
  }

  #check(bytes: number): PassedLimit | undefined {
    const used = this.#outputBytes + this.#logBytes + bytes;
    if (used <= this.#allowed) return undefined;
    return { name: "outputBytes", allowed: this.#allowed, used };
  }
}

function payloadOf(item: OutputItem): string {
  switch (item.type) {
    case "text":
      return item.text;
    case "image":
      return item.imageUrl;
    case "audio":
      return item.audioUrl;
  }
}
