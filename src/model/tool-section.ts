import { compareTexts } from "../base/compare-texts.js";
import { declareFittingTools, type FittingDeclarations } from "../declarations/declare-fitting.js";
import type { RegisteredTool } from "../tools/registered-tool.js";
import {
  type DescribedTools,
  describedTools,
  findTools,
  namespaceDescriptions,
} from "./described-tools.js";

type DeclarationsOfSet = Map<DescribedTools, FittingDeclarations>;

/** What has been declared of each set of tools: a few hundred take a tenth of a second and more. */
const known = new WeakMap<readonly RegisteredTool[], DeclarationsOfSet>();

/**
 * The part of exec's full description that is about tools.
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
      : `- \`ALL_TOOLS\` is an array of \`{ name, description }\` of every tool; ${declared.count} of ${tools.length} are described here. To find some: ${findTools}; to read one: \`text(await describe_tool(name))\`.`,
    ...namespaceLines(tools, described),
    ...(declared.count === 0 ? [] : ["", "```ts", `${declared.text}\`\`\``]),
  ].join("\n");
}

function declare(tools: readonly RegisteredTool[], described: DescribedTools): FittingDeclarations {
  const ofSet: DeclarationsOfSet = known.get(tools) ?? new Map();
  known.set(tools, ofSet);
  const found = ofSet.get(described);
  if (found !== undefined) return found;
  const declarations = declareFittingTools(describedTools(tools, described));
  ofSet.set(described, declarations);
  return declarations;
}

/** Each namespace's own description, once. */
function namespaceLines(
  tools: readonly RegisteredTool[],
  described: DescribedTools,
): readonly string[] {
  if (described === "none") return [];
  const descriptions = namespaceDescriptions(tools);
  if (descriptions.size === 0) return [];
  const sorted = [...descriptions].sort(([one], [other]) => compareTexts(one, other));
  return [
    "",
    "Namespaces:",
    ...sorted.map(
      ([namespace, description]) => `- ${namespace}: ${description.replaceAll("\n", "\n  ")}`,
    ),
  ];
}
