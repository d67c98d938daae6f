/** What is wrong with a source, and where. Line and column count from one. */
export interface SyntaxProblem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly sourceLine: string;
}

const maxShownLineLength = 160;

/** The text of a syntax error, as cells have it: the place, then the line with a caret below. */
export function syntaxErrorText({ message, line, column, sourceLine }: SyntaxProblem): string {
  const text = `SyntaxError: ${message}\n    at exec_main.mjs:${line}:${column}`;
  if (sourceLine.length > maxShownLineLength) return text;
  const indent = sourceLine.slice(0, column - 1).replace(/[^\t]/g, " ");
  return `${text}\n\n  ${sourceLine}\n  ${indent}^`;
}
