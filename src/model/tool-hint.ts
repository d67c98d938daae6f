import type { ToolNames } from "../tools/tool-names.js";

/** The tools there are, by their names. */
export type HintedTools = readonly ToolNames[];

/** What other code modes call the object that tools are under. */
const otherObjects = new Set(
  "codemode code_mode mcp mcpClient mcp_client client api apis sdk functions toolbox utcp agent".split(
    " ",
  ),
);

/** What models call the helpers that find tools. */
const finders =
  /^(search|find|discover|list|get|describe|lookup|query)_?(all_?)?(tools?|apis?|functions?)?$/i;

const howToFind =
  'search_tools and describe_tool are globals: text(await search_tools("unpaid invoices")). ALL_TOOLS lists all tools.';

/** What to write instead of a global that does not exist, where it was to be a tool or to find some. */
export function globalHint(name: string, tools: HintedTools): string | undefined {
  const called = callOf(name, tools);
  if (called !== undefined) return `Tools are called under tools: await ${called}.`;
  if (/tools?$/i.test(name) && finders.test(name)) return howToFind;
  if (/^call_?(mcp_?)?tool$/i.test(name) || otherObjects.has(name))
    return `Tools are called under tools: await ${callOf("", tools) ?? "tools.name({…})"}. ${howToFind}`;
  return undefined;
}

/** What to write instead of a member of `tools` that does not exist, where it was to find some. */
export function memberHint(member: string): string | undefined {
  return finders.test(member) ? howToFind : undefined;
}

/** The call of the tool that a name alone stands for, or the first one of a namespace. */
function callOf(name: string, tools: HintedTools): string | undefined {
  const tool = tools.find((one) => one.name === name);
  if (tool !== undefined) return `tools.${name}({…})`;
  const own = tools.filter(({ ownName }) => ownName === name);
  if (own.length === 1) return `tools.${own[0]?.name}({…})`;
  const member = tools.find(
    (one) =>
      name === "" || one.namespace.split("/").includes(name) || one.name.startsWith(`${name}_`),
  );
  return member && `tools.${member.name}({…})`;
}
