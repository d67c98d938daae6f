import type { JsonSchema } from "../tools/tool-definition.js";

/** A schema inside a JSON Schema: `true` lets everything through, `false` nothing. */
export type SchemaNode = JsonSchema | boolean;

export function isRecord(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isSchemaNode(value: unknown): value is SchemaNode {
  return typeof value === "boolean" || isRecord(value);
}

/** The schemas in a keyword's list; empty where it is no list. */
export function schemasIn(list: unknown): readonly SchemaNode[] {
  return Array.isArray(list) ? list.filter(isSchemaNode) : [];
}

/** The schemas in a keyword's record, by key; empty where it is no record. */
export function schemaEntries(record: unknown): readonly (readonly [string, SchemaNode])[] {
  if (!isRecord(record)) return [];
  return Object.entries(record).filter((entry): entry is [string, SchemaNode] =>
    isSchemaNode(entry[1]),
  );
}

/** The members of the first positions of an array: `prefixItems`, or `items` where it is a list. */
export function tupleItems({ prefixItems, items }: JsonSchema): readonly SchemaNode[] {
  return schemasIn(prefixItems ?? items);
}

/** What the members of an array that no position describes must be; undefined where nothing says. */
export function restItems(schema: JsonSchema): SchemaNode | undefined {
  const rest = Array.isArray(schema["items"]) ? schema["additionalItems"] : schema["items"];
  return isSchemaNode(rest) ? rest : undefined;
}

/** The schemas directly inside another that its type is made of, `$ref` aside. */
export function subschemas(schema: JsonSchema): readonly SchemaNode[] {
  const { additionalProperties } = schema;
  const rest = restItems(schema);
  return [
    ...schemaEntries(schema["properties"]).map(([, property]) => property),
    ...schemaEntries(schema["patternProperties"]).map(([, property]) => property),
    ...(isSchemaNode(additionalProperties) ? [additionalProperties] : []),
    ...tupleItems(schema),
    ...(rest === undefined ? [] : [rest]),
    ...schemasIn(schema["anyOf"]),
    ...schemasIn(schema["oneOf"]),
    ...schemasIn(schema["allOf"]),
  ];
}
