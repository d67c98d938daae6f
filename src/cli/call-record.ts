import type { CellEvent } from "../protocol/events.js";

/** One tool call of a cell, as `--json` tells it. */
export interface CallRecord {
  readonly callId: string;
  readonly tool: string;
  /** UTF-8 bytes of the input's JSON text. */
  readonly inputBytes: number;
  readonly status: "fulfilled" | "rejected" | "aborted";
  readonly durationMs: number;
  /** UTF-8 bytes of the result; if the call was fulfilled. */
  readonly resultBytes?: number;
  /** Where the call was rejected. */
  readonly error?: string;
}

/** The tool calls of a cell, in the order in which they began. */
export class CallRecords {
  /** An entry is a call that has not settled until its record takes its place. */
  readonly #records = new Map<string, CallRecord | { readonly inputBytes: number }>();

  take(event: CellEvent): void {
    if (event.type === "toolCallStarted") {
      this.#records.set(event.callId, { inputBytes: event.inputBytes });
    } else if (event.type === "toolCallSettled") {
      const { callId, tool, status, durationMs, resultBytes, error } = event;
      this.#records.set(callId, {
        callId,
        tool,
        inputBytes: this.#records.get(callId)?.inputBytes ?? 0,
        status,
        durationMs,
        ...(resultBytes !== undefined && { resultBytes }),
        ...(error !== undefined && { error }),
      });
    }
  }

  /** Those that have settled; when a cell has ended, all. */
  get settled(): readonly CallRecord[] {
    return [...this.#records.values()].filter((record) => "status" in record);
  }
}
