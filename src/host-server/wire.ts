import type { CellOutcome, OutputItem } from "../protocol/outcome.js";

/** How a client names a tool of its own. */
export interface ToolName {
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** A tool of the client that programs may call. */
export interface WireTool {
  /** What programs call it by. */
  readonly name: string;
  readonly toolName: ToolName;
  readonly description: string;
  readonly kind: "function" | "freeform";
}

/** What a client wants of a session. */
export interface OpenRequest {
  readonly id: string;
  /** Milliseconds that an observation takes at most, whatever a request asks for. */
  readonly maxYieldAfterMs?: number | undefined;
  readonly heapBytes?: number | undefined;
  /** The host cuts output to the tokens of a request; else the client does. */
  readonly truncates: boolean;
}

/** A program to run. */
export interface ExecuteRequest {
  /** The client's id of this run; empty where the wire has none. */
  readonly executionId: string;
  /** The model's call that the program came with. */
  readonly toolCallId: string;
  readonly source: string;
  readonly tools: readonly WireTool[];
  /** Stands for a list of tools that was given with it before, where `tools` is empty. */
  readonly catalogRevision?: number | undefined;
  readonly yieldAfterMs?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  /** The client's trace context, which the calls of the program belong to. */
  readonly traceparent?: string | undefined;
}

/** A request for what a cell has output since the last answer. */
export interface WaitRequest {
  readonly cellId: string;
  readonly yieldAfterMs: number;
  readonly maxOutputTokens?: number | undefined;
}

/** A call of a tool by a program. */
export interface ToolInvocation {
  readonly executionId: string;
  readonly cellId: string;
  /** Counts the calls of the cell, from 1. */
  readonly sequence: number;
  readonly tool: WireTool;
  /** Null where there is none. */
  readonly input: unknown;
  readonly traceparent: string | undefined;
  /** Aborted when the cell ends before the call. */
  readonly signal: AbortSignal;
}

/** What a program hands over with `notify`. */
export interface CellNotification {
  readonly executionId: string;
  readonly cellId: string;
  readonly toolCallId: string;
  readonly text: string;
  /** Aborted when the cell is terminated. */
  readonly signal: AbortSignal;
}

/** A cell whose end the client has been told. */
export interface ClosedCell {
  readonly executionId: string;
  readonly cellId: string;
  /** How many calls it has made. */
  readonly toolCalls: number;
}

/** The client's side of a session: what the host asks it for, and tells it. */
export interface SessionClient {
  /** Resolves with the result; rejects with an error whose message the program reads. */
  callTool(call: ToolInvocation): Promise<unknown>;
  /** Resolves when the client has taken it. */
  notify(notification: CellNotification): Promise<void>;
  cellClosed(cell: ClosedCell): void;
}

/** The answer to an Execute, a Wait or a Terminate. */
export interface Observed {
  readonly outcome: CellOutcome;
  readonly items: readonly OutputItem[];
  /** The text of the error that the cell has ended with. */
  readonly errorText: string | undefined;
  /** Nanoseconds that the request took. */
  readonly durationNs: number;
  /** Nanoseconds that the end was ready before it was asked for. */
  readonly bufferedForNs: number;
}
