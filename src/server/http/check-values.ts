import type { ErrorObject, ValidateFunction } from "ajv";
import { vendored } from "../../base/vendored.js";
import { ServiceError } from "../service-error.js";
import type { JsonSchemaObject } from "./route.js";

const compiled = new WeakMap<JsonSchemaObject, ValidateFunction>();

/**
 * Checks a value from outside against a schema of our own.
 *
 * @param what - What it is, as the beginning of a sentence.
 * @throws {ServiceError} ERR_BODY, with the first fault.
 */
export function checkValue(schema: JsonSchemaObject, value: unknown, what: string): void {
  const validate = compiled.get(schema) ?? compile(schema);
  if (validate(value)) return;
  const [first] = validate.errors ?? [];
  throw new ServiceError(
    "ERR_BODY",
    `${what} ${first === undefined ? "is wrong" : faultOf(first)}.`,
  );
}

function compile(schema: JsonSchemaObject): ValidateFunction {
  const { Ajv2020 } = vendored("ajv");
  const validate = new Ajv2020({ strict: false, meta: false, validateSchema: false }).compile(
    schema,
  );
  compiled.set(schema, validate);
  return validate;
}

function faultOf({ instancePath, keyword, params, message = "is wrong" }: ErrorObject): string {
  const at = instancePath === "" ? "" : `at ${instancePath.slice(0, 200)} `;
  if (keyword === "additionalProperties") {
    const name = JSON.stringify(String(params["additionalProperty"]).slice(0, 100));
    return `${at}has the member ${name}, which is not known`;
  }
  if (keyword === "enum") {
    return `${at}must be one of ${JSON.stringify(params["allowedValues"])}`;
  }
  return `${at}${message}`;
}
