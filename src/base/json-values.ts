import { endOfString } from "./json-scan.js";
import {
  closeArray,
  closeObject,
  colon,
  comma,
  openArray,
  openObject,
  quote,
} from "./json-units.js";

/**
 * Whether a JSON text is made of more values than a limit; keys of objects count as values. It takes a
 * small part of what parsing the text would, and no longer than the limit needs.
 */
export function hasManyValues(json: string, limit: number): boolean {
  // A value takes two characters, itself and what stands between it and the next.
  return json.length >= limit * 2 && countJsonValues(json, limit) > limit;
}

/** The values a JSON text is made of, as `hasManyValues` counts; counted no further than past the limit. */
export function countJsonValues(json: string, limit: number): number {
  let count = 1;
  for (let i = 0; i < json.length; i += 1) {
    switch (json.charCodeAt(i)) {
      case quote:
        i = endOfString(json, i);
        break;
      case openArray:
      case openObject:
        if (isClose(json.charCodeAt(i + 1))) break;
        count += 1;
        break;
      case comma:
      case colon:
        count += 1;
        if (count > limit) return count;
    }
  }
  return count;
}

function isClose(unit: number): boolean {
  return unit === closeArray || unit === closeObject;
}

/** Levels that are looked at; what is deeper has no JSON, or is refused for its depth. */
const maxDepth = 2_000;

/**
 * Whether the JSON of a value would be made of more values than a limit, as `hasManyValues` counts.
 * What a `toJSON` gives is not looked at.
 *
 * @throws What a getter or a proxy of the value throws.
 */
export function isManyValues(value: unknown, limit: number): boolean {
  return countValues(value, limit) > limit;
}

/**
 * The values that the JSON of a value would be made of, as `isManyValues` counts; counted no further than
 * past the limit.
 */
export function countValues(value: unknown, limit: number, depth = 0): number {
  if (typeof value !== "object" || value === null || depth > maxDepth) return 1;
  let count = 1;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length && count <= limit; i += 1) {
      count += countValues(value[i], limit - count, depth + 1);
    }
    return count;
  }
  for (const key of Object.keys(value)) {
    if (count > limit) break;
    const member = (value as Record<string, unknown>)[key];
    count += 1 + countValues(member, limit - count - 1, depth + 1);
  }
  return count;
}

/** Bytes that every value counts for, besides those of its text. */
const bytesPerValue = 16;

/**
 * Bytes that a parsed JSON value takes, about: 16 for each value and key, and one for each UTF-16 unit of
 * strings and keys. Counted no further than past the limit.
 */
export function sizeOfJson(value: unknown, limit: number): number {
  if (typeof value === "string") return bytesPerValue + value.length;
  if (typeof value !== "object" || value === null) return bytesPerValue;
  let size = bytesPerValue;
  for (const [key, member] of Object.entries(value)) {
    if (size > limit) break;
    if (!Array.isArray(value)) size += bytesPerValue + key.length;
    size += sizeOfJson(member, limit - size);
  }
  return size;
}
