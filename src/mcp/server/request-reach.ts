import type { ClientCapabilities, Server } from "@modelcontextprotocol/server";
import type { McpResult } from "../as-it-came.js";
import { askClient } from "./ask-client.js";
import { AskQueue } from "./ask-queue.js";
import { type Caller, capabilitiesOf, isModern } from "./caller.js";
import type { Ask, LogMessage, Reach } from "./reach.js";

/** The way to a client through a request of its own, which may come back with answers. */
export class RequestReach implements Reach {
  readonly capabilities: ClientCapabilities;
  readonly asks: AskQueue = new AskQueue();
  readonly #takesRequests: boolean;
  #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
    this.capabilities = capabilitiesOf(caller);
    this.#takesRequests = !isModern(caller);
  }

  get client(): Server {
    return this.#caller.server;
  }

  /** The request has come back. */
  attach(caller: Caller): Disposable {
    this.#caller = caller;
    return { [Symbol.dispose]: () => undefined };
  }

  ask(ask: Ask): Promise<McpResult> {
    const { server } = this.#caller;
    const asks = this.#takesRequests ? undefined : this.asks;
    return askClient({ server, caller: this.#caller, asks }, ask);
  }

  log({ level, data, logger }: LogMessage): Promise<void> {
    return this.#caller.context.mcpReq.log(level, data, logger);
  }
}
