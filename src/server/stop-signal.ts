/**
 * Aborted when one of two signals is. `AbortSignal.any` keeps something for each use on a signal that lives as long
 * as the server, in some versions of Node.
 */
export class StopSignal implements Disposable {
  readonly #controller = new AbortController();
  readonly #sources: readonly AbortSignal[];
  readonly #stop = (): void => this.#controller.abort();

  constructor(...sources: readonly (AbortSignal | undefined)[]) {
    this.#sources = sources.filter((source) => source !== undefined);
    for (const source of this.#sources) {
      if (source.aborted) this.#stop();
      else source.addEventListener("abort", this.#stop, { once: true });
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    for (const source of this.#sources) source.removeEventListener("abort", this.#stop);
  }
}
