import { showInput } from "../../base/shown-input.js";
import type { ApprovalRequest } from "../../index.js";
import { oneLine, shownCallId } from "../format.js";
import type { Style } from "../terminal.js";

/** Characters of the reason that are shown. */
const maxReason = 200;

/**
 * What a person reads before they approve a call: which tool, why they are asked, and the input. Of a
 * long input the beginning.
 */
export function describeRequest(
  { callId, tool, reason, input }: ApprovalRequest,
  style: Style,
): string {
  const why = reason === undefined ? "" : `: ${oneLine(reason, maxReason)}`;
  const headline = `  ${style.yellow("?")} ${style.dim(`#${shownCallId(callId)}`)} ${style.bold(tool)} needs approval${why}`;
  const { text, more } = showInput(input);
  const lines = text.split("\n").map((line) => `    ${line}`);
  if (more !== undefined) lines.push(`    ${style.yellow(more)}`);
  return [headline, ...lines].join("\n");
}
