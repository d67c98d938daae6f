import { isThenable, settledSchema } from "../tools/plain-schema.js";
import { isRecord, isSchemaNode, type SchemaNode } from "./schema-node.js";

/** Which side of a schema that changes what passes through it: what it takes, or what it gives. */
export type SchemaSide = "input" | "output";

type Convert = (options: {
  readonly target: "draft-2020-12";
  readonly libraryOptions?: Readonly<Record<string, unknown>>;
}) => unknown;

/** Makes each library say "anything" for what JSON Schema cannot say, instead of giving up. */
const lenientOptions: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  zod: { unrepresentable: "any" },
  valibot: { errorMode: "ignore" },
  arktype: { fallback: ({ base }: { readonly base: unknown }) => base },
};

/**
 * The JSON Schema of a tool's schema, as plain data: of a Standard Schema what its `jsonSchema`
 * converter gives, of the AI SDK's wrapper what is in it, of a JSON Schema a copy.
 *
 * @returns Undefined if there is none: the library has no converter, or the converter fails.
 */
export function readJsonSchema(schema: unknown, side: SchemaSide): SchemaNode | undefined {
  try {
    const copy: unknown = JSON.parse(JSON.stringify(toJsonSchema(schema, side) ?? null));
    return isSchemaNode(copy) ? copy : undefined;
  } catch {
    return undefined;
  }
}

function toJsonSchema(schema: unknown, side: SchemaSide): unknown {
  // Some libraries make their schemas functions.
  if ((typeof schema !== "object" && typeof schema !== "function") || schema === null) {
    return undefined;
  }
  const standard: unknown = "~standard" in schema ? schema["~standard"] : undefined;
  const converted = isRecord(standard) ? convert(standard, side) : undefined;
  if (converted !== undefined) return converted;
  const wrapped: unknown = "jsonSchema" in schema ? schema.jsonSchema : undefined;
  if (isThenable(wrapped)) return toJsonSchema(settledSchema(wrapped), side);
  if (isRecord(wrapped)) return wrapped;
  return standard === undefined ? schema : undefined;
}

function convert(standard: Readonly<Record<string, unknown>>, side: SchemaSide): unknown {
  const { jsonSchema: converter, vendor } = standard;
  if (!isRecord(converter) || typeof converter[side] !== "function") return undefined;
  const convertSide = converter[side] as Convert;
  const target = "draft-2020-12";
  try {
    return convertSide({ target });
  } catch (thrown) {
    const libraryOptions = typeof vendor === "string" ? lenientOptions[vendor] : undefined;
    if (libraryOptions === undefined) throw thrown;
    return convertSide({ target, libraryOptions });
  }
}
