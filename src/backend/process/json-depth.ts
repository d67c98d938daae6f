import { endOfString } from "../../base/json-scan.js";
import { closeArray, closeObject, openArray, openObject, quote } from "../../base/json-units.js";

/** Whether arrays and objects are nested deeper in a JSON text. The text need not be valid. */
export function jsonIsDeeper(json: string, limit: number): boolean {
  // Each level takes two characters.
  if (json.length < limit * 2) return false;
  let depth = 0;
  for (let i = 0; i < json.length; i += 1) {
    switch (json.charCodeAt(i)) {
      case quote:
        i = endOfString(json, i);
        break;
      case openArray:
      case openObject:
        depth += 1;
        if (depth > limit) return true;
        break;
      case closeArray:
      case closeObject:
        depth -= 1;
    }
  }
  return false;
}
