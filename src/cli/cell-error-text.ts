import type { CellError, SourcePosition } from "../protocol/outcome.js";
import { visible } from "./format.js";
import type { Style } from "./terminal.js";

/** Characters of a source line that are shown; of a longer one, those around the column. */
const shownWidth = 100;

/**
 * A cell's error for a person: what went wrong, where, the line with a caret, and the rest of what a
 * model would read (frames, causes).
 *
 * @param file - What the source is called.
 */
export function cellErrorText(error: CellError, file: string, style: Style): string {
  const [headline = "", ...rest] = visible(error.text).trimEnd().split("\n");
  const { position } = error;
  const lines = [style.red(headline)];
  if (position !== undefined) {
    lines.push(...sourceExcerpt(position, file, style));
  }
  // A syntax error's text shows the line itself.
  const shown = position === undefined ? [] : [position.sourceLine.trim(), "^"];
  for (const line of rest) {
    const text = line.trim();
    if (text !== "" && !shown.includes(text)) {
      lines.push(style.dim(line));
    }
  }
  return lines.join("\n");
}

function sourceExcerpt(position: SourcePosition, file: string, style: Style): readonly string[] {
  const { line, column, sourceLine } = position;
  const from = Math.max(0, Math.min(column - 1 - shownWidth / 2, sourceLine.length - shownWidth));
  const clipped = sourceLine.slice(from, from + shownWidth);
  const before = clipped.slice(0, column - 1 - from);
  const number = String(line);
  return [
    `${" ".repeat(number.length)} ${style.cyan("╷")} ${style.dim(`${file}:${line}:${column}`)}`,
    `${number} ${style.cyan("│")} ${visible(clipped)}`,
    // Tabs stay tabs, so that the caret stands under its character.
    `${" ".repeat(number.length)} ${style.cyan("╵")} ${visible(before).replace(/[^\t]/g, " ")}${style.red("^")}`,
  ];
}
