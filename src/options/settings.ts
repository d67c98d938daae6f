import type { JournalWriter } from "../journal/entry.js";
import type { ApprovalHandler } from "../protocol/approvals.js";
import type { Isolation } from "../protocol/cell-backend.js";
import type { EventHandler, NotificationHandler } from "../protocol/events.js";
import { ToolSet } from "../tools/tool-set.js";
import { checkExecOptions, type ExecOptions } from "./exec-options.js";
import { type RuntimeLimits, tighterLimits } from "./limits.js";
import { ModuleSet } from "./module-set.js";
import { type CodeModeOptions, checkSessionOptions, type SessionOptions } from "./options.js";
import type { ZygoteUse } from "./process-options.js";
import { type Reading, withReading } from "./reading.js";

/** Checked options with what they inherit: the runtime's, a session's or those of one exec. */
export interface Settings extends Reading {
  readonly tools: ToolSet;
  readonly modules: ModuleSet;
  /** Only limits that have been set; defaults come last, so that a set limit may exceed them. */
  readonly limits: RuntimeLimits;
  readonly yieldAfterMs: number;
  readonly maxYieldAfterMs: number;
  readonly maxOutputTokens: number;
  readonly deadlock: "fail" | "wait";
  readonly webGlobals: boolean;
  readonly remoteImages: boolean;
  readonly isolation: Isolation;
  readonly zygote: ZygoteUse;
  /** Innermost first. */
  readonly onNotify: readonly NotificationHandler[];
  readonly onEvent: readonly EventHandler[];
  readonly onApproval: readonly ApprovalHandler[];
  readonly record: boolean | JournalWriter;
}

/** What holds where nothing has been set. */
export const defaultSettings: Settings = {
  tools: ToolSet.empty,
  modules: ModuleSet.empty,
  limits: {},
  yieldAfterMs: 10_000,
  maxYieldAfterMs: Infinity,
  maxOutputTokens: 10_000,
  deadlock: "fail",
  console: undefined,
  dialect: undefined,
  webGlobals: true,
  remoteImages: false,
  isolation: "thread",
  zygote: "shared",
  onNotify: [],
  onEvent: [],
  onApproval: [],
  record: false,
};

/**
 * The settings of a runtime, from the defaults, or of a session, from its runtime's.
 *
 * @param scope - Whose options they are.
 * @throws {CodeModeError} ERR_INVALID_OPTION, ERR_INVALID_TOOL, ERR_TOOL_NAME_CONFLICT.
 */
export function withSessionOptions(
  outer: Settings,
  scope: "session" | "runtime",
  options: CodeModeOptions | SessionOptions,
): Settings {
  const name = `the options of ${scope === "runtime" ? "createCodeMode" : "openSession"}`;
  checkSessionOptions(name, options, scope);
  return {
    ...withHandlers(outer, options),
    tools: outer.tools.with(options.tools),
    modules: outer.modules.with(options.modules),
    limits: tighterLimits(outer.limits, options.limits),
    yieldAfterMs: options.yieldAfterMs ?? outer.yieldAfterMs,
    maxYieldAfterMs: Math.min(outer.maxYieldAfterMs, options.maxYieldAfterMs ?? Infinity),
    maxOutputTokens: options.maxOutputTokens ?? outer.maxOutputTokens,
    deadlock: options.deadlock ?? outer.deadlock,
    ...withReading(outer, options),
    webGlobals: options.webGlobals ?? outer.webGlobals,
    remoteImages: options.remoteImages ?? outer.remoteImages,
    isolation: options.isolation ?? outer.isolation,
    zygote: options.zygote ?? outer.zygote,
  };
}

/**
 * The settings of one exec, from its session's.
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION, ERR_INVALID_TOOL, ERR_TOOL_NAME_CONFLICT.
 */
export function withExecOptions(outer: Settings, options: ExecOptions): Settings {
  checkExecOptions(options);
  return {
    ...withHandlers(outer, options),
    tools: outer.tools.with(options.tools),
    limits: tighterLimits(outer.limits, options.limits),
    yieldAfterMs: options.yieldAfterMs ?? outer.yieldAfterMs,
    isolation: options.isolation ?? outer.isolation,
    ...withReading(outer, options),
  };
}

function withHandlers(
  outer: Settings,
  {
    onNotify,
    onEvent,
    onApproval,
    record,
  }: Pick<ExecOptions, "onNotify" | "onEvent" | "onApproval" | "record">,
): Settings {
  return {
    ...outer,
    onNotify: onNotify === undefined ? outer.onNotify : [onNotify, ...outer.onNotify],
    onEvent: onEvent === undefined ? outer.onEvent : [onEvent, ...outer.onEvent],
    onApproval: onApproval === undefined ? outer.onApproval : [onApproval, ...outer.onApproval],
    record: record ?? outer.record,
  };
}
