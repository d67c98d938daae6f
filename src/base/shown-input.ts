import { inspect } from "node:util";
import { showHidden } from "./hidden-characters.js";
import { previewJson } from "./json-preview.js";
import { beginningOf } from "./shorten.js";

/** Characters of an input that are shown. */
const maxShown = 4_000;
/** Characters of the longest input that is shown on one line. */
const maxOnOneLine = 100;

export interface ShownInput {
  readonly text: string;
  /** Says that the input is longer than the text; undefined where it is not. */
  readonly more: string | undefined;
}

/**
 * A call's input for a person who is asked to approve it: JSON, with what they would not see shown. Of a
 * long input the beginning, and no more of it is read.
 */
export function showInput(input: unknown): ShownInput {
  const compact = toText(input, maxOnOneLine, 0);
  if (compact.length <= maxOnOneLine) return { text: showHidden(compact), more: undefined };
  const json = toText(input, maxShown, 2);
  const text = showHidden(beginningOf(json, maxShown));
  const isWhole = json.length <= maxShown && text.length <= maxShown;
  return {
    text: beginningOf(text, maxShown),
    more: isWhole ? undefined : `… and more: these are the first ${maxShown} characters`,
  };
}

function toText(input: unknown, maxLength: number, indent: number): string {
  try {
    return previewJson(input, maxLength, indent) ?? inspect(input);
  } catch {
    return inspect(input);
  }
}
