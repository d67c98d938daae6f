export { type CodeMode, createCodeMode } from "./code-mode.js";
export { type DeclareOptions, declareTool, declareTools } from "./declarations/declare-tools.js";
export { CodeModeError, type CodeModeErrorCode } from "./errors.js";
export type { CellEvent, Notification } from "./events.js";
export type { EventHandler, NotificationHandler } from "./handlers.js";
export type { CellLimits, RuntimeLimits, SessionLimits } from "./limits.js";
export type { ModelCallOptions, ModelToolResult } from "./model/model-calls.js";
export {
  createModelTools,
  type FreeformModelTool,
  type FunctionModelTool,
  type ModelTools,
  type ModelToolsOptions,
} from "./model/model-tools.js";
export type { DescribedTools } from "./model/tool-section.js";
export { type FormatOptions, formatOutcome, truncateOutput } from "./model-text.js";
export type { HostModules } from "./modules.js";
export type { CodeModeOptions, ExecOptions, SessionOptions, WaitOptions } from "./options.js";
export type {
  CellError,
  CellErrorCode,
  CellLog,
  CellOutcome,
  CellUsage,
  CellWarning,
  CompletedOutcome,
  EndedOutcome,
  FailedOutcome,
  ImageDetail,
  MissingOutcome,
  OutputItem,
  SourcePosition,
  TerminatedOutcome,
  TerminateReason,
  YieldedOutcome,
} from "./outcome.js";
export { type ExecInput, parseExecInput } from "./pragma.js";
export type { Session } from "./session.js";
export { type CountTokens, estimateTokens } from "./token-budget.js";
export type {
  JsonSchema,
  JsonSchemaWrapper,
  NamedTool,
  ToolContext,
  ToolDefinition,
  ToolSchema,
  ToolSource,
} from "./tool-definition.js";
export { searchTools, type ToolMatch } from "./tool-search.js";
