/** The signal of an exec, which ends its cell, also after the exec has resolved. */
export class FollowedExec {
  readonly #signal: AbortSignal | undefined;
  readonly #end: (cellId: string) => Promise<void>;
  readonly #onAbort = (): void => this.#endIfBoth();
  #cellId: string | undefined;

  constructor(signal: AbortSignal | undefined, end: (cellId: string) => Promise<void>) {
    this.#signal = signal;
    this.#end = end;
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  get isAborted(): boolean {
    return this.#signal?.aborted === true;
  }

  hasCell(cellId: string): void {
    this.#cellId = cellId;
    this.#endIfBoth();
  }

  leave(): void {
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }

  #endIfBoth(): void {
    if (this.#cellId !== undefined && this.isAborted) void this.#end(this.#cellId);
  }
}
