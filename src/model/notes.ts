import { shorten } from "../base/shorten.js";
import type { CellOutcome, CellWarning } from "../protocol/outcome.js";

/** Rejections that are shown one by one; the others are counted. */
const maxRejections = 3;
/** UTF-16 units of a rejection's first line that are shown. */
const maxShownLength = 200;

/** Tools that are named of those whose calls wait for approval. */
const maxWaiting = 5;

/**
 * What a model must know of a script and cannot see in its output. Of one that has ended: tool calls
 * that were dropped, rejections that were not handled, notifications that failed, and that nothing was
 * handed out. Of one that still runs: that calls wait for approval. Short lines, at most six; none if
 * there is nothing to say.
 */
export function outcomeNotes(outcome: CellOutcome): readonly string[] {
  if (outcome.status === "yielded") return approvalNotes(outcome.pendingApprovals ?? []);
  if (outcome.status !== "completed" && outcome.status !== "failed") return [];
  const { warnings } = outcome;
  return [
    ...droppedNotes(warnings),
    ...rejectionNotes(warnings.filter(({ type }) => type === "unhandledRejection")),
    ...notificationNotes(warnings.filter(({ type }) => type === "notificationFailed").length),
    ...silenceNotes(outcome),
  ];
}

function approvalNotes(tools: readonly string[]): readonly string[] {
  if (tools.length === 0) return [];
  const shown = tools.slice(0, maxWaiting).map((name) => `tools.${name}`);
  const more = tools.length - shown.length;
  const names = `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  return [`Note: the script waits for approval of ${names}.`];
}

function droppedNotes(warnings: readonly CellWarning[]): readonly string[] {
  return warnings.flatMap((warning) =>
    warning.type === "toolCallsDropped" ? [`Note: ${warning.text}`] : [],
  );
}

function rejectionNotes(rejections: readonly CellWarning[]): readonly string[] {
  const shown = rejections
    .slice(0, maxRejections)
    .map(({ text }) => `Note: a promise was rejected and nothing handled it: ${firstLine(text)}`);
  const more = rejections.length - shown.length;
  return more > 0 ? [...shown, `Note: ${more} more rejections were not handled.`] : shown;
}

function notificationNotes(failed: number): readonly string[] {
  if (failed === 0) return [];
  return [`Note: ${failed === 1 ? "a notification" : `${failed} notifications`} did not arrive.`];
}

function silenceNotes(outcome: CellOutcome): readonly string[] {
  if (outcome.status !== "completed") return [];
  if (outcome.output.length > 0 || outcome.usage.outputBytes > 0) return [];
  return ["Note: the script handed nothing out. text(value) hands out what you want to read."];
}

function firstLine(text: string): string {
  const end = text.slice(0, maxShownLength + 1).search(/[\n\r\u2028\u2029]/);
  if (end >= 0) return text.slice(0, end);
  return shorten(text, maxShownLength);
}
