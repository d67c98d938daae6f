export { CodeModeError, type CodeModeErrorCode } from "./base/errors.js";
export type {
  CellSession,
  CellSessionExecOptions,
  CellSessionWaitOptions,
} from "./client/cell-session.js";
export {
  type CellsQuery,
  connectCodeMode,
  type ListedCell,
  type ListedTool,
  type RemoteCodeMode,
  type RemoteDecision,
} from "./client/connect-code-mode.js";
export type { ConnectOptions } from "./client/connect-options.js";
export type { RemoteSession } from "./client/remote-session.js";
export type {
  ApprovalsQuery,
  DecideOutcome,
  Decision,
  KeptApproval,
  KeptDecision,
} from "./protocol/approvals.js";
export type {
  CellEvent,
  EventHandler,
  Notification,
  NotificationHandler,
} from "./protocol/events.js";
export type {
  CellError,
  CellErrorCode,
  CellLog,
  CellOutcome,
  CellUsage,
  CellWarning,
  CompletedOutcome,
  EndedOutcome,
  ExecOutcome,
  FailedOutcome,
  MissingOutcome,
  OutputItem,
  TerminatedOutcome,
  YieldedOutcome,
} from "./protocol/outcome.js";
