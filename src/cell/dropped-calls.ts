import type { CellWarning } from "../protocol/outcome.js";

/** Names that the text shows; the others are counted. */
const maxNames = 5;

/**
 * The warning of a cell whose code ended while tool calls were open.
 *
 * @param tools - The tool names of those calls, in order; at least one.
 * @param how - Whether the code came to its end or failed: only the former forgot to await.
 */
export function droppedCallsWarning(
  tools: readonly string[],
  how: "completed" | "failed",
): CellWarning {
  const names = [...new Set(tools)];
  const shown = names.slice(0, maxNames).join(", ");
  const more = names.length > maxNames ? ` and ${names.length - maxNames} more tools` : "";
  const calls =
    tools.length === 1
      ? `a tool call (${shown}) was still open when the script ended, and was dropped.`
      : `${tools.length} tool calls (${shown}${more}) were still open when the script ended, and were dropped.`;
  const advice = how === "completed" ? " Await every call whose work or result you need." : "";
  return { type: "toolCallsDropped", text: calls + advice, count: tools.length, tools: names };
}
