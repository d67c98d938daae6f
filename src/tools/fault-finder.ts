import type { ErrorObject, ValidateFunction } from "ajv";
import { previewJson } from "../base/json-preview.js";
import { runWithin } from "../base/time-bound.js";
import { type SchemaProblem, type SchemaRefusal, toRefusal } from "./schema-verdict.js";

/** Characters of a schema's own values, and of a property's name, in a message. */
const maxShownLength = 400;
/**
 * Milliseconds of the host's thread that compiling a schema may take, once, and looking for all faults of
 * an input. All faults are kept until they are counted, and an input may have as many as it has values.
 */
const maxCompileMs = 80;
const maxFaultsMs = 25;

/** Finds all faults of inputs that do not fit, for which the check itself stops at the first one. */
export class FaultFinder {
  readonly #compile: () => ValidateFunction;
  #validate: ValidateFunction | undefined;
  /** Whether compiling took too long once. */
  #isSlow = false;

  /** @param compile - Compiles the schema to a function that goes on after a fault. */
  constructor(compile: () => ValidateFunction) {
    this.#compile = compile;
  }

  /**
   * @param mayCompile - Whether there is time to compile the schema, where it has not been.
   * @returns Undefined where it takes too long.
   */
  find(input: unknown, mayCompile: boolean): SchemaRefusal | undefined {
    if (mayCompile) this.#compileOnce();
    const validate = this.#validate;
    if (validate === undefined) return undefined;
    const { isDone } = runWithin(maxFaultsMs, () => validate(input));
    return isDone ? toRefusal(validate.errors ?? [], toProblem) : undefined;
  }

  #compileOnce(): void {
    if (this.#validate !== undefined || this.#isSlow) return;
    const made = runWithin(maxCompileMs, this.#compile);
    if (made.isDone) this.#validate = made.result;
    else this.#isSlow = true;
  }
}

/** What a check that stops at the first fault has found. */
export function firstFault({ errors }: ValidateFunction): SchemaRefusal {
  return { ...toRefusal(errors ?? [], toProblem), more: undefined };
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
      return `must be one of ${previewJson(params["allowedValues"], maxShownLength)}`;
    case "const":
      return `must be ${previewJson(params["allowedValue"], maxShownLength)}`;
    case "additionalProperties":
    case "unevaluatedProperties": {
      const property: unknown = params["additionalProperty"] ?? params["unevaluatedProperty"];
      return `must not have the property ${previewJson(property, maxShownLength)}`;
    }
    default:
      return message;
  }
}
