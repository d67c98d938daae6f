import type { ProcessSource } from "./cell-process.js";

/** Sources of processes for some cells alone, such as those of one session. */
export class ApartSources {
  readonly #sources = new Map<AbortSignal, ProcessSource>();
  /** Those that are being ended. */
  readonly #ending = new Set<Promise<void>>();

  /**
   * The source for the cells of a signal, which ends when that is aborted. Undefined: these cells use the common
   * one.
   */
  of(common: ProcessSource | undefined, apart: AbortSignal | undefined): ProcessSource | undefined {
    if (apart === undefined || common?.apart === undefined) return undefined;
    const known = this.#sources.get(apart);
    if (known !== undefined) return known;
    const made = common.apart();
    made.acquire();
    this.#sources.set(apart, made);
    apart.addEventListener("abort", () => this.#release(apart), { once: true });
    return made;
  }

  /** Ends all of them and resolves when nothing is left. */
  async end(): Promise<void> {
    for (const apart of this.#sources.keys()) this.#release(apart);
    await Promise.all(this.#ending);
  }

  #release(apart: AbortSignal): void {
    const source = this.#sources.get(apart);
    if (source === undefined) return;
    this.#sources.delete(apart);
    const ending = source.release().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}
