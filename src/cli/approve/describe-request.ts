import { inspect } from "node:util";
import { showHidden } from "../../base/hidden-characters.js";
import type { ApprovalRequest } from "../../index.js";
import { oneLine } from "../format.js";
import type { Style } from "../terminal.js";

/** Characters of an input that are shown. */
const maxShown = 4_000;
/** Characters of the longest input that is shown on one line. */
const maxOnOneLine = 100;
const maxReason = 200;

/**
 * What a person reads before they approve a call: which tool, why they are asked, and the input. Of a
 * long input the beginning, and how much more there is.
 */
export function describeRequest(
  { callId, tool, reason, input }: ApprovalRequest,
  style: Style,
): string {
  const why = reason === undefined ? "" : `: ${oneLine(reason, maxReason)}`;
  const headline = `  ${style.yellow("?")} ${style.dim(`#${callId}`)} ${style.bold(tool)} needs approval${why}`;
  const text = showInput(input);
  const shown = text.length > maxShown ? text.slice(0, maxShown) : text;
  const lines = shown.split("\n").map((line) => `    ${line}`);
  const more = text.length - shown.length;
  if (more > 0) lines.push(`    ${style.yellow(`… and ${more} more characters`)}`);
  return [headline, ...lines].join("\n");
}

function showInput(input: unknown): string {
  const compact = toJson(input);
  return showHidden(compact.length <= maxOnOneLine ? compact : toJson(input, 2));
}

function toJson(input: unknown, indent?: number): string {
  try {
    return JSON.stringify(input, null, indent) ?? inspect(input);
  } catch {
    return inspect(input);
  }
}
