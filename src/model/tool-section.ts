import { declareFittingTools, type FittingDeclarations } from "../declarations/declare-fitting.js";
import type { RegisteredTool } from "../tools/registered-tool.js";

/** Which tools a model reads of beforehand. */
export type DescribedTools = "all" | "loaded" | "none";

type DeclarationsOfSet = Map<DescribedTools, FittingDeclarations>;

/** What has been declared of each set of tools: a few hundred take a tenth of a second and more. */
const known = new WeakMap<readonly RegisteredTool[], DeclarationsOfSet>();

const howToFind =
  '`text(await search_tools("unpaid invoices"))`; to read one: `text(await describe_tool(name))`.';

/**
 * The part of exec's description that is about tools. The order is by namespace and name, whatever
 * order they were registered in, so that a prompt cache keeps it.
 *
 * @param tools - A list that never changes: what is declared of it is kept as long as the list.
 */
export function toolSection(
  tools: readonly RegisteredTool[],
  { described, codeOnly }: { readonly described: DescribedTools; readonly codeOnly: boolean },
): string {
  if (tools.length === 0) return "## Tools\nThere are none; `tools` is empty.";
  const declared = declare(tools, described);
  return [
    "## Tools",
    "- `tools.name(input)` returns a promise of the result, a JSON value, or rejects with a `ToolError` whose message says why. Await every call; run independent ones together with `Promise.all` or `as_settled`.",
    ...(codeOnly ? ["- These tools can only be called from a program, never directly."] : []),
    declared.count === tools.length
      ? "- `ALL_TOOLS` is an array of `{ name, description }` of every tool."
      : `- \`ALL_TOOLS\` is an array of \`{ name, description }\` of every tool; ${declared.count} of ${tools.length} are described here. To find some: ${howToFind}`,
    ...namespaceLines(tools, described),
    ...(declared.count === 0 ? [] : ["", "```ts", `${declared.text}\`\`\``]),
  ].join("\n");
}

function declare(tools: readonly RegisteredTool[], described: DescribedTools): FittingDeclarations {
  const ofSet: DeclarationsOfSet = known.get(tools) ?? new Map();
  known.set(tools, ofSet);
  const found = ofSet.get(described);
  if (found !== undefined) return found;
  const shown = tools.filter((tool) => isDescribed(tool, described)).sort(byNamespaceAndName);
  const declarations = declareFittingTools(shown);
  ofSet.set(described, declarations);
  return declarations;
}

function isDescribed(tool: RegisteredTool, described: DescribedTools): boolean {
  return described === "all" || (described === "loaded" && !tool.isDeferred);
}

/** Each namespace's own description, once. */
function namespaceLines(
  tools: readonly RegisteredTool[],
  described: DescribedTools,
): readonly string[] {
  if (described === "none") return [];
  const descriptions = new Map<string, string>();
  for (const { namespace, namespaceDescription } of tools) {
    if (descriptions.has(namespace) || namespace === "" || namespaceDescription === "") continue;
    descriptions.set(namespace, namespaceDescription.trim().replaceAll("\n", "\n  "));
  }
  if (descriptions.size === 0) return [];
  const sorted = [...descriptions].sort(([one], [other]) => compare(one, other));
  return [
    "",
    "Namespaces:",
    ...sorted.map(([namespace, description]) => `- ${namespace}: ${description}`),
  ];
}

function byNamespaceAndName(one: RegisteredTool, other: RegisteredTool): number {
  return compare(one.namespace, other.namespace) || compare(one.name, other.name);
}

/** The same in every locale. */
function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
