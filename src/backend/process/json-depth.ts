import {
  backslash,
  closeArray,
  closeObject,
  openArray,
  openObject,
  quote,
} from "../../base/json-units.js";

/** Whether arrays and objects are nested deeper in a JSON text. The text need not be valid. */
export function jsonIsDeeper(json: string, limit: number): boolean {
  // Each level takes two characters.
  if (json.length < limit * 2) return false;
  let depth = 0;
  let isInString = false;
  for (let i = 0; i < json.length; i += 1) {
    const unit = json.charCodeAt(i);
    if (isInString) {
      if (unit === backslash) i += 1;
      else if (unit === quote) isInString = false;
    } else if (unit === quote) {
      isInString = true;
    } else if (unit === openArray || unit === openObject) {
      depth += 1;
      if (depth > limit) return true;
    } else if (unit === closeArray || unit === closeObject) {
      depth -= 1;
    }
  }
  return false;
}
