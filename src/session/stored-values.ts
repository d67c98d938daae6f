import { CodeModeError } from "../base/errors.js";
import { countJsonValues } from "../base/json-values.js";
import { invalidOption } from "../base/option-checks.js";
import { findNoJson } from "../base/plain-json.js";
import { shorten } from "../base/shorten.js";
import type { ResolvedLimits } from "../options/limits.js";

/** What a value counts for at least, however short it is as text; as in native/protocol/options.h. */
const minValueBytes = 16;

/**
 * The values a session is opened with, checked as `store` checks them in a cell.
 *
 * @returns Key, JSON text, key, JSON text, …
 * @throws {CodeModeError} ERR_INVALID_OPTION, naming the key.
 */
export function readStoredValues(
  values: Readonly<Record<string, unknown>>,
  { storedBytes, storedKeys, jsonDepth, jsonValues }: ResolvedLimits,
): readonly string[] {
  if (typeof values !== "object" || values === null || Array.isArray(values)) {
    throw invalidOption("storedValues", "a record of JSON values by key", values);
  }
  const entries = Object.entries(values);
  if (entries.length > storedKeys) {
    throw refuse(
      "storedValues",
      `may have ${storedKeys} keys (limits.storedKeys); got ${entries.length}`,
    );
  }
  let bytes = 0;
  return entries.flatMap(([key, value]) => {
    const name = `storedValues[${JSON.stringify(shorten(key, 80))}]`;
    const fault = findNoJson(value, jsonDepth);
    if (fault?.isTooDeep) {
      throw refuse(name, `may be nested ${jsonDepth} deep (limits.jsonDepth), and is deeper`);
    }
    if (fault !== undefined) {
      const where = fault.at === "" ? "" : ` at ${shorten(fault.at, 80)}`;
      throw refuse(name, `must be a plain JSON value; got ${fault.what}${where}`);
    }
    const json = JSON.stringify(value);
    const count = countJsonValues(json, jsonValues);
    if (count > jsonValues) {
      throw refuse(
        name,
        `may be made of ${jsonValues} values, keys included (limits.jsonValues), and is made of more`,
      );
    }
    bytes += key.length * 2 + Math.max(sizeOf(json), count * minValueBytes);
    if (bytes > storedBytes) {
      throw refuse(
        name,
        `does not fit: all stored values together may have ${storedBytes} bytes (limits.storedBytes)`,
      );
    }
    return [key, json];
  });
}

function refuse(name: string, why: string): CodeModeError {
  return new CodeModeError("ERR_INVALID_OPTION", `The option "${name}" ${why}.`);
}

/** Bytes as cells hold a text. */
function sizeOf(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are one byte each, as all Latin-1 is.
  return /^[\u0000-\u00ff]*$/.test(text) ? text.length : text.length * 2;
}
