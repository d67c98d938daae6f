import { describeValue } from "./describe-value.js";
import { CodeModeError } from "./errors.js";

/** Unknown keys that one message names. */
const maxUnknownKeys = 8;

/** The error for an option that is not what it must be. */
export function invalidOption(name: string, expected: string, value: unknown): CodeModeError {
  return new CodeModeError("ERR_INVALID_OPTION", optionFault(name, expected, value));
}

/** That an option is not what it must be, as a sentence. */
export function optionFault(name: string, expected: string, value: unknown): string {
  return `The option "${name}" must be ${expected}; got ${describeValue(value)}.`;
}

/** That options have keys that are not known, as a sentence; none where all are known. */
export function unknownKeyFaults(
  name: string,
  options: object,
  known: readonly string[],
): readonly string[] {
  const unknown = Object.keys(options).filter((key) => !known.includes(key));
  if (unknown.length === 0) return [];
  const shown = unknown.slice(0, maxUnknownKeys).map((key) => `"${key}"`);
  const more = unknown.length - shown.length;
  const keys = `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  return [`There is no option ${keys} in ${name}; there are ${known.join(", ")}.`];
}

/**
 * Refuses what is not an options object, and keys that are not known: a limit with a typing error in
 * its name would be no limit.
 */
export function checkOptionsObject(name: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw invalidOption(name, "an object", options);
  }
  const [fault] = unknownKeyFaults(name, options, known);
  if (fault !== undefined) throw new CodeModeError("ERR_INVALID_OPTION", fault);
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

/** Refuses all but some words. */
export function checkString(name: string, value: string | undefined): void {
  if (value === undefined || typeof value === "string") return;
  throw invalidOption(name, "a string", value);
}

export function checkOneOf<Word extends string>(
  name: string,
  value: Word | undefined,
  words: readonly Word[],
): void {
  if (value === undefined || words.includes(value)) return;
  const quoted = words.map((word) => `"${word}"`);
  throw invalidOption(name, `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`, value);
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
