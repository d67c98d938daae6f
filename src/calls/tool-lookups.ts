import { describeThrown } from "../base/describe-value.js";
import type { BackendCommand, ToolLookupEvent } from "../protocol/cell-backend.js";
import type { RegisteredTool } from "../tools/registered-tool.js";
import { ToolLookup } from "./tool-lookup.js";

/** What the lookups of a cell need to know about it. */
export interface ToolLookupsOptions {
  readonly tools: readonly RegisteredTool[];
  /** UTF-8 bytes that the JSON text of one answer may have. */
  readonly maxResultBytes: number;
  /** Takes the answers back to the cell. */
  readonly send: (command: BackendCommand) => void;
}

/** Searches that one cell may make: they are work for the thread that all cells share. */
const maxSearches = 1_000;

/**
 * What one cell asks about its tools, answered in order and one in each turn of the loop, so that a
 * cell that asks without end does not keep the loop.
 */
export class ToolLookups {
  readonly #options: ToolLookupsOptions;
  #waiting: ToolLookupEvent[] = [];
  #searches = 0;
  #isOver = false;

  constructor(options: ToolLookupsOptions) {
    this.#options = options;
  }

  /** Answers a lookup in a later turn. Never throws; after `dropAll` it does nothing. */
  take(lookup: ToolLookupEvent): void {
    if (this.#isOver) return;
    this.#waiting.push(lookup);
    if (this.#waiting.length === 1) setImmediate(() => void this.#answerNext());
  }

  /** The cell is over: drops all lookups that wait. Idempotent. */
  dropAll(): void {
    this.#isOver = true;
    this.#waiting = [];
  }

  async #answerNext(): Promise<void> {
    const [lookup] = this.#waiting;
    if (lookup === undefined) return;
    const { callId } = lookup;
    try {
      const result = this.#toJson(await this.#answer(lookup));
      this.#settle({ type: "toolResolved", callId, result, isJson: true, isAscii: false });
    } catch (thrown) {
      this.#settle({ type: "toolRejected", callId, message: describeThrown(thrown) });
    }
    this.#waiting.shift();
    if (this.#waiting.length > 0) setImmediate(() => void this.#answerNext());
  }

  #settle(command: BackendCommand): void {
    if (!this.#isOver) this.#options.send(command);
  }

  async #answer(lookup: ToolLookupEvent): Promise<unknown> {
    const index = ToolLookup.of(this.#options.tools);
    if (lookup.type === "toolSearch") {
      this.#countSearch();
      await index.ready();
      return index.search(lookup.query, lookup.limit);
    }
    const found = index.lookUp(lookup.name);
    if (found !== undefined) return found;
    this.#countSearch();
    await index.ready();
    throw new Error(index.explainMiss(lookup.name));
  }

  #countSearch(): void {
    this.#searches += 1;
    if (this.#searches <= maxSearches) return;
    throw new Error(
      `This cell has searched its tools ${maxSearches} times, which is the maximum. ALL_TOOLS lists all tools.`,
    );
  }

  #toJson(answer: unknown): string {
    const json = JSON.stringify(answer);
    const bytes = Buffer.byteLength(json);
    if (bytes <= this.#options.maxResultBytes) return json;
    throw new Error(
      `The answer is too large: ${bytes} bytes of JSON, of at most ${this.#options.maxResultBytes} (limits.toolResultBytes). Ask for fewer tools.`,
    );
  }
}
