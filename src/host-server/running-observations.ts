import type { ObservationSignals } from "./host-session.js";

interface Observation {
  readonly yielding: AbortController;
  readonly cancelling: AbortController;
}

/** The Executes, or the Waits, that run, by the ids that the client gave them. It may end each early. */
export class RunningObservations<Id> {
  readonly #running = new Map<Id, Observation>();

  has(id: Id): boolean {
    return this.#running.has(id);
  }

  /** @param id - Of none that runs. */
  async run<Answer>(
    id: Id,
    observe: (signals: ObservationSignals) => Promise<Answer>,
  ): Promise<Answer> {
    const yielding = new AbortController();
    const cancelling = new AbortController();
    this.#running.set(id, { yielding, cancelling });
    try {
      return await observe({ yieldSignal: yielding.signal, signal: cancelling.signal });
    } finally {
      this.#running.delete(id);
    }
  }

  /** Nothing where it does not run. */
  yieldNow(id: Id): void {
    this.#running.get(id)?.yielding.abort();
  }

  /** Nothing where it does not run. */
  cancel(id: Id, reason: Error): void {
    this.#running.get(id)?.cancelling.abort(reason);
  }
}
