import type { DelegateAnswer } from "./client-messages.js";

/** What the host has asked the client for, until the client answers or the cell no longer waits. */
export class DelegateRequests {
  readonly #send: (message: object) => number | undefined;
  readonly #open = new Map<number, (answer: DelegateAnswer) => void>();
  #lastId = 0;

  /** @param send - Returns the bytes of a message that is too long to be sent. */
  constructor(send: (message: object) => number | undefined) {
    this.#send = send;
  }

  /** Resolves with the client's result; rejects with its error. */
  ask(sessionId: string, request: object, signal: AbortSignal): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    const tooLong = this.#send({ type: "delegate/request", id, sessionId, request });
    if (tooLong !== undefined)
      return Promise.reject(
        new Error(`code-mode tool invocation of ${tooLong} bytes exceeds the IPC frame limit`),
      );
    return new Promise((resolve, reject) => {
      const cancel = (): void => {
        this.#open.delete(id);
        this.#send({ type: "delegate/cancel", id });
        reject(new Error("the cell has ended"));
      };
      this.#open.set(id, (answer) => {
        signal.removeEventListener("abort", cancel);
        if ("message" in answer) reject(new Error(answer.message));
        else resolve(answer.result);
      });
      if (signal.aborted) cancel();
      else signal.addEventListener("abort", cancel, { once: true });
    });
  }

  /** An answer that nobody waits for any more goes nowhere. */
  answer(id: number, answer: DelegateAnswer): void {
    const settle = this.#open.get(id);
    this.#open.delete(id);
    settle?.(answer);
  }

  /** The client has gone. */
  rejectAll(message: string): void {
    for (const id of [...this.#open.keys()]) this.answer(id, { message });
  }
}
