import type { ClientCapabilities, LoggingLevel, Server } from "@modelcontextprotocol/server";
import type { McpResult } from "../as-it-came.js";
import { askClient } from "../server/ask-client.js";
import type { Ask, LogMessage, Reach } from "../server/reach.js";

/** From the least to the most severe. */
const levels: readonly LoggingLevel[] = [
  "debug",
  "info",
  "notice",
  "warning",
  "error",
  "critical",
  "alert",
  "emergency",
];

/** A client that has a connection, over which it can be asked at any time. */
export class ConnectedClient implements Reach {
  readonly client: Server;
  /** The least severe messages that it wants; undefined where it has not said so. */
  level: LoggingLevel | undefined;
  readonly #isListening: () => boolean;

  /** @param isListening - Whether the client hears what it is asked outside its own requests. */
  constructor(server: Server, isListening: () => boolean) {
    this.client = server;
    this.#isListening = isListening;
  }

  get isListening(): boolean {
    return this.#isListening();
  }

  get capabilities(): ClientCapabilities {
    return this.client.getClientCapabilities() ?? {};
  }

  ask(ask: Ask): Promise<McpResult> {
    return askClient({ server: this.client, caller: undefined, asks: undefined }, ask);
  }

  log(message: LogMessage): Promise<void> {
    return this.client.sendLoggingMessage(message, this.client.transport?.sessionId);
  }
}

/** The clients that have a connection: all until 2025-11-25; later ones have requests only. */
export class Clients {
  readonly #clients = new Map<Server, ConnectedClient>();

  /** Those that have said that they are ready. */
  get all(): readonly ConnectedClient[] {
    return [...this.#clients.values()];
  }

  add(server: Server, isListening: () => boolean): ConnectedClient {
    const client = new ConnectedClient(server, isListening);
    this.#clients.set(server, client);
    return client;
  }

  find(server: Server): ConnectedClient | undefined {
    return this.#clients.get(server);
  }

  remove(server: Server): void {
    this.#clients.delete(server);
  }

  /** The least severe level that some client wants; undefined where none has said so. */
  get level(): LoggingLevel | undefined {
    const wanted = this.all.flatMap(({ level }) => (level === undefined ? [] : [level]));
    return levels.find((level) => wanted.includes(level));
  }
}
