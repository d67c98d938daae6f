import { describeThrown, describeValue } from "../base/describe-value.js";
import { isOversizedJson } from "./input-size.js";
import { ModelInputError } from "./model-input-error.js";

/** The arguments of a function tool, by name, as a model sent them. */
export type ToolArguments = Readonly<Record<string, unknown>>;

/** Which tool they are for, what it takes, and how a right call looks. */
export interface ArgumentsShape {
  readonly tool: "exec" | "wait";
  readonly known: readonly string[];
  readonly example: string;
}

/**
 * Reads the arguments of a function tool from an object or its JSON text.
 *
 * @throws {ModelInputError} If it is neither, or has a key the tool does not take.
 */
export function readArguments(input: unknown, shape: ArgumentsShape): ToolArguments {
  const value = typeof input === "string" ? parseJson(input, shape) : input;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrong(shape, `takes a JSON object; got ${describeValue(value)}`);
  }
  const unknown = Object.keys(value).find((key) => !shape.known.includes(key));
  if (unknown !== undefined) {
    throw wrong(shape, `takes ${shape.known.join(", ")}; got \`${unknown.slice(0, 100)}\``);
  }
  return value as ToolArguments;
}

function parseJson(text: string, shape: ArgumentsShape): unknown {
  if (isOversizedJson(text)) {
    throw wrong(shape, `takes a JSON object of ${shape.known.join(", ")}, and this is larger`);
  }
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw wrong(shape, `takes a JSON object, and this is not JSON: ${describeThrown(thrown)}`);
  }
}

/** A non-negative whole number; null, as strict schemas make models send, is as good as nothing. */
export function readCount(
  values: ToolArguments,
  name: string,
  shape: ArgumentsShape,
): number | undefined {
  const value = values[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw wrong(
      shape,
      `wants \`${name}\` as a non-negative safe integer; got ${describeValue(value)}`,
    );
  }
  return value;
}

/** A boolean, false if there is none. */
export function readFlag(values: ToolArguments, name: string, shape: ArgumentsShape): boolean {
  const value = values[name] ?? false;
  if (typeof value !== "boolean") {
    throw wrong(shape, `wants \`${name}\` as true or false; got ${describeValue(value)}`);
  }
  return value;
}

/** The error for arguments of a tool, with a right call. */
export function wrong({ tool, example }: ArgumentsShape, what: string): ModelInputError {
  return new ModelInputError(`${tool} ${what}. A right call looks like ${example}.`);
}
