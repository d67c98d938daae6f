import {
  type Expression,
  type ExpressionStatement,
  type Options,
  type Program,
  parse,
  parseExpressionAt,
  tokenizer,
} from "acorn";
import { type Declared, declaredBy } from "./declared.js";

/** A part of a source, in UTF-16 units. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * What a source is as JavaScript: a whole module, with where its last expression statement stands and
 * what it declares; one that ends before it is complete; or no JavaScript.
 */
export type Syntax =
  | {
      readonly type: "complete";
      readonly result: Range | undefined;
      readonly declared: readonly Declared[];
    }
  | { readonly type: "incomplete" }
  | { readonly type: "invalid" };

const options: Options = {
  ecmaVersion: "latest",
  sourceType: "module",
  allowAwaitOutsideFunction: true,
  allowHashBang: true,
  // Parentheses belong to the expression that stands in them.
  preserveParens: true,
};

/** Reads a source as an ES module. An object literal that stands alone is one, and not a block. */
export function readSyntax(source: string): Syntax {
  const literal: Syntax = source.trimStart().startsWith("{")
    ? readObjectLiteral(source)
    : { type: "invalid" };
  if (literal.type === "complete") {
    return literal;
  }
  const module = readModule(source);
  return module.type === "invalid" ? literal : module;
}

function readModule(source: string): Syntax {
  const read = (text: string): Program => parse(text, options);
  try {
    const program = read(source);
    return { type: "complete", result: resultOf(program), declared: declaredBy(program, source) };
  } catch (error) {
    return { type: isAtEnd(error, source, read) ? "incomplete" : "invalid" };
  }
}

/** Where an expression at the end stands: its value is what a person wants to see. */
function resultOf(program: Program): Range | undefined {
  const last = program.body.at(-1);
  if (last?.type !== "ExpressionStatement") {
    return undefined;
  }
  const { start, end } = (last as ExpressionStatement).expression;
  return { start, end };
}

function readObjectLiteral(source: string): Syntax {
  const read = (text: string): Expression => parseExpressionAt(text, 0, options);
  try {
    const { start, end } = read(source);
    const rest = tokenizer(source.slice(end), options).getToken();
    return rest.type.label === "eof"
      ? { type: "complete", result: { start, end }, declared: [] }
      : { type: "invalid" };
  } catch (error) {
    return { type: isAtEnd(error, source, read) ? "incomplete" : "invalid" };
  }
}

/** What may follow nearly everything: it leaves a fault where it is, unless something is missing. */
export const probe = "\n;";

/** Whether more of the source could mend what the parser objects to. */
function isAtEnd(error: unknown, source: string, read: (source: string) => unknown): boolean {
  const { pos, message } = error as SyntaxError & { readonly pos: number };
  if (/^Unterminated (template|comment)/.test(message)) {
    return true;
  }
  // A line that ends within a string goes on after a backslash.
  if (message.startsWith("Unterminated string")) {
    return source.endsWith("\\");
  }
  const { length } = source.trimEnd();
  if (pos < length) {
    return false;
  }
  try {
    read(source + probe);
    return true;
  } catch (moved) {
    return (moved as { readonly pos: number }).pos > length;
  }
}
