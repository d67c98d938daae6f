import type { CellEvent } from "../../protocol/events.js";
import type { AnsweredRequest } from "../../server/http/http-front.js";
import { readStoreId } from "../../server/session-name.js";
import { visible } from "../format.js";

export const logFormats = ["json", "text"] as const;

export type LogFormat = (typeof logFormats)[number];

type Values = Readonly<Record<string, string | number | undefined>>;

/**
 * A line about each thing that a server does, with the ids by which its clients can ask: never a source, an input, an
 * output, a key or a token.
 */
export class RequestLog {
  readonly #write: (line: string) => void;
  readonly #format: LogFormat | undefined;

  /** @param format - Undefined: only of problems, as JSON. */
  constructor(write: (line: string) => void, format: LogFormat | undefined) {
    this.#write = write;
    this.#format = format;
  }

  answered({ durationMs, ...request }: AnsweredRequest): void {
    if (this.#format === undefined) return;
    this.#line("request", { ...request, durationMs: Math.round(durationMs) });
  }

  /** Of each cell; only its end is noted. */
  readonly cellEvent = (event: CellEvent): void => {
    if (this.#format === undefined || event.type !== "ended") return;
    const { outcome, cellId, sessionId } = event;
    const { usage } = outcome;
    this.#line("cell", {
      ...readStoreId(sessionId),
      cellId,
      status: outcome.status,
      code: outcome.status === "failed" ? outcome.error.code : undefined,
      reason: outcome.status === "terminated" ? outcome.reason : undefined,
      durationMs: Math.round(usage.wallMs),
      cpuMs: Math.round(usage.cpuMs),
      toolCalls: usage.toolCalls,
      outputBytes: usage.outputBytes,
    });
  };

  problem(error: unknown, requestId: string): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#line("problem", { requestId, error: text });
  }

  #line(type: string, values: Values): void {
    const time = new Date().toISOString();
    if (this.#format !== "text") {
      this.#write(JSON.stringify({ time, type, ...values }));
      return;
    }
    const pairs = Object.entries(values).flatMap(([name, value]) =>
      value === undefined || value === ""
        ? []
        : [`${name}=${visible(String(value).replace(/\s+/g, " "))}`],
    );
    this.#write([time, type, ...pairs].join(" "));
  }
}
