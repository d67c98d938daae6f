import { isManyValues } from "../../base/json-values.js";
import type { JsonSchema } from "../../tools/tool-definition.js";
import type { McpToolAnnotations } from "./approval.js";

/** Keys included; a few times what the largest known schema has. */
const maxSchemaValues = 20_000;

/** A tool as a server lists it, mended where it was odd. */
export interface ListedTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  readonly outputSchema: JsonSchema | undefined;
  readonly annotations: McpToolAnnotations | undefined;
  /** Whether the server runs it as a task only. */
  readonly isTask: boolean;
}

/**
 * Reads one entry of a server's list. Odd parts never cost the tool: a missing text is empty, a schema
 * that is none takes any object.
 *
 * @param tellOddity - Called with faults that a person may want to repair; null for a missing value
 *   is not reported.
 * @returns Undefined where the entry has no name and so can be called by none.
 */
export function readListedTool(
  entry: unknown,
  tellOddity: (oddity: string) => void,
): ListedTool | undefined {
  if (!isRecord(entry)) return undefined;
  const { name, description, inputSchema, outputSchema, annotations, execution } = entry;
  if (typeof name !== "string" || name === "") return undefined;
  return {
    name,
    description: typeof description === "string" ? description : "",
    inputSchema: readInputSchema(inputSchema, tellOddity),
    outputSchema: readOutputSchema(outputSchema, tellOddity),
    annotations: isRecord(annotations) ? annotations : undefined,
    isTask: isRecord(execution) && execution["taskSupport"] === "required",
  };
}

/** Arguments of a call are an object, so a schema that says nothing takes any object. */
function readInputSchema(schema: unknown, tellOddity: (oddity: string) => void): JsonSchema {
  if (schema !== undefined && schema !== null && schema !== true && !isRecord(schema)) {
    tellOddity(`its inputSchema is ${kindOf(schema)}, not a schema; it takes any object`);
  }
  if (!isRecord(schema)) return { type: "object" };
  if (isManyValues(schema, maxSchemaValues)) {
    tellOddity(
      `its inputSchema is made of more than ${maxSchemaValues} values; it takes any object`,
    );
    return { type: "object" };
  }
  const mended = withoutNulls(schema);
  return saysWhatItTakes(mended) ? mended : { type: "object", ...mended };
}

function saysWhatItTakes(schema: JsonSchema): boolean {
  return ["type", "$ref", "anyOf", "oneOf", "allOf", "const", "enum"].some(
    (keyword) => keyword in schema,
  );
}

function readOutputSchema(
  schema: unknown,
  tellOddity: (oddity: string) => void,
): JsonSchema | undefined {
  if (schema !== undefined && schema !== null && typeof schema !== "boolean" && !isRecord(schema)) {
    tellOddity(`its outputSchema is ${kindOf(schema)}, not a schema; it is left out`);
  }
  if (!isRecord(schema)) return undefined;
  if (isManyValues(schema, maxSchemaValues)) {
    tellOddity(`its outputSchema is made of more than ${maxSchemaValues} values; it is left out`);
    return undefined;
  }
  return withoutNulls(schema);
}

/** Some languages write null for what is not there. */
function withoutNulls(schema: JsonSchema): JsonSchema {
  const said = Object.entries(schema).filter(
    ([keyword, value]) => value !== null || keyword === "default" || keyword === "const",
  );
  return Object.fromEntries(said);
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
