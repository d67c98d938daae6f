import type { StandardSchemaV1 } from "@standard-schema/spec";
import {
  type SchemaProblem,
  type SchemaValidate,
  type SchemaVerdict,
  toRefusal,
} from "./schema-verdict.js";

/** Asks a Standard Schema; the value to go on with is what the schema made of the input. */
export function standardSchemaValidate(schema: StandardSchemaV1): SchemaValidate {
  return (input) => {
    const result = schema["~standard"].validate(input);
    return result instanceof Promise ? result.then(toVerdict) : toVerdict(result);
  };
}

function toVerdict(result: StandardSchemaV1.Result<unknown>): SchemaVerdict {
  if (result.issues === undefined) return { value: result.value };
  return toRefusal(result.issues, toProblem);
}

export function toProblem({ path = [], message }: StandardSchemaV1.Issue): SchemaProblem {
  return {
    path: path.map((segment) => String(typeof segment === "object" ? segment.key : segment)),
    message,
  };
}
