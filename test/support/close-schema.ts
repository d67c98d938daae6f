import type { JsonSchema } from "../../src/index.js";

const lists = ["anyOf", "oneOf", "allOf"];
const records = ["properties", "patternProperties"];
const structural = [...lists, ...records, "additionalProperties", "items", "prefixItems", "$ref"];

/**
 * The same schema (2020-12) as declarations understand it: what it lets through without a word, other
 * properties and further members of tuples, and tuples cut short, it lets through no more.
 */
export function closeSchema(schema: JsonSchema): JsonSchema {
  return close(schema, "whole");
}

/** A part of what another schema says of the same value must leave room for the other parts. */
type Extent = "whole" | "part";

function close<T>(schema: T, extent: Extent): T | JsonSchema;
function close(schema: JsonSchema, extent: Extent): JsonSchema;
function close(schema: unknown, extent: Extent): unknown {
  if (typeof schema !== "object" || schema === null) return schema;
  const closed: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) closed[keyword] = closeIn(keyword, value);
  const { required, prefixItems, minItems } = closed;
  if (Array.isArray(required) && !("additionalProperties" in closed)) {
    const unnamed = Object.fromEntries(required.map((name) => [name, true]));
    closed["properties"] = { ...unnamed, ...(closed["properties"] as object) };
  }
  if (Array.isArray(prefixItems) && minItems === undefined) closed["minItems"] = prefixItems.length;
  if (extent === "whole" && structural.some((keyword) => keyword in closed)) {
    Object.assign(closed, { unevaluatedProperties: false, unevaluatedItems: false });
  }
  return closed;
}

function closeIn(keyword: string, value: unknown): unknown {
  if (keyword === "prefixItems") return (value as unknown[]).map((one) => close(one, "whole"));
  if (lists.includes(keyword)) return (value as unknown[]).map((one) => close(one, "part"));
  if (keyword === "items" || keyword === "additionalProperties") return close(value, "whole");
  const extent = keyword === "$defs" ? "part" : "whole";
  if (keyword !== "$defs" && !records.includes(keyword)) return value;
  const entries = Object.entries(value as object);
  return Object.fromEntries(entries.map(([name, one]) => [name, close(one, extent)]));
}
