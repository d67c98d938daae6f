import { declareTools, type JsonSchema, type ToolSchema } from "../../src/index.js";

const execute = (): unknown => null;

/** The type of the argument that a tool with this schema declares, with the types it needs before it. */
export function declaredInput(inputSchema: ToolSchema, maxDepth?: number): string {
  return between(
    declareTools({ t: { inputSchema, execute } }, { maxDepth }),
    /t\(args\??: /,
    "): P",
  );
}

/** The type of the result. */
export function declaredOutput(outputSchema: ToolSchema): string {
  return between(declareTools({ t: { outputSchema, execute } }), /Promise</, ">;\n};");
}

/** A schema as the property `x` of an object, and how that property is declared. */
export function declaredProperty(property: JsonSchema | boolean): string {
  const text = declaredInput({ type: "object", properties: { x: property }, required: ["x"] });
  return text
    .replace(/^\{\s*/, "")
    .replace(/\s*\}$/, "")
    .replace(/^ {4}/gm, "");
}

function between(text: string, start: RegExp, end: string): string {
  const [types = "", member = ""] = text.split("declare const tools: {\n");
  const from = member.search(start);
  const to = member.lastIndexOf(end);
  return types + member.slice(from, to).replace(start, "");
}
