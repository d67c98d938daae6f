import { checkBoolean, checkOptionsObject, checkWholeNumber } from "../base/option-checks.js";
import type { RegisteredTool } from "../tools/registered-tool.js";
import type { NamedTool, ToolSource } from "../tools/tool-definition.js";
import { ToolSet } from "../tools/tool-set.js";
import { toCommentLine } from "./comment-text.js";
import { mcpTypes } from "./mcp-types.js";
import { type ToolDeclaration, toToolDeclaration } from "./tool-declaration.js";

/** Options of `declareTools` and `declareTool`. */
export interface DeclareOptions {
  /**
   * The number of levels of nested schemas that are written out; deeper levels are `unknown`.
   * Default: 16.
   */
  readonly maxDepth?: number | undefined;
  /** Puts each tool's description in front of it, as a comment. Default: true. */
  readonly toolDescriptions?: boolean | undefined;
}

/**
 * Declares tools in TypeScript, as cells see them: `declare const tools: { … };`, with one method for
 * each tool, those of a namespace together, and the types they need before it. The same tools give
 * the same text.
 *
 * ```ts
 * declareTools({ price: { inputSchema: z.object({ product: z.string() }), execute } });
 * // declare const tools: {
 * //   price(args: { product: string }): Promise<unknown>;
 * // };
 * ```
 *
 * The type is `unknown` if a schema cannot be converted to JSON Schema, or if there is none.
 *
 * @param tools - What `createCodeMode` takes as `tools`.
 * @throws {CodeModeError} ERR_INVALID_OPTION, ERR_INVALID_TOOL and ERR_TOOL_NAME_CONFLICT, as
 *   `createCodeMode` does. A JSON Schema that is not valid is not an error here.
 */
export function declareTools(
  tools: ToolSource | readonly ToolSource[],
  options: DeclareOptions = {},
): string {
  return declareRegisteredTools(ToolSet.empty.with(tools).tools, options);
}

/**
 * Declares one tool in TypeScript, complete in itself: `declareTools` of only this tool.
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION, ERR_INVALID_TOOL.
 */
export function declareTool(tool: NamedTool, options: DeclareOptions = {}): string {
  return declareTools([tool], options);
}

/** Levels of nested schemas that are written out. */
export const defaultMaxDepth = 16;

/** Declares tools that are registered already. */
export function declareRegisteredTools(
  tools: readonly RegisteredTool[],
  options: DeclareOptions = {},
): string {
  checkOptionsObject("the options of declareTools", options, ["maxDepth", "toolDescriptions"]);
  const { maxDepth = defaultMaxDepth, toolDescriptions = true } = options;
  checkWholeNumber("maxDepth", maxDepth, { unit: "levels", least: 0 });
  checkBoolean("toolDescriptions", toolDescriptions);
  return joinDeclarations(
    tools.map((tool) => toToolDeclaration(tool, { maxDepth, toolDescriptions })),
  );
}

/** Declarations as one text. */
export function joinDeclarations(all: readonly ToolDeclaration[]): string {
  const groups = groupByNamespace(all);
  const declarations = [...groups.values()].flat();
  const shared = declarations.some(({ needsMcpTypes }) => needsMcpTypes) ? mcpTypes : "";
  const types = declarations.map((declaration) => declaration.types).join("");
  const members = [...groups].map(([namespace, group]) => {
    const shown = toCommentLine(namespace);
    const heading = shown === "" ? "" : `  // namespace ${shown}\n`;
    return heading + group.map(({ member }) => member).join("");
  });
  return `${shared}${types}declare const tools: {\n${members.join("\n")}};\n`;
}

/** Groups in the order in which namespaces first come. */
function groupByNamespace<T extends { readonly namespace: string }>(
  declarations: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const declaration of declarations) {
    const group = groups.get(declaration.namespace);
    if (group === undefined) groups.set(declaration.namespace, [declaration]);
    else group.push(declaration);
  }
  return groups;
}
