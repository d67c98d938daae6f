import { checkId } from "../base/id-check.js";
import {
  checkBoolean,
  checkFunction,
  checkMilliseconds,
  checkOneOf,
  checkOptionsObject,
  checkSignal,
  checkWholeNumber,
  invalidOption,
} from "../base/option-checks.js";
import type { JournalWriter } from "../journal/entry.js";
import type { ApprovalHandler } from "../protocol/approvals.js";
import type { Isolation } from "../protocol/cell-backend.js";
import type { EventHandler, NotificationHandler } from "../protocol/events.js";
import type { Plan } from "../protocol/plan.js";
import type { ToolSource } from "../tools/tool-definition.js";
import { type CellLimits, checkLimits } from "./limits.js";
import { checkReading, type ReadingOptions } from "./reading.js";

/** Options of one `exec`. An option that is not set has the session's value. */
export interface ExecOptions extends ReadingOptions {
  /** Milliseconds from the start of the cell's code; 0 yields as soon as it has started. */
  readonly yieldAfterMs?: number | undefined;
  /**
   * Terminates the cell when it is aborted, also after it has yielded; the outcome is `terminated`
   * with the reason `aborted`.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * When it is aborted, exec resolves as yielded with the output so far, and the cell continues. If the cell
   * has not started yet, that is as soon as it has.
   */
  readonly yieldSignal?: AbortSignal | undefined;
  /**
   * Of a durable cell: exec resolves as yielded, with `pendingApprovals`, as soon as a call waits for an approval that
   * no `onApproval` handler gives, so that you can ask somebody and call `CodeMode.decide`. Default: false.
   */
  readonly yieldOnApproval?: boolean | undefined;
  /**
   * Called once with the cell's id, before `exec` returns its promise: also if the cell must wait for a
   * place (`limits.cells`).
   */
  readonly onCellId?: ((cellId: string) => void) | undefined;
  /**
   * Of the request that this exec is for, 1 to 256 characters; needs `durability`. A second exec of the session with
   * the same id starts no cell, also in another process: it resolves as `wait` does for the cell of the first, with all
   * that this has output. Its source is not looked at. Default: each exec starts a cell.
   */
  readonly requestId?: string | undefined;
  /** Tools for this cell besides the session's; a tool replaces one of the same name. */
  readonly tools?: ToolSource | readonly ToolSource[] | undefined;
  /** Where this cell lives, instead of where the session's do. */
  readonly isolation?: Isolation | undefined;
  /** Lowers the session's limits for this cell. */
  readonly limits?: CellLimits | undefined;
  /**
   * Anything of yours, such as the request that the cell belongs to: tools get it as `context` in theirs. It
   * stays in the host; cells never see it. Default: undefined.
   */
  readonly context?: unknown;
  /** Called before the session's handler. */
  readonly onNotify?: NotificationHandler | undefined;
  /** Called before the session's handler. */
  readonly onEvent?: EventHandler | undefined;
  /** Asked before the session's handler; answering undefined leaves the decision to that one. */
  readonly onApproval?: ApprovalHandler | undefined;
  /**
   * Runs by a plan that `Session.plan` has made: its calls run without asking, each once; every other call of a
   * tool that does not only read needs approval, whatever its tool says. A tool that denies a call denies it.
   */
  readonly approve?: Pick<Plan, "calls"> | undefined;
  /** Records this cell, or does not. */
  readonly record?: boolean | JournalWriter | undefined;
}

/** Options of one `wait`. */
export interface WaitOptions {
  /**
   * Of a durable cell: the `cursor` of the last outcome that you have. The new one has all output after that,
   * also where it was told before, and so none is lost or told twice, whatever has crashed. Default: the
   * output that nobody was told of, as far as the store knows.
   */
  readonly after?: number | undefined;
  /**
   * Milliseconds from this call; with 0 it resolves at once with the output so far. Default: the
   * session's.
   */
  readonly yieldAfterMs?: number | undefined;
  /** Stops waiting when it is aborted: `wait` rejects with its reason and the cell continues. */
  readonly signal?: AbortSignal | undefined;
  /**
   * When it is aborted, wait resolves as yielded with the output so far, and the cell continues.
   */
  readonly yieldSignal?: AbortSignal | undefined;
  /** Resolves as yielded as soon as a call waits for an approval, as of exec. Default: false. */
  readonly yieldOnApproval?: boolean | undefined;
}

const execKeys = [
  "yieldAfterMs",
  "signal",
  "yieldSignal",
  "yieldOnApproval",
  "onCellId",
  "requestId",
  "tools",
  "limits",
  "console",
  "dialect",
  "context",
  "isolation",
  "onNotify",
  "onEvent",
  "onApproval",
  "approve",
  "record",
] as const;

export const isolations = ["thread", "process"] as const;

/**
 * Checks all but `tools`, which are checked as they are read.
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION, naming the option.
 */
export function checkExecOptions(options: ExecOptions): void {
  checkOptionsObject("the options of exec", options, execKeys);
  checkLimits(options.limits, "exec");
  checkReading(options);
  checkOneOf("isolation", options.isolation, isolations);
  checkMilliseconds("yieldAfterMs", options.yieldAfterMs, 0);
  checkSignal("signal", options.signal);
  checkSignal("yieldSignal", options.yieldSignal);
  checkBoolean("yieldOnApproval", options.yieldOnApproval);
  checkFunction("onCellId", options.onCellId);
  checkId("requestId", options.requestId);
  checkFunction("onNotify", options.onNotify);
  checkFunction("onEvent", options.onEvent);
  checkFunction("onApproval", options.onApproval);
  checkPlan(options.approve);
  checkRecord(options.record);
}

/** @throws {CodeModeError} ERR_INVALID_OPTION, naming the option. */
export function checkWaitOptions(options: WaitOptions): void {
  checkOptionsObject("the options of wait", options, [
    "yieldAfterMs",
    "signal",
    "yieldSignal",
    "yieldOnApproval",
    "after",
  ]);
  checkBoolean("yieldOnApproval", options.yieldOnApproval);
  checkWholeNumber("after", options.after, { unit: "output items", least: 0 });
  checkMilliseconds("yieldAfterMs", options.yieldAfterMs, 0);
  checkSignal("signal", options.signal);
  checkSignal("yieldSignal", options.yieldSignal);
}

/** @throws {CodeModeError} ERR_INVALID_OPTION. */
export function checkRecord(record: unknown): void {
  if (record === undefined || typeof record === "boolean" || typeof record === "function") return;
  throw invalidOption("record", "true, false or a function", record);
}

function checkPlan(plan: ExecOptions["approve"]): void {
  if (plan === undefined) return;
  const calls: unknown = plan?.calls;
  const isPlan =
    Array.isArray(calls) &&
    calls.every((call: unknown) => {
      if (typeof call !== "object" || call === null) return false;
      return typeof (call as { tool?: unknown }).tool === "string" && "input" in call;
    });
  if (!isPlan) throw invalidOption("approve", "a plan, as session.plan makes it", plan);
}
