import { createRequire } from "node:module";
import type { ErrorObject, Options, ValidateFunction } from "ajv";
import { previewJson } from "../base/json-preview.js";
import type { SchemaProblem, SchemaValidate } from "./schema-verdict.js";
import type { JsonSchema } from "./tool-definition.js";

// Loaded when a JSON Schema is first used: that takes longer than the first hundred cells.
const require = createRequire(import.meta.url);

/** Characters of a schema's own values, and of a property's name, in a message. */
const longestShown = 400;

interface Dialect {
  readonly Ajv: typeof import("ajv").Ajv;
  /** Knows the dialect's own schema; made once, for it is slow. */
  readonly metaSchema: import("ajv").Ajv;
}

const common: Options = { strict: false, logger: false, verbose: true };

const dialects = new Map<string, Dialect>();

/**
 * Compiles a JSON Schema when it is first asked.
 *
 * @returns A function that throws where the schema cannot be compiled.
 */
export function jsonSchemaValidate(schema: JsonSchema): SchemaValidate {
  let validate: ValidateFunction | undefined;
  return (input) => {
    validate ??= compile(schema);
    if (validate(input)) return { value: input };
    return { problems: (validate.errors ?? []).map(toProblem) };
  };
}

function compile(schema: JsonSchema): ValidateFunction {
  if (schema["$async"] === true) throw new TypeError("a schema with $async is not JSON Schema");
  const dialect = dialectOf(schema);
  // Without `$schema`, so that a dialect Ajv has never heard of is read as the default one.
  const { $schema: _, ...rest } = schema;
  if (!dialect.metaSchema.validateSchema(rest)) {
    throw new TypeError(dialect.metaSchema.errorsText(dialect.metaSchema.errors));
  }
  // An instance of its own for each schema: an `$id` is then no one else's business.
  const ajv = new dialect.Ajv({ ...common, validateSchema: false });
  const { default: addFormats } = require("ajv-formats") as {
    default(ajv: import("ajv").Ajv): void;
  };
  addFormats(ajv);
  return ajv.compile(rest);
}

function dialectOf({ $schema }: JsonSchema): Dialect {
  const is2020 = typeof $schema === "string" && $schema.includes("2020-12");
  const name = is2020 ? "Ajv2020" : "Ajv";
  let dialect = dialects.get(name);
  if (dialect === undefined) {
    const loaded = require(is2020 ? "ajv/dist/2020.js" : "ajv") as Record<string, Dialect["Ajv"]>;
    const Ajv = loaded[name];
    if (Ajv === undefined) throw new TypeError(`The package ajv has no ${name}.`);
    dialect = { Ajv, metaSchema: new Ajv(common) };
    dialects.set(name, dialect);
  }
  return dialect;
}

function toProblem(error: ErrorObject): SchemaProblem {
  return { path: readPointer(error.instancePath), message: toMessage(error) };
}

function readPointer(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function toMessage({ keyword, message = "is not valid", params }: ErrorObject): string {
  switch (keyword) {
    case "enum":
      return `must be one of ${previewJson(params["allowedValues"], longestShown)}`;
    case "const":
      return `must be ${previewJson(params["allowedValue"], longestShown)}`;
    case "additionalProperties":
    case "unevaluatedProperties": {
      const property: unknown = params["additionalProperty"] ?? params["unevaluatedProperty"];
      return `must not have the property ${previewJson(property, longestShown)}`;
    }
    default:
      return message;
  }
}
