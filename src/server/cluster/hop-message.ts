import type { CellLimits } from "../../options/limits.js";
import type { CellEvent } from "../../protocol/events.js";
import type { CellOutcome } from "../../protocol/outcome.js";
import type { SessionName } from "../session-name.js";

/** The version of what servers say to each other; a path has it. */
export const hopProtocol = 1;

/** Paths under it are for other servers alone. */
export const hopPath: string = `/internal/v${hopProtocol}/cells`;

/** Which server is asked: the id of its run, so that another at the same address does not answer for it. */
export const hopServerHeader = "x-codecell-server";

/** Marks a request that has hopped. It goes no further. */
export const hopHeader = "x-codecell-hop";

/** Milliseconds from one sign of life of an answer to the next. */
export const hopPingMs = 2000;

/** What one server tells another: a question of a cell that this one has was decided. */
export type HopNews = SessionName & {
  readonly action: "decided";
  readonly cellId: string;
  readonly approvalId: string;
};

/** What one server asks another for. Infinity is null in it. */
export type HopRequest = SessionName & HopObservation & HopAction;

type HopAction =
  | {
      readonly action: "exec";
      readonly source: string;
      readonly requestId: string;
      readonly limits?: CellLimits | undefined;
    }
  | { readonly action: "wait"; readonly cellId: string; readonly after?: number | undefined }
  | { readonly action: "terminate"; readonly cellId: string };

interface HopObservation {
  readonly yieldAfterMs?: number | null | undefined;
  readonly yieldOnApproval?: boolean | undefined;
  readonly wantsEvents?: boolean | undefined;
}

/** A line of the answer, as JSON; the last one is an outcome or an error. */
export type HopLine =
  | { readonly type: "ping" }
  | { readonly type: "cellId"; readonly cellId: string }
  | { readonly type: "event"; readonly event: CellEvent }
  | { readonly type: "outcome"; readonly outcome: CellOutcome }
  | {
      readonly type: "error";
      readonly of: "service" | "cell" | "unknown";
      readonly code: string;
      readonly message: string;
      readonly retryAfterMs?: number | undefined;
    };
