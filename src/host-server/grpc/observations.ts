import { HostError } from "../host-error.js";
import type { ObservationSignals } from "../host-session.js";
import { RunningObservations } from "../running-observations.js";

/** The Executes, or the Waits, of a session. No id can be used twice. */
export class Observations {
  readonly #what: "execution" | "wait";
  readonly #used = new Set<string>();
  readonly #running = new RunningObservations<string>();

  constructor(what: "execution" | "wait") {
    this.#what = what;
  }

  /**
   * Refuses an id at once, before the caller can let anything end the observation that has the id.
   *
   * @throws {HostError}
   */
  run<Answer>(
    id: string,
    observe: (signals: ObservationSignals) => Promise<Answer>,
  ): Promise<Answer> {
    checkId(this.#what, id);
    if (this.#used.has(id))
      throw new HostError("reused", `code-mode ${this.#what} ID \`${id}\` was reused`);
    this.#used.add(id);
    return this.#running.run(id, observe);
  }

  /** Nothing where it does not run. */
  yieldNow(id: string): void {
    this.#running.yieldNow(id);
  }

  /** Nothing where it does not run. */
  cancel(id: string): void {
    this.#running.cancel(id, new HostError("cancelled", `code-mode ${this.#what} was cancelled`));
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
