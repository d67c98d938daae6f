import { withWrittenLine } from "../../model/explain.js";
import type { CellError, EndedOutcome } from "../../protocol/outcome.js";
import { Insertions, lineOf } from "./insertions.js";
import type { Range } from "./syntax.js";

/** A cell that hands out the value of its last expression statement, which cells else drop. */
export interface ShownResult {
  readonly source: string;
  /** Gives an outcome the positions and lines of what a person wrote. */
  asWritten(outcome: EndedOutcome): EndedOutcome;
  /** The same for the frames of an error that the cell hands out as a text. */
  textAsWritten(text: string): string;
}

/**
 * Makes a cell show its result with `text`, unless that is undefined; a promise is awaited. What the
 * cell needs for it stands below its last line, and the names are none of the cell's.
 *
 * @param entry - `written`: the person's own source. `source`: the same as JavaScript, position for
 *   position. `result`: where the last expression stands in it; undefined if there is none.
 */
export function showResult(entry: {
  readonly written: string;
  readonly source: string;
  readonly result: Range | undefined;
}): ShownResult {
  const { written, source, result } = entry;
  const name = unusedName(source);
  const insertions = new Insertions(
    source,
    result === undefined
      ? []
      : [
          { offset: result.start, text: `;(${name} = await (` },
          { offset: result.end, text: `)) === undefined || ${name}Text(${name});` },
          {
            offset: source.length,
            text: `\nimport { text as ${name}Text } from "codecell"; var ${name};`,
          },
        ],
  );
  return {
    source: insertions.result,
    asWritten: (outcome) => {
      const warnings = outcome.warnings.map((warning) => {
        return { ...warning, text: insertions.textBefore(warning.text) };
      });
      if (outcome.status !== "failed") return { ...outcome, warnings };
      const error = errorBefore(outcome.error, insertions);
      const failed: EndedOutcome = { ...outcome, warnings, error };
      return withWrittenLine(failed, { run: source, written }) as EndedOutcome;
    },
    textAsWritten: (text) => insertions.textBefore(text),
  };
}

function errorBefore(error: CellError, insertions: Insertions): CellError {
  const { stack, cause } = error;
  const position = error.position && insertions.positionBefore(error.position);
  const text = insertions.textBefore(error.text);
  const runLine = error.position && lineOf(insertions.result, error.position.line);
  return {
    ...error,
    // A syntax error's text shows its line.
    text: position ? text.replace(`\n  ${runLine}\n`, () => `\n  ${position.sourceLine}\n`) : text,
    ...(stack !== undefined && { stack: insertions.textBefore(stack) }),
    ...(cause !== undefined && { cause: errorBefore(cause, insertions) }),
    ...(position !== undefined && { position }),
  };
}

function unusedName(source: string): string {
  let name = "shown";
  while (source.includes(name)) {
    name += "_";
  }
  return name;
}
