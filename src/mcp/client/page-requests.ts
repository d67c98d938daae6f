import { describeThrown } from "../../base/describe-value.js";
import type { McpResult } from "../as-it-came.js";
import {
  explainNeededPages,
  type NeededPages,
  neededPages,
  PagesNeededError,
} from "./needed-pages.js";
import type { McpServerRequest } from "./servers.js";

/** Milliseconds for which a server's news is awaited that a person is done. */
const patienceMs = 5 * 60_000;
/** Times that one request is sent: before and after a page, and once more for a second page. */
const maxAttempts = 4;

export interface PageRequestsOptions {
  readonly server: string;
  /** Asks the person to open a page. Undefined: no client can show pages. */
  readonly ask: ((request: McpServerRequest) => Promise<McpResult>) | undefined;
}

/** Who has caused a request, and what takes it back. */
export interface Cause {
  readonly cause: object | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Has a person open the pages that a server needs before it answers a request, and sends the request
 * again: once they have agreed, and where that is too early, when the server says that they are done.
 */
export class PageRequests {
  readonly #options: PageRequestsOptions;
  /** Called with the id of each page of which the server says that the person is done. */
  readonly #listeners = new Set<(elicitationId: string) => void>();

  constructor(options: PageRequestsOptions) {
    this.#options = options;
  }

  /** The server says that a person is done with a page. */
  completed(elicitationId: unknown): void {
    if (typeof elicitationId !== "string") return;
    for (const listener of this.#listeners) listener(elicitationId);
  }

  /**
   * @param send - Sends the request.
   * @throws {PagesNeededError} If no client can show pages, or the person declines or is not done in time.
   */
  async run<Result>(by: Cause, send: () => Promise<Result> | Result): Promise<Result> {
    const { server } = this.#options;
    using done = new DoneWatch(this.#listeners);
    let isAsked = false;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await send();
      } catch (error) {
        const needed = neededPages(error);
        if (needed === undefined || error instanceof PagesNeededError) throw error;
        if (attempt === maxAttempts) throw new PagesNeededError(server, needed, notDone);
        done.expect(needed);
        if (isAsked) {
          if (!(await done.within(patienceMs, by.signal))) {
            throw new PagesNeededError(server, needed, notDone);
          }
        } else {
          await this.#ask(needed, by, error);
        }
        isAsked = !isAsked;
      }
    }
  }

  async #ask(needed: NeededPages, { cause, signal }: Cause, error: unknown): Promise<void> {
    const { server, ask } = this.#options;
    if (ask === undefined) throw explainNeededPages(server, error);
    for (const { url, message, elicitationId } of needed.pages) {
      const params = { mode: "url", url, message, ...(elicitationId && { elicitationId }) };
      const request = {
        server,
        method: "elicitation/create" as const,
        params,
        causes: cause === undefined ? [] : [cause],
        signal: signal ?? new AbortController().signal,
      };
      let action: unknown;
      try {
        ({ action } = await ask(request));
      } catch (refusal) {
        signal?.throwIfAborted();
        const why = `The person could not be asked to: ${describeThrown(refusal)} Give them the address, and make the call again when they are done.`;
        throw new PagesNeededError(server, needed, why);
      }
      if (action !== "accept") {
        const answer = action === "decline" ? "said no" : "did not answer";
        throw new PagesNeededError(server, needed, `The person was asked to, and ${answer}.`);
      }
    }
  }
}

const notDone = "The person has been asked to, and is not done; make the call again when they are.";

/** Hears that a person is done with one of the expected pages. */
class DoneWatch implements Disposable {
  readonly #listeners: Set<(elicitationId: string) => void>;
  readonly #expected = new Set<string>();
  #isDone = false;
  #wake: () => void = () => {};

  constructor(listeners: Set<(elicitationId: string) => void>) {
    this.#listeners = listeners;
    listeners.add(this.#take);
  }

  expect({ pages }: NeededPages): void {
    for (const { elicitationId } of pages) {
      if (elicitationId !== undefined) this.#expected.add(elicitationId);
    }
  }

  /** Resolves with whether the person was done with some page within so long. */
  async within(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
    // A server that has given no id has nothing to tell.
    if (this.#expected.size === 0 && !this.#isDone) return false;
    const stop = AbortSignal.any([AbortSignal.timeout(ms), ...(signal ? [signal] : [])]);
    if (!this.#isDone && !stop.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        stop.addEventListener("abort", () => resolve(), { once: true });
      });
    }
    signal?.throwIfAborted();
    const isDone = this.#isDone;
    this.#isDone = false;
    return isDone;
  }

  readonly #take = (elicitationId: string): void => {
    if (!this.#expected.delete(elicitationId)) return;
    this.#isDone = true;
    this.#wake();
  };

  [Symbol.dispose](): void {
    this.#listeners.delete(this.#take);
  }
}
