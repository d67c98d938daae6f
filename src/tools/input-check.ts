import type { StandardSchemaV1 } from "@standard-schema/spec";
import { describeThrown, describeValue } from "../base/describe-value.js";
import { CodeModeError } from "../base/errors.js";
import { jsonSchemaValidate, SlowCheckError } from "./json-schema.js";
import { toWrapperVerdict, type WrapperValidate } from "./own-validation.js";
import { isThenable, toPlainSchema } from "./plain-schema.js";
import {
  describeProblems,
  type SchemaRefusal,
  type SchemaValidate,
  type SchemaVerdict,
} from "./schema-verdict.js";
import { standardSchemaValidate } from "./standard-schema.js";
import type { ToolSchema } from "./tool-definition.js";

/** An input that a tool may be run with. */
export interface CheckedInput {
  readonly input: unknown;
}

/**
 * Checks the input of a call; answers at once unless the schema is asynchronous.
 *
 * @param length - UTF-16 units of the input's JSON text.
 * @throws {TypeError} If the input is not what the schema wants; the message says all that is wrong, up to
 *   a number of faults.
 */
export type InputCheck = (
  toolName: string,
  input: unknown,
  length: number,
) => CheckedInput | Promise<CheckedInput>;

/**
 * Makes the check of a tool's inputs from its schema; undefined where anything passes.
 *
 * @param givenName - The tool's name, for messages.
 * @param onInvalidSchema - Told once where a JSON Schema cannot be compiled, and anything passes.
 * @throws {CodeModeError} ERR_INVALID_TOOL if this is no schema. A JSON Schema is compiled when the
 *   tool is first called, and rejects the call where that fails.
 */
export function toInputCheck(
  givenName: string,
  schema: unknown,
  onInvalidSchema?: (problem: string) => void,
): InputCheck | undefined {
  if (schema === undefined) return undefined;
  const validate = toValidate(givenName, schema, onInvalidSchema);
  return (toolName, input, length) => {
    const verdict = validate(input, length);
    return verdict instanceof Promise
      ? verdict.then((late) => accept({ toolName, validate, input }, late))
      : accept({ toolName, validate, input }, verdict);
  };
}

interface Check {
  readonly toolName: string;
  readonly validate: SchemaValidate;
  readonly input: unknown;
}

function accept(check: Check, verdict: SchemaVerdict): CheckedInput | Promise<CheckedInput> {
  if ("value" in verdict) return { input: verdict.value };
  // A call without input is a call with an empty object, where that is enough.
  if (check.input === null) {
    const retried = check.validate({}, 2);
    return retried instanceof Promise
      ? retried.then((late) => acceptEmpty(check, verdict, late))
      : acceptEmpty(check, verdict, retried);
  }
  throw invalidInput(check, verdict);
}

function acceptEmpty(check: Check, refusal: SchemaRefusal, verdict: SchemaVerdict): CheckedInput {
  if ("value" in verdict) return { input: verdict.value };
  throw invalidInput(check, refusal);
}

function toValidate(
  givenName: string,
  schema: unknown,
  onInvalidSchema: ((problem: string) => void) | undefined,
): SchemaValidate {
  if (isStandardSchema(schema)) return standardSchemaValidate(schema);
  if (isRecord(schema) && "jsonSchema" in schema && typeof schema["validate"] === "function") {
    const { validate } = schema as { readonly validate: WrapperValidate };
    return (input) => {
      const result = validate.call(schema, input);
      return isThenable(result)
        ? Promise.resolve(result).then(toWrapperVerdict)
        : toWrapperVerdict(result);
    };
  }
  if (isRecord(schema) && isThenable(schema["jsonSchema"])) {
    const made = Promise.resolve(schema["jsonSchema"]).then((late) =>
      toValidate(givenName, toPlainSchema(givenName, late as ToolSchema), onInvalidSchema),
    );
    // Each call that needs it is told.
    made.catch(() => undefined);
    return async (input, length) => (await made)(input, length);
  }
  const json = isRecord(schema) && isRecord(schema["jsonSchema"]) ? schema["jsonSchema"] : schema;
  if (!isRecord(json)) {
    throw new CodeModeError(
      "ERR_INVALID_TOOL",
      `The tool "${givenName}" cannot be used: its "inputSchema" must be a Standard Schema or a JSON Schema, and is ${describeValue(schema)}.`,
    );
  }
  const validate = jsonSchemaValidate(json, onInvalidSchema === undefined ? "host" : "server");
  let isUsable = true;
  return (input, length) => {
    if (!isUsable) return { value: input };
    try {
      return validate(input, length);
    } catch (thrown) {
      if (onInvalidSchema !== undefined) {
        isUsable = false;
        onInvalidSchema(describeThrown(thrown));
        return { value: input };
      }
      if (thrown instanceof SlowCheckError) {
        throw new TypeError(`The input of tool "${givenName}" is not checked: ${thrown.message}.`);
      }
      // The compiler of schemas, or of the code that it writes, ran out of stack.
      const isTooLarge = thrown instanceof RangeError;
      const fault = isTooLarge
        ? "is too large or too deep to make a check of it; give it fewer properties, formats or levels"
        : "is not a valid JSON Schema";
      throw new CodeModeError(
        "ERR_INVALID_TOOL",
        `The inputSchema of tool "${givenName}" ${fault}: ${describeThrown(thrown)}`,
        { cause: thrown },
      );
    }
  };
}

/** Some libraries make their schemas functions. */
function isStandardSchema(schema: unknown): schema is StandardSchemaV1 {
  if ((typeof schema !== "object" && typeof schema !== "function") || schema === null) return false;
  const standard: unknown = "~standard" in schema ? schema["~standard"] : undefined;
  return isRecord(standard) && typeof standard["validate"] === "function";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalidInput({ toolName, input }: Check, refusal: SchemaRefusal): TypeError {
  const faults = describeProblems(
    refusal,
    "the input",
    ({ path }) => `, got ${describeValue(valueAt(input, path))}`,
  );
  return new TypeError(`Invalid input for tool "${toolName}": ${faults}.`);
}

function valueAt(input: unknown, path: readonly string[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
