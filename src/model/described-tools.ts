import { compareTexts } from "../base/compare-texts.js";
import type { RegisteredTool } from "../tools/registered-tool.js";

/** Which tools a model reads of beforehand. */
export type DescribedTools = "all" | "loaded" | "none";

/** How a cell finds tools, and reads one, that a model has not read of. */
export const findTools = '`text(await search_tools("unpaid invoices"))`';

/**
 * The tools that a description is to tell of. The order is by namespace and name, whatever order they
 * were registered in, so that a prompt cache keeps the text.
 */
export function describedTools(
  tools: readonly RegisteredTool[],
  described: DescribedTools,
): readonly RegisteredTool[] {
  return tools
    .filter(({ isDeferred }) => described === "all" || (described === "loaded" && !isDeferred))
    .sort(byNamespaceAndName);
}

/** Each namespace that has a description, with the first that one of its tools gives. */
export function namespaceDescriptions(
  tools: readonly RegisteredTool[],
): ReadonlyMap<string, string> {
  const descriptions = new Map<string, string>();
  for (const { namespace, namespaceDescription } of tools) {
    if (descriptions.has(namespace) || namespace === "" || namespaceDescription === "") continue;
    descriptions.set(namespace, namespaceDescription.trim());
  }
  return descriptions;
}

function byNamespaceAndName(one: RegisteredTool, other: RegisteredTool): number {
  return compareTexts(one.namespace, other.namespace) || compareTexts(one.name, other.name);
}
