import type { McpResult } from "../as-it-came.js";
import type { Ask } from "./reach.js";

interface OpenAsk {
  readonly ask: Ask;
  /** Whether it is part of an answer that the client has got. */
  isTaken: boolean;
  resolve(result: McpResult): void;
  reject(reason: unknown): void;
}

/** What is to be asked as part of the next answer to a client, and is answered by its next request. */
export class AskQueue {
  readonly #open = new Map<string, OpenAsk>();
  #lastKey = 0;
  #wake: (() => void) | undefined;

  ask(ask: Ask): Promise<McpResult> {
    return new Promise((resolve, reject) => {
      this.#lastKey += 1;
      const key = `ask_${this.#lastKey}`;
      const settle = (): void => {
        this.#open.delete(key);
        ask.signal.removeEventListener("abort", abort);
      };
      const abort = (): void => this.#open.get(key)?.reject(ask.signal.reason);
      this.#open.set(key, {
        ask,
        isTaken: false,
        resolve: (result) => {
          settle();
          resolve(result);
        },
        reject: (reason) => {
          settle();
          reject(reason);
        },
      });
      if (ask.signal.aborted) return abort();
      ask.signal.addEventListener("abort", abort);
      this.#wake?.();
    });
  }

  /** Resolves when there is something to ask that the client has not got. */
  async waiting(): Promise<void> {
    while (![...this.#open.values()].some(({ isTaken }) => !isTaken)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** What the client has not got, by keys of its answers. */
  take(): Readonly<Record<string, { readonly method: string; readonly params: object }>> {
    const taken = [...this.#open].filter(([, { isTaken }]) => !isTaken);
    for (const [, open] of taken) open.isTaken = true;
    return Object.fromEntries(
      taken.map(([key, { ask }]) => [key, { method: ask.method, params: ask.params }]),
    );
  }

  /** Takes the client's answers; what it has left out is asked again. */
  answer(responses: Readonly<Record<string, unknown>>): void {
    for (const [key, open] of [...this.#open]) {
      const response = Object.hasOwn(responses, key) ? responses[key] : undefined;
      if (typeof response === "object" && response !== null) open.resolve(response as McpResult);
      else open.isTaken = false;
    }
  }

  /** The client will not answer. */
  giveUp(reason: Error): void {
    for (const open of [...this.#open.values()]) open.reject(reason);
  }
}
