import { countValues } from "../base/json-values.js";
import type { RegisteredTool } from "../tools/registered-tool.js";
import { defaultMaxDepth, joinDeclarations } from "./declare-tools.js";
import {
  type ToolDeclaration,
  type ToolDeclarationOptions,
  toToolDeclaration,
} from "./tool-declaration.js";

/** Characters of all declarations: about 100 000 tokens, more than a model can use. */
export const maxDeclaredLength = 400_000;

/** Values, keys included, of the JSON Schemas that are read: each takes up to 2 µs. */
export const maxDeclaredValues = 40_000;

export interface FittingDeclarations {
  readonly text: string;
  /** Tools that are declared. */
  readonly count: number;
}

/**
 * Declares the tools in TypeScript, as `declareTools` does, as far as a bound: declaring takes the event
 * loop's time, and tools may be thousands. One that does not fit is left out, and smaller ones after it
 * are not, until too many did not fit.
 *
 * @param toolDescriptions - As of `toToolDeclaration`. Default: true.
 */
export function declareFittingTools(
  tools: readonly RegisteredTool[],
  toolDescriptions: ToolDeclarationOptions["toolDescriptions"] = true,
): FittingDeclarations {
  const declarations: ToolDeclaration[] = [];
  const options = { maxDepth: defaultMaxDepth, toolDescriptions };
  let values = 0;
  let length = 0;
  /** These count what was looked at and made in vain, too. */
  let counted = 0;
  let made = 0;
  for (const tool of tools) {
    if (counted > 2 * maxDeclaredValues || made > 2 * maxDeclaredLength) break;
    const own = valuesOf(tool, maxDeclaredValues - values);
    counted += own;
    if (values + own > maxDeclaredValues || length + tool.description.length > maxDeclaredLength) {
      continue;
    }
    const declaration = toToolDeclaration(tool, options);
    const ownLength = declaration.types.length + declaration.member.length;
    values += own;
    made += ownLength;
    if (length + ownLength > maxDeclaredLength) continue;
    length += ownLength;
    declarations.push(declaration);
  }
  return { text: joinDeclarations(declarations), count: declarations.length };
}

/** Values of a tool's JSON Schemas; more than `limit` if they have more. */
export function valuesOf({ inputSchema, outputSchema }: RegisteredTool, limit: number): number {
  const input = schemaValues(inputSchema, limit);
  return input > limit ? input : input + schemaValues(outputSchema, limit - input);
}

/** A library's schema is an object of that library, whose size says nothing. */
function schemaValues(schema: unknown, limit: number): number {
  const isOfLibrary = typeof schema !== "object" || schema === null || "~standard" in schema;
  return isOfLibrary ? 0 : countValues(schema, limit);
}
