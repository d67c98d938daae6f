import type { CellLog, EndedOutcome, OutputItem, YieldReason } from "./outcome.js";

/** An event of a cell, for `onEvent`. docs/events.md has a table. */
export type CellEvent = CellNews & {
  /** The id of the cell's session. */
  readonly sessionId: string;
  /** The time of the event: milliseconds since the epoch. */
  readonly at: number;
};

/** The part of an event that depends on its type. Durations are in milliseconds. */
export type CellNews =
  /** The cell's code begins to run; its yield clock starts. */
  | { readonly type: "started"; readonly cellId: string }
  | { readonly type: "output"; readonly cellId: string; readonly item: OutputItem }
  | { readonly type: "log"; readonly cellId: string; readonly log: CellLog }
  | {
      readonly type: "toolCallStarted";
      readonly cellId: string;
      readonly callId: string;
      readonly tool: string;
      readonly input: unknown;
      /** UTF-8 bytes of the input's JSON text. */
      readonly inputBytes: number;
    }
  /** `onApproval` is asked about a call that has started, before its tool runs. */
  | {
      readonly type: "approvalRequested";
      readonly cellId: string;
      readonly callId: string;
      readonly tool: string;
      /** What the tool is run with when the call is approved. */
      readonly input: unknown;
      /** Why the call needs approval, if its tool says so. */
      readonly reason?: string;
      /** Of a durable cell: what `CodeMode.decide` calls the question. Else not set. */
      readonly approvalId?: string;
    }
  | {
      readonly type: "approvalSettled";
      readonly cellId: string;
      readonly callId: string;
      readonly tool: string;
      /** `failed`: no handler has decided; `aborted`: the cell ended before the decision. */
      readonly status: "approved" | "refused" | "failed" | "aborted";
      readonly durationMs: number;
      /** What the handler said, or why it failed. */
      readonly reason?: string;
      /** The input that the handler gave instead of the cell's. */
      readonly input?: unknown;
    }
  | {
      readonly type: "toolCallSettled";
      readonly cellId: string;
      readonly callId: string;
      readonly tool: string;
      /** `aborted`: the cell ended before the tool did. */
      readonly status: "fulfilled" | "rejected" | "aborted";
      readonly durationMs: number;
      /**
       * UTF-8 bytes of the result, or of its JSON text where it is no string; if the call was
       * fulfilled.
       */
      readonly resultBytes?: number;
      /** The error's text, if the call was rejected. */
      readonly error?: string;
    }
  /** A durable cell waits for nothing but approvals, and its isolate is given up. */
  | { readonly type: "parked"; readonly cellId: string }
  /** An approval was decided, and the isolate of a parked cell is made again. */
  | { readonly type: "unparked"; readonly cellId: string }
  | { readonly type: "notify"; readonly cellId: string; readonly text: string }
  | { readonly type: "yielded"; readonly cellId: string; readonly reason: YieldReason }
  | { readonly type: "ended"; readonly cellId: string; readonly outcome: EndedOutcome };

/** What a cell hands over with `notify(value)`. */
export interface Notification {
  readonly sessionId: string;
  readonly cellId: string;
  readonly text: string;
}

/** Gets every event of a cell at once, in the cell's order. */
export type EventHandler = (event: CellEvent) => void;

/** Gets what cells send with `notify`; the cell's outcome waits until it has settled. */
export type NotificationHandler = (notification: Notification) => void | Promise<void>;
