import { builtin } from "../../base/builtin.js";
import { stripTypes, type TypeScriptProblem } from "./strip-types.js";
import type { SyntaxProblem } from "./syntax-problem.js";
import { explainUnsupported } from "./unsupported-syntax.js";

/** A source that is ready to be run, or why TypeScript cannot be made JavaScript. */
export type JavaScript = { readonly source: string } | { readonly problem: SyntaxProblem };

/** UTF-16 units. A longer source was generated, not written, so it runs unchanged. */
const maxTypeScriptLength = 256 * 1024;

/**
 * Makes JavaScript of a module that may be TypeScript, with every position kept. What parses as
 * JavaScript is JavaScript, apart from `f<T>(x)`, which two comparisons would be; so plain JavaScript
 * costs one parse, and a module with imports, which cannot be tried alone, a question to the stripper.
 * What neither parser takes is given back as it is where the engine's own error says as much.
 */
export async function toJavaScript(source: string): Promise<JavaScript> {
  if (source.length > maxTypeScriptLength) return { source };
  const stop = findStop(source);
  if (stop === undefined && !hasTypeArguments(source)) return { source };
  const answer = await stripTypes(source);
  if (answer.type === "stripped") return { source: answer.source };
  if (answer.type === "gaveUp" || stop === undefined) return { source };
  const { problem } = answer;
  const isOfTypeScript = problem.kind === "unsupported" || isFarther(problem, stop);
  return isOfTypeScript ? { problem: toSyntaxProblem(source, problem) } : { source };
}

interface Place {
  readonly line: number;
  readonly column: number;
}

/** Where the engine stops reading this as JavaScript; undefined where it does not. Nothing is run. */
function findStop(source: string): Place | undefined {
  try {
    // The function is parsed for its errors and never compiled.
    new (builtin("node:vm").Script)(`async function cell() { "use strict";\n${source}\n}`, {
      filename: "cell",
      lineOffset: -1,
    });
    return undefined;
  } catch (thrown) {
    // The engine tells the place in the stack only: `cell:2`, the line, a caret below the column.
    const [where = "", , caret = ""] = String((thrown as Error).stack).split("\n");
    const line = Number(/^cell:(\d+)$/.exec(where)?.[1] ?? Infinity);
    return { line, column: caret.indexOf("^") + 1 };
  }
}

/** Whether a call with type arguments, as in `load<string>("key")`, may be among what stands here. */
function hasTypeArguments(source: string): boolean {
  return /[\w$]<[A-Za-z_$[{(][^;=\n]{0,80}>[(`]/.test(source);
}

/** Two parsers name one fault a token apart; one that got past the other's stop has read types. */
function isFarther(one: Place, other: Place): boolean {
  return one.line > other.line || (one.line === other.line && one.column > other.column + 2);
}

function toSyntaxProblem(source: string, problem: TypeScriptProblem): SyntaxProblem {
  const { kind, message, line, column } = problem;
  return {
    message: kind === "unsupported" ? explainUnsupported(message) : message,
    line,
    column,
    sourceLine: source.split(/\r?\n/)[line - 1] ?? "",
  };
}
