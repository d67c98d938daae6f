import type { RegisteredTool } from "../tools/registered-tool.js";
import type { JsonSchema, ResultType } from "../tools/tool-definition.js";
import { firstSentence, toBlockComment } from "./comment-text.js";
import { printType } from "./print-type.js";
import { type NamedType, readSchema, type SchemaType } from "./read-schema.js";
import { isRecord, type SchemaNode } from "./schema-node.js";
import { readJsonSchema } from "./schema-source.js";
import { TypeNames } from "./type-names.js";
import { type TypeNode, unknownType } from "./type-node.js";

export interface ToolDeclarationOptions {
  readonly maxDepth: number;
  /** Whether each tool's description stands in front of it, or its first sentence. */
  readonly toolDescriptions: boolean | "firstSentence";
}

/** The parts of a tool's declaration, in TypeScript. */
export interface ToolDeclaration {
  readonly namespace: string;
  /** Statements that declare the types it needs; their names are this tool's alone. */
  readonly types: string;
  /** The member of `tools`, indented, with the tool's description as its comment. */
  readonly member: string;
  /** Whether it needs `mcpTypes`. */
  readonly needsMcpTypes: boolean;
}

const indent = "  ";

export function toToolDeclaration(
  tool: RegisteredTool,
  { maxDepth, toolDescriptions }: ToolDeclarationOptions,
): ToolDeclaration {
  const names = new TypeNames(tool.name);
  const parameter = readParameter(tool, { names, maxDepth });
  const result = readTool(tool.outputSchema, "output", { names, maxDepth });
  const comment = toBlockComment(shownDescription(tool.description, toolDescriptions), indent);
  const signature = `${parameter.text}): Promise<${printResult(result.type, tool.resultType)}>;\n`;
  return {
    namespace: tool.namespace,
    types: [...parameter.named, ...result.named].map(printNamed).join(""),
    member: `${comment}${indent}${methodKey(tool.name)}(${signature}`,
    needsMcpTypes: tool.resultType !== "value",
  };
}

function shownDescription(
  description: string,
  shown: ToolDeclarationOptions["toolDescriptions"],
): string {
  if (typeof shown === "boolean") return shown ? description : "";
  return firstSentence(description);
}

interface ReadToolOptions {
  readonly names: TypeNames;
  readonly maxDepth: number;
}

function readParameter(
  { kind, inputSchema }: RegisteredTool,
  options: ReadToolOptions,
): { readonly text: string; readonly named: readonly NamedType[] } {
  if (kind === "freeform") return { text: "input: string", named: [] };
  const { type, named, isOptional } = readTool(inputSchema, "input", options);
  return { text: `args${isOptional ? "?" : ""}: ${printType(type, indent)}`, named };
}

function readTool(
  schema: unknown,
  side: "input" | "output",
  { names, maxDepth }: ReadToolOptions,
): SchemaType & { readonly isOptional: boolean } {
  const json = readJsonSchema(schema, side);
  if (json === undefined) return { type: unknownType, named: [], isOptional: schema === undefined };
  const rootName = side === "input" ? "Args" : "Result";
  return { ...readSchema(json, { names, rootName, maxDepth }), isOptional: takesEmptyObject(json) };
}

/** A call without input is a call with an empty object: whether that passes as far as is plain. */
function takesEmptyObject(schema: SchemaNode): boolean {
  if (!isRecord(schema)) return schema;
  const { type, required, minProperties } = schema;
  const asksForNone = Array.isArray(required) ? required.length === 0 : required === undefined;
  if ((type !== undefined && type !== "object") || !asksForNone || minProperties) return false;
  return !others.some((keyword) => keyword in schema);
}

const others = [
  "$ref",
  "allOf",
  "anyOf",
  "oneOf",
  "not",
  "if",
  "enum",
  "const",
] as const satisfies readonly (keyof JsonSchema)[];

function printResult(type: TypeNode, resultType: ResultType): string {
  const text = printType(type, indent);
  if (resultType === "value") return text;
  const name = resultType === "mcp" ? "McpResult" : "CallToolResult";
  return text === "unknown" ? name : `${name}<${text}>`;
}

function printNamed({ name, note, type }: NamedType): string {
  return `${toBlockComment(note, "")}type ${name} = ${printType(type, "")};\n`;
}

/** `new` in a type is not a method but a constructor. */
function methodKey(name: string): string {
  return name === "new" ? '"new"' : name;
}
