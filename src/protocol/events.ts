import type { CellLog, EndedOutcome, OutputItem } from "./outcome.js";

/** What happens in a cell, told at once to `onEvent`. All times are in milliseconds. */
export type CellEvent =
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
    }
  | {
      readonly type: "toolCallSettled";
      readonly cellId: string;
      readonly callId: string;
      readonly tool: string;
      /** `aborted`: the cell ended before the tool did. */
      readonly status: "fulfilled" | "rejected" | "aborted";
      readonly durationMs: number;
      /** The error's text, where the call was rejected. */
      readonly error?: string;
    }
  | { readonly type: "notify"; readonly cellId: string; readonly text: string }
  | { readonly type: "yielded"; readonly cellId: string; readonly reason: "requested" | "time" }
  | { readonly type: "ended"; readonly cellId: string; readonly outcome: EndedOutcome };

/** What a cell hands over with `notify(value)`. */
export interface Notification {
  readonly sessionId: string;
  readonly cellId: string;
  readonly text: string;
}
