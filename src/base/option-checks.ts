import { describeValue } from "./describe-value.js";
import { CodeModeError } from "./errors.js";

/** The error for an option that is not what it must be. */
export function invalidOption(name: string, expected: string, value: unknown): CodeModeError {
  const what = describeValue(value);
  return new CodeModeError(
    "ERR_INVALID_OPTION",
    `The option "${name}" must be ${expected}; got ${what}.`,
  );
}

/**
 * Refuses what is not an options object, and keys that are not known: a limit with a typing error in
 * its name would be no limit.
 */
export function checkOptionsObject(name: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw invalidOption(name, "an object", options);
  }
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new CodeModeError(
      "ERR_INVALID_OPTION",
      `There is no option "${unknown}" in ${name}; there are ${known.join(", ")}.`,
    );
  }
}

/** Refuses all but numbers from `least` up; Infinity passes. */
export function checkMilliseconds(name: string, value: number | undefined, least: 0 | 1): void {
  if (value === undefined) return;
  if (typeof value !== "number" || Number.isNaN(value) || value < least) {
    throw invalidOption(name, `a number of milliseconds, ${least} or more`, value);
  }
}

/** Refuses all but whole numbers from `least` up. */
export function checkWholeNumber(
  name: string,
  value: number | undefined,
  { unit, least }: { readonly unit: string; readonly least: number },
): void {
  if (value === undefined) return;
  if (!Number.isSafeInteger(value) || value < least) {
    throw invalidOption(name, `a whole number of ${unit}, ${least} or more`, value);
  }
}

export function checkBoolean(name: string, value: boolean | undefined): void {
  if (value !== undefined && typeof value !== "boolean") {
    throw invalidOption(name, "true or false", value);
  }
}

export function checkFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "function") {
    throw invalidOption(name, "a function", value);
  }
}

export function checkSignal(name: string, value: AbortSignal | undefined): void {
  if (value !== undefined && !(value instanceof AbortSignal)) {
    throw invalidOption(name, "an AbortSignal", value);
  }
}
