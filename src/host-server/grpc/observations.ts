import { HostError } from "../host-error.js";
import type { ObservationSignals } from "../host-session.js";

interface Observation {
  readonly yielding: AbortController;
  readonly cancelling: AbortController;
}

/** The Executes, or the Waits, that run, by the ids that the client gave them. No id can be used twice. */
export class Observations {
  readonly #what: "execution" | "wait";
  readonly #used = new Set<string>();
  readonly #running = new Map<string, Observation>();

  constructor(what: "execution" | "wait") {
    this.#what = what;
  }

  /** @throws {HostError} */
  async run<Answer>(
    id: string,
    observe: (signals: ObservationSignals) => Promise<Answer>,
  ): Promise<Answer> {
    checkId(this.#what, id);
    if (this.#used.has(id))
      throw new HostError("reused", `code-mode ${this.#what} ID \`${id}\` was reused`);
    this.#used.add(id);
    const observation = { yielding: new AbortController(), cancelling: new AbortController() };
    this.#running.set(id, observation);
    try {
      const { yielding, cancelling } = observation;
      return await observe({ yieldSignal: yielding.signal, signal: cancelling.signal });
    } finally {
      this.#running.delete(id);
    }
  }

  /** Nothing where it does not run. */
  yieldNow(id: string): void {
    this.#running.get(id)?.yielding.abort();
  }

  /** Nothing where it does not run. */
  cancel(id: string): void {
    const reason = new HostError("cancelled", `code-mode ${this.#what} was cancelled`);
    this.#running.get(id)?.cancelling.abort(reason);
  }
}

/** Characters. */
const maxIdLength = 256;

function checkId(what: string, id: string): void {
  if (id === "") throw new HostError("invalid", `code-mode ${what} ID must not be empty`);
  if (id.length > maxIdLength)
    throw new HostError(
      "invalid",
      `code-mode ${what} ID must have ${maxIdLength} characters at most`,
    );
}
