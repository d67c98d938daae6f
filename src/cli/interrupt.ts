import { once } from "node:events";

/** Exit codes by convention: 128 plus the signal's number. */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Turns signals into one `AbortSignal`, so that a run can end in good order. The second signal ends
 * the process at once.
 */
export class Interrupt implements Disposable {
  readonly #controller = new AbortController();
  readonly #onSignal: (signal: keyof typeof exitCodes) => void;
  #exitCode: number | undefined;

  /** @param onFirst - Told once, when the first signal has come. */
  constructor(onFirst: () => void) {
    this.#onSignal = (signal) => {
      if (this.#exitCode !== undefined) {
        process.exit(exitCodes[signal]);
      }
      this.#abort(exitCodes[signal]);
      onFirst();
    };
    for (const signal of Object.keys(exitCodes)) {
      process.on(signal, this.#onSignal);
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What to exit with; undefined while nothing has interrupted the run. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** Results cannot be written any more: there is nothing left to run for. */
  closeOutput(exitCode: number): void {
    this.#abort(exitCode);
  }

  [Symbol.dispose](): void {
    for (const signal of Object.keys(exitCodes)) {
      process.off(signal, this.#onSignal);
    }
  }

  #abort(exitCode: number): void {
    this.#exitCode ??= exitCode;
    this.#controller.abort(new Error("interrupted"));
  }
}

/** Resolves when the signal is aborted: at once where it has been. */
export async function whenAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
