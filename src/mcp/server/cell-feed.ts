import type { Notification } from "../../protocol/events.js";
import type { Caller } from "./caller.js";

const progressEveryMs = 1_000;
/** Of a cell that notifies while nobody waits for it, where only an answer can carry messages. */
const mostKept = 100;

/** What a client is told of one cell besides its answers. */
export class CellFeed {
  readonly #startedAt = performance.now();
  readonly #origin: Caller;
  #caller: Caller | undefined;
  #toolCalls = 0;
  #kept: Notification[] = [];

  /** @param origin - Who started the cell. */
  constructor(origin: Caller) {
    this.#origin = origin;
  }

  /** Tells a request of the cell's doings until disposed: what it missed, what comes, and progress. */
  attach(caller: Caller): Disposable {
    this.#caller = caller;
    const kept = this.#kept.splice(0);
    for (const notification of kept) void this.notify(notification).catch(() => undefined);
    const timer = setInterval(() => this.#tellProgress(), progressEveryMs);
    return {
      [Symbol.dispose]: () => {
        clearInterval(timer);
        if (this.#caller === caller) this.#caller = undefined;
      },
    };
  }

  countToolCall(): void {
    this.#toolCalls += 1;
  }

  /** Rejects where the client cannot be told. */
  async notify(notification: Notification): Promise<void> {
    const { cellId, text } = notification;
    const logger = `cell ${cellId}`;
    if (this.#caller !== undefined) {
      this.#progress(text);
      await this.#caller.context.mcpReq.log("info", text, logger);
    } else if (isModern(this.#origin)) {
      if (this.#kept.length === mostKept) this.#kept.shift();
      this.#kept.push(notification);
    } else {
      await this.#origin.server.sendLoggingMessage({ level: "info", logger, data: text });
    }
  }

  #tellProgress(): void {
    const seconds = Math.round((performance.now() - this.#startedAt) / 1_000);
    const calls = `${this.#toolCalls} tool call${this.#toolCalls === 1 ? "" : "s"}`;
    this.#progress(`running for ${seconds} s, ${calls}`);
  }

  /** Only to a client that has asked for it. */
  #progress(message: string): void {
    const request = this.#caller?.context.mcpReq;
    const progressToken = request?._meta?.progressToken;
    if (request === undefined || progressToken === undefined) return;
    // It must grow with each message.
    const progress = (performance.now() - this.#startedAt) / 1_000;
    const params = { progressToken, progress, message };
    request.notify({ method: "notifications/progress", params }).catch(() => undefined);
  }
}

/** Since 2026-07-28 messages go with requests only. */
function isModern({ context }: Caller): boolean {
  return context.mcpReq.envelope !== undefined;
}
