import { beginningOf } from "../base/shorten.js";
import type { CellWarning } from "../protocol/outcome.js";

/** UTF-16 units of the text of one error. */
export const maxErrorText: number = 256 * 1024;
/** UTF-16 units of one warning, and of all warnings of a cell together. */
const maxWarning = 16 * 1024;
const maxAllWarnings = 256 * 1024;

/** A text that is too long without its end, in memory of its own. */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  // A part of a string keeps the whole in memory; one that is put together does not.
  return `${[...beginningOf(text, maxLength)].join("")}…`;
}

/** The first warnings, each cut, as many as all of a cell's may have. */
export function boundedWarnings(warnings: Iterable<CellWarning>): readonly CellWarning[] {
  const kept: CellWarning[] = [];
  let length = 0;
  for (const warning of warnings) {
    if (length >= maxAllWarnings) break;
    const text = cutText(warning.text, maxWarning);
    length += text.length + 100;
    kept.push({ ...warning, text });
  }
  return kept;
}
