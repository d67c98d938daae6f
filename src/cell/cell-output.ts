import type { KeptEnd, UnseenBytes } from "../bounds/unseen-bytes.js";
import type { Passed } from "../protocol/cell-backend.js";
import type { CellError, CellLog, EndedOutcome, OutputItem } from "../protocol/outcome.js";
import { payloadOf } from "../protocol/output-payload.js";

/** About what an item of output, and an end that is kept, take in memory besides their texts. */
const itemBytes = 128;
const endBytes = 4096;

export interface CellOutputOptions {
  /** Counts what has not been observed yet, of this cell and others. */
  readonly unseen: UnseenBytes;
  /** Called once: something was not admitted, and nothing will be from then on. */
  readonly onPassed: (passed: Passed) => void;
  /** The end was kept until it would be asked for, and had to make room. */
  readonly onEndDropped: () => void;
}

/** Counts what one cell hands out, and its part of what has not been observed. */
export class CellOutput {
  readonly #options: CellOutputOptions;
  readonly #keptEnd: KeptEnd = {
    drop: () => {
      this.letGo();
      this.#options.onEndDropped();
    },
  };
  #bytes = 0;
  #unseenBytes = 0;
  #isOver = false;

  constructor(options: CellOutputOptions) {
    this.#options = options;
  }

  /** UTF-8 bytes of all output items so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether the item may be kept for an observer. */
  admit(item: OutputItem): boolean {
    const bytes = Buffer.byteLength(payloadOf(item));
    if (!this.#count(bytes + itemBytes)) return false;
    this.#bytes += bytes;
    return true;
  }

  admitLog(log: CellLog): boolean {
    return this.#count(log.text.length + itemBytes);
  }

  /** All output there is has been observed. */
  observed(): void {
    this.#options.unseen.remove(this.#unseenBytes);
    this.#unseenBytes = 0;
  }

  /** The end was not waited for: it may be dropped from now on. */
  keep(outcome: EndedOutcome): void {
    const warnings = outcome.warnings.reduce((sum, { text }) => sum + text.length, 0);
    const error = outcome.status === "failed" ? errorLength(outcome.error) : 0;
    // Before it is one of those that may have to go.
    this.#count(endBytes + warnings + error);
    this.#options.unseen.keep(this.#keptEnd);
  }

  /** The end has been handed out, or dropped. */
  letGo(): void {
    this.#options.unseen.release(this.#keptEnd);
    this.observed();
  }

  #count(bytes: number): boolean {
    if (this.#isOver) return false;
    const passed = this.#options.unseen.add(bytes);
    if (passed === undefined) {
      this.#unseenBytes += bytes;
      return true;
    }
    this.#isOver = true;
    this.#options.unseen.remove(bytes);
    this.#options.onPassed(passed);
    return false;
  }
}

/** Characters of an error's texts and those of its causes. */
function errorLength({ text, message, stack = "", cause }: CellError): number {
  const own = text.length + message.length + stack.length;
  return cause === undefined ? own : own + errorLength(cause);
}
