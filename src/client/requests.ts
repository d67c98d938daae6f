import { CodeModeError } from "../base/errors.js";
import { followSignal } from "../base/followed-signal.js";
import { Attempt, type Failure, type ServerRequest } from "./attempt.js";
import type { Connection } from "./connect-options.js";
import { pause } from "./pause.js";

const firstPauseMs = 100;
const longestPauseMs = 5_000;
/** A try that has held for so long was no failure of the one before it: those are counted anew. */
const heldMs = 10_000;

export interface SendOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Sends requests to a server, again where that is safe and may help. All of them must be safe to repeat. */
export class Requests {
  readonly #connection: Connection;
  readonly #closed = new AbortController();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * @returns The answer, and how often it was asked for.
   * @throws {CodeModeError} With the server's code; ERR_SERVER_UNREACHABLE; ERR_SERVER_ANSWER.
   * @throws The signal's reason when it is aborted.
   */
  async send(
    request: ServerRequest,
    options: SendOptions = {},
  ): Promise<{ readonly answer: unknown; readonly tries: number }> {
    const caller = new AbortController();
    const stops = [options.signal, this.#closed.signal].filter((signal) => signal !== undefined);
    const followed = stops.map((signal) => followSignal(signal, caller));
    try {
      return await this.#repeat(request, caller.signal);
    } finally {
      for (const { leave } of followed) leave();
    }
  }

  /** Ends what is on its way, and refuses more. */
  close(): void {
    this.#closed.abort(new CodeModeError("ERR_SESSION_CLOSED", "This connection was closed."));
  }

  async #repeat(
    request: ServerRequest,
    signal: AbortSignal,
  ): Promise<{ readonly answer: unknown; readonly tries: number }> {
    let failedAt: number | undefined;
    let failures = 0;
    for (let tries = 1; ; tries += 1) {
      const begun = performance.now();
      const result = await new Attempt(this.#connection, request).run(signal);
      if ("answer" in result) return { answer: result.answer, tries };
      const { error, afterMs }: Failure = result.failure;
      // Later it may be busy because of an earlier try.
      if (error.code === "ERR_CELL_BUSY" && tries === 1) throw error;
      const now = performance.now();
      if (failedAt === undefined || now - begun > heldMs) {
        failedAt = now;
        failures = 0;
      }
      failures += 1;
      const longest = Math.min(longestPauseMs, firstPauseMs * 2 ** failures);
      // Not all clients at the same moment.
      const pauseMs = Math.max(afterMs, longest * (0.5 + Math.random() / 2));
      if (now - failedAt + pauseMs > this.#connection.retryForMs) throw error;
      await pause(pauseMs, signal);
    }
  }
}
