import type { StandardSchemaV1 } from "@standard-schema/spec";
import { builtin } from "../base/builtin.js";
import { describeThrown } from "../base/describe-value.js";
import { jsonSchemaValidate } from "./json-schema.js";
import { type SchemaRefusal, type SchemaVerdict, toRefusal } from "./schema-verdict.js";
import { toProblem } from "./standard-schema.js";
import type { JsonSchema, ToolSchema } from "./tool-definition.js";

/** How the AI SDK's wrapper of a schema judges a value. */
export type WrapperValidate = (value: unknown) => unknown;

/** What a wrapper's own `validate` says of a value. */
export function toWrapperVerdict(result: unknown): SchemaVerdict {
  const { success, value, error } = result as Readonly<Record<string, unknown>>;
  return success === true ? { value } : refusalOf(error);
}

/**
 * The schema of a tool that reads its input with a function of its own, as those of SDKs do: it judges the
 * input, fills in defaults and gives what the tool is run with. The JSON Schema judges what the function
 * lets through as it came: there are functions that only pass things on.
 *
 * @param parse - Throws where the input is wrong.
 */
export function parsedSchema(
  schema: JsonSchema | undefined,
  parse: (input: unknown) => unknown,
): ToolSchema {
  const relaxed = schema && withOptionalDefaults(schema);
  const check = relaxed && jsonSchemaValidate(relaxed, "host");
  const validate = async (input: unknown): Promise<StandardSchemaV1.Result<unknown>> => {
    let value: unknown;
    try {
      value = await parse(input);
    } catch (thrown) {
      return { issues: toIssues(refusalOf(thrown)) };
    }
    if (check === undefined || !builtin("node:util").isDeepStrictEqual(value, input))
      return { value };
    const verdict = await check(input, JSON.stringify(input).length);
    return "value" in verdict ? { value } : { issues: toIssues(verdict) };
  };
  const convert = (): JsonSchema => relaxed ?? {};
  const jsonSchema = { input: convert, output: convert };
  const standard = { version: 1 as const, vendor: "codecell", validate, jsonSchema };
  return { "~standard": standard };
}

/**
 * A JSON Schema in which no property with a default is required. Libraries require them where they
 * describe what a strict model must send.
 */
export function withOptionalDefaults(schema: JsonSchema): JsonSchema {
  return relax(schema, 0) as JsonSchema;
}

const maxDepth = 100;

function relax(schema: unknown, depth: number): unknown {
  if (typeof schema !== "object" || schema === null || depth > maxDepth) return schema;
  if (Array.isArray(schema)) return schema.map((member) => relax(member, depth + 1));
  const relaxed = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, relax(value, depth + 1)]),
  );
  const { required, properties } = relaxed;
  if (Array.isArray(required) && typeof properties === "object" && properties !== null) {
    relaxed["required"] = required.filter((key) => !hasDefault(properties, key));
  }
  return relaxed;
}

function hasDefault(properties: object, key: unknown): boolean {
  const property: unknown = (properties as Readonly<Record<string, unknown>>)[String(key)];
  return typeof property === "object" && property !== null && "default" in property;
}

/** The errors of many libraries have issues as Standard Schema has them. */
function refusalOf(thrown: unknown): SchemaRefusal {
  const { issues } = (thrown ?? {}) as { readonly issues?: unknown };
  const isList = Array.isArray(issues) && issues.length > 0;
  return isList
    ? toRefusal(issues as readonly StandardSchemaV1.Issue[], toProblem)
    : { problems: [{ path: [], message: describeThrown(thrown) }], more: 0 };
}

function toIssues({ problems }: SchemaRefusal): readonly StandardSchemaV1.Issue[] {
  return problems.map(({ path, message }) => ({ path, message }));
}
