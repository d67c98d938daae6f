import type { DefinedError } from "ajv";
import { beginningOf } from "../../base/shorten.js";
import { vendored } from "../../base/vendored.js";
import { configSchema } from "./config-schema.js";
import type { ConfigFault } from "./config-variables.js";

type ConfigErrors = (value: unknown) => readonly DefinedError[];

const compiled = new WeakMap<object, ConfigErrors>();

/**
 * All that is wrong with the shape of a configuration of MCP servers.
 *
 * @param written - As it was before the values of variables were put in, which may be secrets.
 */
export function shapeFaults(value: unknown, written: unknown): readonly ConfigFault[] {
  return faultsOfShape(configSchema, value, written);
}

/** The same of another schema, whose descriptions say what is expected. */
export function faultsOfShape(
  schema: object,
  value: unknown,
  written: unknown = value,
): readonly ConfigFault[] {
  const errorsOf = compiled.get(schema) ?? compile(schema);
  compiled.set(schema, errorsOf);
  // These two only say that another one applies.
  const errors = errorsOf(value).filter(
    ({ keyword }) => !["if", "propertyNames"].includes(keyword),
  );
  return errors.map((error) => toFault(error, written));
}

function compile(schema: object): ConfigErrors {
  const { Ajv } = vendored("ajv");
  // The schema is our own, and is used once: to check and to optimize it takes several times as long as to use it.
  const isOwn = { meta: false, validateSchema: false, code: { optimize: false } };
  const options = { verbose: true, strict: false, allErrors: true, ...isOwn };
  const validate = new Ajv(options).compile(schema);
  return (value) => (validate(value) ? [] : ((validate.errors ?? []) as DefinedError[]));
}

function toFault(error: DefinedError, written: unknown): ConfigFault {
  const path = error.instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  if (error.keyword === "required") {
    const { missingProperty } = error.params;
    const expected = describeSchema(error.parentSchema?.["properties"]?.[missingProperty]);
    const text = `is missing: expected ${expected}${keysOf(error.data)}`;
    return { path: [...path, missingProperty], text };
  }
  if (error.keyword === "additionalProperties") {
    return { path: [...path, error.params.additionalProperty], text: "is not known" };
  }
  const found = describeFound(valueAt(written, path), error.keyword !== "type");
  return { path, text: `should be ${describeSchema(error.parentSchema)}, but is ${found}` };
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce((at, key) => (at as Readonly<Record<string, unknown>>)[key], value);
}

function describeSchema(schema: unknown): string {
  const { description } = (schema ?? {}) as { description?: string };
  return description ?? "something else";
}

/** Values are not shown where they may be secrets: only texts that break a rule of their own are. */
function describeFound(value: unknown, isShown: boolean): string {
  if (value === null) {
    return "null";
  }
  if (Array.isArray(value)) {
    return "an array";
  }
  if (typeof value === "string") {
    return isShown ? `the text ${JSON.stringify(beginningOf(value, 80))}` : "a text";
  }
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function keysOf(value: unknown): string {
  const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
  return keys.length === 0 ? "" : ` (found only: ${keys.slice(0, 8).join(", ")})`;
}
