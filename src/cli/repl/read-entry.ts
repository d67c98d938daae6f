import { removeCodeFences } from "../../model/code-fences.js";
import { stripTypes } from "../../model/typescript/strip-types.js";
import type { SyntaxProblem } from "../../model/typescript/syntax-problem.js";
import { toJavaScript } from "../../model/typescript/to-javascript.js";
import type { Declared } from "./declared.js";
import { probe, type Range, readSyntax } from "./syntax.js";

/** An entry that is complete. */
export type RunnableEntry =
  /** TypeScript that cannot be made JavaScript. */
  { readonly type: "problem"; readonly problem: SyntaxProblem } | ReadyEntry;

/** An entry that can be run. */
export interface ReadyEntry {
  readonly type: "ready";
  /** A person's own source. */
  readonly written: string;
  /** The same as JavaScript, position for position. */
  readonly source: string;
  /** Where the last expression stands in it; undefined where there is none. */
  readonly result: Range | undefined;
  readonly declared: readonly Declared[];
}

/** What a person has typed so far; `incomplete`: there is more to come. */
export type Entry = RunnableEntry | { readonly type: "incomplete" };

/** Reads an entry: TypeScript or JavaScript, perhaps in code fences. Lines keep their numbers. */
export async function readEntry(typed: string): Promise<Entry> {
  if (hasOpenFence(typed)) {
    return { type: "incomplete" };
  }
  const written = withoutFences(typed);
  const syntax = readSyntax(written);
  if (syntax.type === "incomplete") {
    return { type: "incomplete" };
  }
  if (syntax.type === "invalid" && (await isBegunTypeScript(written))) {
    return { type: "incomplete" };
  }
  return toRunnable(written);
}

/** Reads an entry to which nothing is added: where more would have to come, its cell says what. */
export function readWholeEntry(typed: string): Promise<RunnableEntry> {
  return toRunnable(withoutFences(typed));
}

async function toRunnable(written: string): Promise<RunnableEntry> {
  const ready = await toJavaScript(written);
  if ("problem" in ready) {
    return { type: "problem", problem: ready.problem };
  }
  const { source } = ready;
  const syntax = readSyntax(source);
  const { result, declared } =
    syntax.type === "complete" ? syntax : { result: undefined, declared: [] };
  return { type: "ready", written, source, result, declared };
}

/** Whether a code fence stands before the code and none after it. */
function hasOpenFence(typed: string): boolean {
  const [first = "", ...rest] = typed.trim().split("\n");
  const fence = /^(`{3,}|~{3,})[ \t]*[\w+.-]*$/.exec(first.trimEnd())?.[1];
  return fence !== undefined && rest.at(-1)?.trim() !== fence;
}

/** Empty lines take the place of those that stood before the code. */
function withoutFences(typed: string): string {
  const { source, linesBefore } = removeCodeFences(typed);
  return "\n".repeat(linesBefore) + source;
}

/** Whether more of the source could mend what the parser of TypeScript objects to. */
async function isBegunTypeScript(source: string): Promise<boolean> {
  const answer = await stripTypes(source);
  if (answer.type !== "refused") return false;
  if (/^Unterminated (template|block comment)/.test(answer.problem.message)) return true;
  const lines = source.trimEnd().split("\n");
  const { line, column } = answer.problem;
  const isAtEnd =
    line > lines.length || (line === lines.length && column > (lines.at(-1) ?? "").length);
  if (!isAtEnd) return false;
  const probed = await stripTypes(lines.join("\n") + probe);
  return (
    probed.type === "stripped" || (probed.type === "refused" && probed.problem.line > lines.length)
  );
}
