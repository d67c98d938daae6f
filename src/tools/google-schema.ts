import type { JsonSchema } from "./tool-definition.js";

const types: ReadonlyMap<unknown, string> = new Map(
  ["STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"].map((name) => [
    name,
    name.toLowerCase(),
  ]),
);

/** Numbers that the API has as text, because 64 bits do not fit into a number of JSON. */
const counts = [
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "minProperties",
  "maxProperties",
] as const;

/** Schemas within schemas that are translated; what lies deeper stays as it is. */
const maxDepth = 100;

/** Whether a schema is one of Google's APIs (`Schema` of `@google/genai`), by its type. */
export function isGoogleSchema(schema: object): schema is JsonSchema {
  return "type" in schema && types.has(schema.type);
}

/** Google's dialect of OpenAPI, as JSON Schema. */
export function fromGoogleSchema(schema: JsonSchema): JsonSchema {
  return translate(schema, 0) as JsonSchema;
}

function translate(schema: unknown, depth: number): unknown {
  if (!isRecord(schema) || depth > maxDepth) return schema;
  const {
    type,
    nullable,
    properties,
    items,
    anyOf,
    example,
    propertyOrdering: _,
    ...rest
  } = schema;
  const translated: Record<string, unknown> = { ...rest };
  const inner = (value: unknown): unknown => translate(value, depth + 1);
  const plainType = types.get(type);
  if (plainType !== undefined) {
    translated["type"] = nullable === true ? [plainType, "null"] : plainType;
  }
  if (nullable === true && Array.isArray(rest["enum"])) {
    translated["enum"] = [...(rest["enum"] as readonly unknown[]), null];
  }
  if (isRecord(properties)) {
    const entries = Object.entries(properties).map(([key, value]) => [key, inner(value)]);
    translated["properties"] = Object.fromEntries(entries);
  }
  if (items !== undefined) translated["items"] = inner(items);
  if (Array.isArray(anyOf)) {
    const choices = anyOf.map(inner);
    const isNullable = nullable === true && plainType === undefined;
    translated["anyOf"] = isNullable ? [...choices, { type: "null" }] : choices;
  }
  if (example !== undefined) translated["examples"] = [example];
  // The API's own format of an enum, which JSON Schema does not know.
  if (rest["format"] === "enum") delete translated["format"];
  for (const count of counts) {
    const value = rest[count];
    if (typeof value === "string" && /^\d+$/.test(value)) translated[count] = Number(value);
  }
  return translated;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
