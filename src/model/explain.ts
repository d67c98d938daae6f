import { sourceLineAt } from "../base/lines.js";
import type { CellOutcome } from "../protocol/outcome.js";
import { syntaxHint } from "./typescript/syntax-hint.js";
import { type SyntaxProblem, syntaxErrorText } from "./typescript/syntax-problem.js";

/** What a model reads of a source that was not run. */
export function explainProblem(problem: SyntaxProblem): string {
  return withHint(syntaxErrorText(problem), {
    message: problem.message,
    position: problem,
  });
}

/** The outcome with what to write instead below a syntax error, where its message does not say. */
export function explainOutcome(outcome: CellOutcome): CellOutcome {
  if (outcome.status !== "failed" || outcome.error.name !== "SyntaxError") return outcome;
  const { error } = outcome;
  return { ...outcome, error: { ...error, text: withHint(error.text, error) } };
}

function withHint(text: string, fault: Parameters<typeof syntaxHint>[0]): string {
  const hint = syntaxHint(fault);
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
