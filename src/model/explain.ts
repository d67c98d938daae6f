import { sourceLineAt } from "../base/lines.js";
import { beginningOf } from "../base/shorten.js";
import type { CellOutcome, MissingOutcome } from "../protocol/outcome.js";
import { cellHint } from "./cell-hint.js";
import type { HintedTools } from "./tool-hint.js";
import { type SyntaxProblem, syntaxErrorText } from "./typescript/syntax-problem.js";

/** What a model reads of a source that was not run. */
export function explainProblem(problem: SyntaxProblem): string {
  const fault = { name: "SyntaxError", message: problem.message, position: problem };
  return withHint(syntaxErrorText(problem), cellHint(fault));
}

/** The outcome with what to write instead below an error whose message does not say. */
export function explainOutcome(outcome: CellOutcome, tools?: HintedTools): CellOutcome {
  if (outcome.status !== "failed" || outcome.error.code !== "ERR_CELL_SCRIPT") return outcome;
  const { error } = outcome;
  const text = withHint(error.text, cellHint(error, tools));
  return text === error.text ? outcome : { ...outcome, error: { ...error, text } };
}

/** What a model reads of an id that names no cell, or none any more. */
export function explainMissing({ cellId, reason }: MissingOutcome): string {
  switch (reason) {
    case "given":
      return `cell ${cellId} has ended and its result was given; it is given once`;
    case "refused":
      return `cell ${cellId} was never started: its exec was refused, and said why`;
    case "dropped":
      return `cell ${cellId} has ended, and its result was dropped to make room for those of later cells`;
    default:
      return `no such cell: ${JSON.stringify(beginningOf(cellId, 80))}; wait takes the id of "Script running with cell ID …"`;
  }
}

function withHint(text: string, hint: string | undefined): string {
  return hint === undefined ? text : `${text}\n\n${hint}`;
}

/** An error that shows its line shows it as the model wrote it, and not with its types erased. */
export function withWrittenLine(
  outcome: CellOutcome,
  { run, written }: { readonly run: string; readonly written: string },
): CellOutcome {
  if (run === written || outcome.status !== "failed") return outcome;
  const { error } = outcome;
  const { position } = error;
  if (position === undefined || sourceLineAt(run, position.line) !== position.sourceLine)
    return outcome;
  const sourceLine = sourceLineAt(written, position.line);
  const text = error.text.replace(`\n  ${position.sourceLine}\n`, () => `\n  ${sourceLine}\n`);
  return { ...outcome, error: { ...error, text, position: { ...position, sourceLine } } };
}
