import { CodeModeError } from "../base/errors.js";
import { fromGoogleSchema, isGoogleSchema } from "./google-schema.js";
import type { JsonSchema, JsonSchemaWrapper, ToolSchema } from "./tool-definition.js";

/** Schemas that were promised, by their promises. */
const settled = new WeakMap<object, unknown>();

/**
 * A schema as the rest of codecell reads it: one that a function makes is made, and one in the dialect of
 * Google's APIs is translated.
 *
 * @param givenName - The tool's name, for messages.
 * @throws {CodeModeError} ERR_INVALID_TOOL if the function fails.
 */
export function toPlainSchema(
  givenName: string,
  schema: ToolSchema | undefined,
): ToolSchema | undefined {
  if (typeof schema === "function" && !("~standard" in schema)) {
    return toPlainSchema(givenName, makeSchema(givenName, schema));
  }
  if (isThenable(schema)) {
    keepSettled(schema);
    return { jsonSchema: schema };
  }
  if (typeof schema !== "object" || schema === null || "~standard" in schema) return schema;
  const promised = promisedIn(schema);
  if (promised !== undefined) return promised;
  return isGoogleSchema(schema) ? fromGoogleSchema(schema) : schema;
}

/** What a promised schema has become; undefined until then. */
export function settledSchema(promise: PromiseLike<unknown>): unknown {
  return settled.get(promise);
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}

/** A wrapper of a schema that is on its way, with one promise of it. */
function promisedIn(wrapper: object): ToolSchema | undefined {
  if (!("jsonSchema" in wrapper)) return undefined;
  const { jsonSchema } = wrapper;
  if (!isThenable(jsonSchema)) return undefined;
  keepSettled(jsonSchema);
  const { validate } = wrapper as JsonSchemaWrapper;
  const promised = { jsonSchema: jsonSchema as PromiseLike<JsonSchema> };
  return validate === undefined ? promised : { ...promised, validate: validate.bind(wrapper) };
}

function keepSettled(promise: PromiseLike<unknown>): void {
  promise.then(
    (schema) => settled.set(promise, schema),
    // Whoever checks an input with it is told.
    () => undefined,
  );
}

function makeSchema(givenName: string, make: unknown): ToolSchema | undefined {
  try {
    return (make as () => ToolSchema | undefined)();
  } catch (cause) {
    const message = `The tool "${givenName}" cannot be used: the function that makes its schema failed.`;
    throw new CodeModeError("ERR_INVALID_TOOL", message, { cause });
  }
}
