import type { ClientCapabilities, LoggingLevel } from "@modelcontextprotocol/server";
import type { McpResult } from "../as-it-came.js";

/** Something to ask a client's person or model, or the client itself. */
export interface Ask {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Takes it back. */
  readonly signal: AbortSignal;
}

/** A message for a client's log. */
export interface LogMessage {
  readonly level: LoggingLevel;
  readonly logger: string;
  readonly data: unknown;
}

/** A way to a client: through one of its requests, or a cell that it has started. */
export interface Reach {
  /** The same object for all that is known to be of one client. */
  readonly client: object;
  readonly capabilities: ClientCapabilities;
  /**
   * Resolves with the client's answer, as it came.
   *
   * @throws The client's error, or why it cannot be asked.
   */
  ask(ask: Ask): Promise<McpResult>;
  /** Rejects where the client cannot be told. */
  log(message: LogMessage): Promise<void>;
}
