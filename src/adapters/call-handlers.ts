import { checkFunction } from "../base/option-checks.js";
import type { ModelToolsOptions } from "../model/model-tools.js";
import type { ApprovalHandler } from "../protocol/approvals.js";
import type { EventHandler, NotificationHandler } from "../protocol/events.js";

/** Handlers of the cells of a framework's calls, where nothing can be given with a call itself. */
export interface CallHandlers {
  /** Gets what cells send with `notify`. Default: the session's. */
  readonly onNotify?: NotificationHandler | undefined;
  /** Gets every event of the cells. Default: the session's. */
  readonly onEvent?: EventHandler | undefined;
  /** Decides about tool calls that need approval. Default: the session's. */
  readonly onApproval?: ApprovalHandler | undefined;
}

/** Options of tools that a framework calls. */
export interface FrameworkToolsOptions extends ModelToolsOptions, CallHandlers {}

/**
 * The handlers among the options, and the others.
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION if a handler is no function.
 */
export function splitHandlers<Options extends CallHandlers>(
  options: Options,
): {
  readonly handlers: CallHandlers;
  readonly others: Omit<Options, keyof CallHandlers>;
} {
  const { onNotify, onEvent, onApproval, ...others } = options;
  checkFunction("onNotify", onNotify);
  checkFunction("onEvent", onEvent);
  checkFunction("onApproval", onApproval);
  return { handlers: { onNotify, onEvent, onApproval }, others };
}
