export { CodeModeError, type CodeModeErrorCode } from "./base/errors.js";
export { searchTools, type ToolMatch } from "./calls/tool-search.js";
export { createCodeMode } from "./compose/create-code-mode.js";
export { type ProcessSupport, type Support, support } from "./compose/support.js";
export { type DeclareOptions, declareTool, declareTools } from "./declarations/declare-tools.js";
export type {
  CommandRecord,
  EmittedRecord,
  EndedRecord,
  JournalEngine,
  JournalEntry,
  JournalEntryOf,
  JournalError,
  JournalRecord,
  JournalWriter,
  OpenedRecord,
  SettledRecord,
} from "./journal/entry.js";
export type { Divergence } from "./journal/next-replay.js";
export { journalLine, readJournal } from "./journal/read-journal.js";
export type { ReplayReport } from "./journal/replay.js";
export type { DescribedTools } from "./model/described-tools.js";
export type { DescriptionLength } from "./model/descriptions.js";
export { type FormatOptions, formatOutcome, truncateOutput } from "./model/format-outcome.js";
export type { Media, MediaTypes } from "./model/media.js";
export type { ModelCallOptions, ModelToolResult } from "./model/model-calls.js";
export {
  createModelTools,
  type FreeformModelTool,
  type FunctionModelTool,
  type ModelTools,
  type ModelToolsOptions,
} from "./model/model-tools.js";
export { type ExecInput, parseExecInput } from "./model/pragma.js";
export { type CountTokens, estimateTokens } from "./model/token-budget.js";
export type { DurabilityOptions, RevertOptions } from "./options/durability-options.js";
export type { ExecOptions, WaitOptions } from "./options/exec-options.js";
export type { CellLimits, RuntimeLimits, SessionLimits } from "./options/limits.js";
export type { HostModules } from "./options/module-set.js";
export type { CodeModeOptions, CommonOptions, SessionOptions } from "./options/options.js";
export type { ProcessHost, Sandbox, ZygoteUse } from "./options/process-options.js";
export type {
  ApprovalAnswer,
  ApprovalContext,
  ApprovalDecision,
  ApprovalHandler,
  ApprovalRequest,
  ApprovalsQuery,
  DecideOutcome,
  Decision,
  KeptApproval,
  KeptDecision,
} from "./protocol/approvals.js";
export type { Isolation } from "./protocol/cell-backend.js";
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
  CellPlace,
  CellUsage,
  CellWarning,
  CompletedOutcome,
  Confinement,
  EndedOutcome,
  ExecOutcome,
  FailedOutcome,
  ImageDetail,
  MissingOutcome,
  MissingReason,
  OutputItem,
  SourcePosition,
  TerminatedOutcome,
  TerminateReason,
  YieldedOutcome,
  YieldReason,
} from "./protocol/outcome.js";
export type { Plan, PlannedCall } from "./protocol/plan.js";
export type { RevertedCall, RevertReport } from "./protocol/revert.js";
export type {
  CellStats,
  CodeModeStats,
  DurableStats,
  EndedCells,
  HistogramBucket,
  HistogramSnapshot,
  IsolateStats,
  MemoryStats,
  ToolCallStats,
} from "./protocol/stats.js";
export type { CodeMode } from "./session/code-mode.js";
export type { Session } from "./session/session.js";
export { type OtherMetric, openMetrics, openMetricsType } from "./telemetry/open-metrics.js";
export type { Reading } from "./telemetry/stat-metrics.js";
export type {
  ApprovalPolicy,
  JsonSchema,
  JsonSchemaWrapper,
  NamedTool,
  ReasonedPolicy,
  Reconciled,
  ResultType,
  RevertContext,
  ToolApproval,
  ToolContext,
  ToolDefinition,
  ToolSchema,
  ToolSource,
} from "./tools/tool-definition.js";
