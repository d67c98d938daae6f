import type { RegisteredTool } from "../tools/registered-tool.js";
import { maxDeclaredValues, valuesOf } from "./declare-fitting.js";
import { propertyKey } from "./literal-type.js";
import { isRecord } from "./schema-node.js";
import { readJsonSchema } from "./schema-source.js";

/** Parameters of a call form that are named. */
const maxParameters = 8;

/**
 * How each tool is called, in a few words: its name and the names of its parameters, as in
 * `read({ path, limit? })`.
 *
 * @param maxLength - UTF-16 units of all of them together.
 * @param prefix - What all names begin with, and what is left out.
 * @returns Undefined if they are longer, or if their schemas are too large to be read.
 */
export function toCallForms(
  tools: readonly RegisteredTool[],
  { maxLength, prefix }: { readonly maxLength: number; readonly prefix: string },
): readonly string[] | undefined {
  const forms: string[] = [];
  let length = 0;
  let values = 0;
  for (const tool of tools) {
    values += valuesOf(tool, maxDeclaredValues - values);
    if (values > maxDeclaredValues) return undefined;
    const form = `${tool.name.slice(prefix.length)}(${parameters(tool)})`;
    length += form.length;
    if (length > maxLength) return undefined;
    forms.push(form);
  }
  return forms;
}

function parameters({ kind, inputSchema }: RegisteredTool): string {
  if (kind === "freeform") return "text";
  const schema = readJsonSchema(inputSchema, "input");
  if (!isRecord(schema)) return "input";
  const { properties, required } = schema;
  if (!isRecord(properties)) return "input";
  const needed = new Set(Array.isArray(required) ? required : []);
  const names = Object.keys(properties);
  if (names.length === 0) return "";
  const inOrder = [
    ...names.filter((name) => needed.has(name)),
    ...names.filter((name) => !needed.has(name)),
  ];
  const shown = inOrder
    .slice(0, maxParameters)
    .map((name) => `${propertyKey(name)}${needed.has(name) ? "" : "?"}`);
  if (inOrder.length > maxParameters) shown.push("…");
  return `{ ${shown.join(", ")} }`;
}
