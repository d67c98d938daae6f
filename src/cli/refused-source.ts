import { explainProblem } from "../model/explain.js";
import type { SyntaxProblem } from "../model/typescript/syntax-problem.js";
import type { CellError, FailedOutcome } from "../protocol/outcome.js";
import { unstartedUsage } from "../protocol/unstarted-usage.js";

/** The error of TypeScript that cannot be made JavaScript, as a cell's. */
export function errorOfProblem(problem: SyntaxProblem): CellError {
  const { message, line, column, sourceLine } = problem;
  return {
    code: "ERR_CELL_SCRIPT",
    name: "SyntaxError",
    message,
    position: { line, column, sourceLine },
    text: explainProblem(problem),
  };
}

/** The outcome of such a source. No cell was started, so it has no id and has used nothing. */
export function outcomeOfProblem(problem: SyntaxProblem): FailedOutcome {
  return {
    status: "failed",
    cellId: "",
    output: [],
    logs: [],
    warnings: [],
    usage: unstartedUsage,
    endedAt: Date.now(),
    error: errorOfProblem(problem),
  };
}
