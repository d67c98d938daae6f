import { checkId } from "../base/id-check.js";
import {
  checkBoolean,
  checkFunction,
  checkMilliseconds,
  checkOptionsObject,
  checkSignal,
  checkWholeNumber,
  invalidOption,
} from "../base/option-checks.js";
import type { CellSessionExecOptions, CellSessionWaitOptions } from "./cell-session.js";
import { isObject } from "./server-error.js";

const execKeys = [
  "yieldAfterMs",
  "signal",
  "requestId",
  "limits",
  "yieldOnApproval",
  "onCellId",
  "onEvent",
  "onNotify",
] as const;
const waitKeys = ["yieldAfterMs", "after", "yieldOnApproval", "signal"] as const;

/** @throws {CodeModeError} ERR_INVALID_OPTION. */
export function checkExecOptions(options: CellSessionExecOptions): void {
  checkOptionsObject("the options of exec", options, execKeys);
  checkMilliseconds("yieldAfterMs", options.yieldAfterMs, 0);
  checkSignal("signal", options.signal);
  checkId("requestId", options.requestId);
  checkBoolean("yieldOnApproval", options.yieldOnApproval);
  checkFunction("onCellId", options.onCellId);
  checkFunction("onEvent", options.onEvent);
  checkFunction("onNotify", options.onNotify);
  const { limits } = options;
  if (limits !== undefined && !isObject(limits)) throw invalidOption("limits", "an object", limits);
}

/** @throws {CodeModeError} ERR_INVALID_OPTION. */
export function checkWaitOptions(options: CellSessionWaitOptions): void {
  checkOptionsObject("the options of wait", options, waitKeys);
  checkMilliseconds("yieldAfterMs", options.yieldAfterMs, 0);
  checkWholeNumber("after", options.after, { unit: "output items", least: 0 });
  checkBoolean("yieldOnApproval", options.yieldOnApproval);
  checkSignal("signal", options.signal);
}

/** @throws {CodeModeError} ERR_INVALID_OPTION. */
export function checkCellId(cellId: unknown): void {
  if (typeof cellId !== "string") throw invalidOption("cellId", "a string", cellId);
}

/** Undefined where no cell can have the id, and a path with it would be another. */
export function pathOf(cellId: string, action?: "wait" | "terminate"): string | undefined {
  if (!/^[\x21-\x7e]{1,512}$/.test(cellId) || /^\.{1,2}$/.test(cellId)) return undefined;
  return `cells/${encodeURIComponent(cellId)}${action === undefined ? "" : `/${action}`}`;
}
