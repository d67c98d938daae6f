import type { ServerResponse } from "node:http";

/** Bytes that may wait for a reader. */
const maxWaitingBytes = 8 * 1024 * 1024;

/** Server-sent events to one reader. */
export class EventStream implements Disposable {
  readonly #response: ServerResponse;
  readonly #pings: NodeJS.Timeout;
  /** It has not read for one ping. */
  #isSlow = false;

  /** @param pingMs - Milliseconds from one sign of life to the next; a reader that reads none of two is cut off. */
  constructor(response: ServerResponse, pingMs = 15_000) {
    this.#response = response;
    response.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      // What nginx would collect before it passes it on.
      "x-accel-buffering": "no",
    });
    response.flushHeaders();
    this.#pings = setInterval(() => this.#ping(), pingMs);
    this.#pings.unref();
  }

  send(event: string, data: unknown): void {
    this.#write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Sends the last one. */
  end(event: string, data: unknown): void {
    if (this.#response.destroyed) return;
    this.#response.end(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#pings);
  }

  #write(text: string): void {
    const response = this.#response;
    if (response.destroyed || response.writableEnded) return;
    response.write(text);
    if (response.writableLength > maxWaitingBytes) response.destroy();
  }

  #ping(): void {
    const isFull = this.#response.writableNeedDrain;
    if (isFull && this.#isSlow) this.#response.destroy();
    this.#isSlow = isFull;
    if (!isFull) this.#write(": ping\n\n");
  }
}
