export interface RoundsOptions {
  /** Milliseconds from one round to the next. */
  readonly delayMs: () => number;
  readonly round: () => Promise<void>;
  /** Told of the first of failures in a row. */
  readonly onProblem: (thrown: unknown) => void;
}

/** Does something again and again. Keeps no process alive. */
export class Rounds {
  readonly #options: RoundsOptions;
  #timer: NodeJS.Timeout | undefined;
  #current: Promise<void> | undefined;
  #isStopped = false;
  #hasFailed = false;

  constructor(options: RoundsOptions) {
    this.#options = options;
  }

  /** The first round comes after one delay. */
  start(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#current = this.#do();
    }, this.#options.delayMs());
    this.#timer.unref();
  }

  /** Resolves when no round is under way. */
  async settled(): Promise<void> {
    await this.#current;
  }

  /** Resolves when the last round is over. */
  stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    return this.settled();
  }

  async #do(): Promise<void> {
    const { round, onProblem } = this.#options;
    try {
      await round();
      this.#hasFailed = false;
    } catch (thrown) {
      if (!this.#hasFailed) onProblem(thrown);
      this.#hasFailed = true;
    } finally {
      this.#current = undefined;
      this.start();
    }
  }
}
