import { hasManyValues } from "../base/json-values.js";

/** UTF-16 units of a source, or of the JSON around it; twice what `limits.sourceBytes` is by default. */
export const maxInputLength: number = 8 * 1024 * 1024;

/** Values of the JSON that a model sends to a tool of a few arguments. */
const maxInputValues = 1_000;

/** Whether a JSON text is more than a model's tool takes, and is not to be parsed. */
export function isOversizedJson(text: string): boolean {
  return text.length > 2 * maxInputLength || hasManyValues(text, maxInputValues);
}
