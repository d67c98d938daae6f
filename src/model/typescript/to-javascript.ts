import { builtin } from "../../base/builtin.js";
import { sourceLineAt } from "../../base/lines.js";
import {
  checkScript,
  type StripAnswer,
  stripTypes,
  stripTypesOfBody,
  type TypeScriptProblem,
} from "./strip-types.js";
import { isAboutReturn } from "./syntax-hint.js";
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
  const stop = await findStop(source);
  if (stop === "gaveUp") return { source };
  if (stop === undefined && !hasTypeArguments(source)) return { source };
  const answer = await stripModuleOrBody(source);
  if (answer.type === "stripped") return { source: answer.source };
  if (answer.type === "gaveUp" || stop === undefined) return { source };
  const { problem } = answer;
  const isOfTypeScript = problem.kind === "unsupported" || isFarther(problem, stop);
  return isOfTypeScript ? { problem: toSyntaxProblem(source, problem) } : { source };
}

/** A module has no `return` at its top level, and a model's program may have one. */
async function stripModuleOrBody(source: string): Promise<StripAnswer> {
  const answer = await stripTypes(source);
  if (answer.type !== "refused" || !isAboutReturn(answer.problem.message)) return answer;
  const ofBody = await stripTypesOfBody(source);
  // A function has no imports and exports.
  return ofBody.type === "refused" && isInModuleLine(source, ofBody.problem) ? answer : ofBody;
}

function isInModuleLine(source: string, { line }: TypeScriptProblem): boolean {
  return /^\s*(import|export)\b/.test(sourceLineAt(source, line));
}

interface Place {
  readonly line: number;
  readonly column: number;
}

const scriptOptions = { filename: "cell", lineOffset: -1 };

/** UTF-16 units that the engine parses within a few milliseconds, whatever they are. */
const maxLengthParsedHere = 16 * 1024;

/**
 * Where the engine stops reading this as JavaScript; undefined where it does not. Nothing is run. A
 * long source is parsed in the worker, and so is one with a class such as `\p{L}` in it: as the engine
 * parses a regular expression, it lists the characters of each, which takes most of a millisecond.
 */
async function findStop(source: string): Promise<Place | undefined | "gaveUp"> {
  // The function is parsed for its errors and never compiled.
  const script = `async function cell() { "use strict";\n${source}\n}`;
  if (source.length > maxLengthParsedHere || /\\[pP]\{/.test(source)) {
    const answer = await checkScript(script, scriptOptions);
    if (answer.type === "gaveUp") return "gaveUp";
    return answer.stack === undefined ? undefined : placeIn(answer.stack);
  }
  try {
    new (builtin("node:vm").Script)(script, scriptOptions);
    return undefined;
  } catch (thrown) {
    return placeIn(String((thrown as Error).stack));
  }
}

/** The engine tells the place in the stack only: `cell:2`, the line, a caret below the column. */
function placeIn(stack: string): Place {
  const [where = "", , caret = ""] = stack.split("\n");
  const line = Number(/^cell:(\d+)$/.exec(where)?.[1] ?? Infinity);
  return { line, column: caret.indexOf("^") + 1 };
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
