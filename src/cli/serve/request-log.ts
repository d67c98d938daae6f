import type { AnsweredRequest } from "../../server/http/http-front.js";

/** Lines of JSON about what a server does, with the ids by which its clients can ask. */
export class RequestLog {
  readonly #write: (line: string) => void;
  readonly #isVerbose: boolean;

  /** @param isVerbose - Also of requests that went well. */
  constructor(write: (line: string) => void, isVerbose: boolean) {
    this.#write = write;
    this.#isVerbose = isVerbose;
  }

  answered({ durationMs, ...request }: AnsweredRequest): void {
    if (this.#isVerbose) this.#line("request", { ...request, durationMs: Math.round(durationMs) });
  }

  problem(error: unknown, requestId: string): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#line("problem", { requestId, error: text });
  }

  #line(type: string, values: object): void {
    this.#write(JSON.stringify({ time: new Date().toISOString(), type, ...values }));
  }
}
