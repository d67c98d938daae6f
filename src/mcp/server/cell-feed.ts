import type { ClientCapabilities, Server } from "@modelcontextprotocol/server";
import type { Notification } from "../../protocol/events.js";
import type { McpResult } from "../as-it-came.js";
import { askClient } from "./ask-client.js";
import { AskQueue } from "./ask-queue.js";
import { type Caller, capabilitiesOf, isModern } from "./caller.js";
import type { Ask, LogMessage, Reach } from "./reach.js";

const progressEveryMs = 1_000;
/** Of a cell that notifies while no request waits for it, where only an answer can carry messages. */
const maxKept = 100;

/** What a client is told of one cell besides its answers, and asked for it. */
export class CellFeed implements Reach {
  /** What the client is to be asked as part of an answer. */
  readonly asks: AskQueue = new AskQueue();
  readonly #startedAt = performance.now();
  readonly #origin: Caller;
  #caller: Caller | undefined;
  #toolCalls = 0;
  #kept: LogMessage[] = [];

  /** @param origin - Who started the cell. */
  constructor(origin: Caller) {
    this.#origin = origin;
  }

  get client(): Server {
    return this.#origin.server;
  }

  get capabilities(): ClientCapabilities {
    return capabilitiesOf(this.#caller ?? this.#origin);
  }

  /** Tells a request of the cell's doings until disposed: what it missed, what comes, and progress. */
  attach(caller: Caller): Disposable {
    this.#caller = caller;
    const kept = this.#kept.splice(0);
    for (const message of kept) void this.log(message).catch(() => undefined);
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
  async notify({ cellId, text }: Notification): Promise<void> {
    this.progress(text);
    await this.log({ level: "info", logger: `cell ${cellId}`, data: text });
  }

  async log(message: LogMessage): Promise<void> {
    const { level, data, logger } = message;
    if (this.#caller !== undefined) {
      await this.#caller.context.mcpReq.log(level, data, logger);
    } else if (isModern(this.#origin)) {
      if (this.#kept.length === maxKept) this.#kept.shift();
      this.#kept.push(message);
    } else {
      const { server, context } = this.#origin;
      await server.sendLoggingMessage({ level, logger, data }, context.sessionId);
    }
  }

  ask(ask: Ask): Promise<McpResult> {
    const { server } = this.#origin;
    const asks = isModern(this.#origin) ? this.asks : undefined;
    return askClient({ server, caller: this.#caller, asks }, ask);
  }

  /** Only to a client that has asked for it, and waits. */
  progress(message: string): void {
    const request = this.#caller?.context.mcpReq;
    const progressToken = request?._meta?.progressToken;
    if (request === undefined || progressToken === undefined) return;
    // It must grow with each message.
    const progress = (performance.now() - this.#startedAt) / 1_000;
    const params = { progressToken, progress, message };
    request.notify({ method: "notifications/progress", params }).catch(() => undefined);
  }

  #tellProgress(): void {
    const seconds = Math.round((performance.now() - this.#startedAt) / 1_000);
    const calls = `${this.#toolCalls} tool call${this.#toolCalls === 1 ? "" : "s"}`;
    this.progress(`running for ${seconds} s, ${calls}`);
  }
}
