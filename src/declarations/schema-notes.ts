import { shorten } from "../base/shorten.js";
import type { JsonSchema } from "../tools/tool-definition.js";
import { toCommentLine } from "./comment-text.js";
import { isRecord } from "./schema-node.js";

const maxDetailLength = 120;

/** What a comment says about a schema in one line: its description, and what a type cannot say. */
export function schemaNote(schema: JsonSchema, target: JsonSchema | undefined): string {
  const { description = target?.["description"] } = schema;
  const said = typeof description === "string" ? toCommentLine(description) : "";
  const details = toCommentLine([...detailsOf({ ...target, ...schema })].join(", "));
  if (said === "" || details === "") return said || details;
  return `${said} (${details})`;
}

function* detailsOf(schema: JsonSchema): Generator<string> {
  const { type, items, format, pattern, deprecated } = schema;
  if (deprecated === true) yield "deprecated";
  if (type === "integer" || (Array.isArray(type) && type.includes("integer"))) yield "integer";
  if (typeof format === "string") yield shorten(`format: ${format}`, maxDetailLength);
  if (isRecord(items) && typeof items["format"] === "string")
    yield shorten(`format of each: ${items["format"]}`, maxDetailLength);
  if (typeof pattern === "string") yield shorten(`pattern: ${pattern}`, maxDetailLength);
  yield* rangeOf(schema);
  if (schema["default"] !== undefined)
    yield shorten(`default: ${JSON.stringify(schema["default"])}`, maxDetailLength);
}

const ranges = [
  { least: "minLength", most: "maxLength", unit: " characters" },
  { least: "minItems", most: "maxItems", unit: " items" },
] as const;

function* rangeOf(schema: JsonSchema): Generator<string> {
  const bounds = [
    ["≥", schema["minimum"]],
    [">", schema["exclusiveMinimum"]],
    ["≤", schema["maximum"]],
    ["<", schema["exclusiveMaximum"]],
  ] as const;
  for (const [sign, bound] of bounds) {
    // What a safe integer is anyway says nothing.
    if (typeof bound === "number" && Math.abs(bound) < Number.MAX_SAFE_INTEGER) {
      yield `${sign} ${bound}`;
    }
  }
  for (const { least, most, unit } of ranges) {
    const from = schema[least];
    const to = schema[most];
    if (typeof from === "number" && from > 0) yield `≥ ${from}${unit}`;
    if (typeof to === "number") yield `≤ ${to}${unit}`;
  }
}
