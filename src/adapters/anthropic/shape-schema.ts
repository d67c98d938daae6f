import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { JsonSchema, ToolSchema } from "../../tools/tool-definition.js";

/** A schema for each property, as `tool()` of the Claude Agent SDK takes them. */
type Shape = Readonly<Record<string, StandardSchemaV1>>;

/**
 * The schema of an object from those of its properties. Properties that the shape does not have are left
 * out of what the tool is run with. A schema of a whole input stays as it is.
 */
export function shapeSchema(shape: object): ToolSchema {
  if ("~standard" in shape) return shape as StandardSchemaV1;
  const properties = Object.entries(shape as Shape);
  const validate = async (input: unknown): Promise<StandardSchemaV1.Result<unknown>> => {
    if (typeof input !== "object" || input === null || Array.isArray(input)) {
      return { issues: [{ message: "must be an object" }] };
    }
    const issues: StandardSchemaV1.Issue[] = [];
    const value: Record<string, unknown> = {};
    for (const [key, schema] of properties) {
      const given = (input as Readonly<Record<string, unknown>>)[key];
      const result = await schema["~standard"].validate(given);
      for (const { message, path = [] } of result.issues ?? []) {
        issues.push({ message, path: [key, ...path] });
      }
      if (result.issues === undefined && result.value !== undefined) value[key] = result.value;
    }
    return issues.length === 0 ? { value } : { issues };
  };
  const convert = (): JsonSchema => toJsonSchema(properties);
  const jsonSchema = { input: convert, output: convert };
  return { "~standard": { version: 1, vendor: "codecell", validate, jsonSchema } };
}

function toJsonSchema(properties: readonly (readonly [string, StandardSchemaV1])[]): JsonSchema {
  return {
    type: "object",
    properties: Object.fromEntries(
      properties.map(([key, schema]) => [key, propertySchema(schema)]),
    ),
    required: properties.flatMap(([key, schema]) => (isRequired(schema) ? [key] : [])),
  };
}

interface Converter {
  input(options: { readonly target: string }): JsonSchema;
}

/** Anything, where the library does not convert its schemas. */
function propertySchema({ "~standard": standard }: StandardSchemaV1): JsonSchema {
  const { jsonSchema } = standard as { readonly jsonSchema?: Converter };
  try {
    const { $schema: _, ...schema } = jsonSchema?.input({ target: "draft-2020-12" }) ?? {};
    return schema;
  } catch {
    return {};
  }
}

function isRequired({ "~standard": { validate } }: StandardSchemaV1): boolean {
  const result = validate(undefined);
  return !(result instanceof Promise) && result.issues !== undefined;
}
