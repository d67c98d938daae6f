import { removeCodeFences } from "../../model/code-fences.js";
import type { SyntaxProblem } from "../../typescript/syntax-problem.js";
import { toJavaScript } from "../../typescript/to-javascript.js";
import { type ShownResult, showResult } from "./shown-result.js";
import { readSyntax } from "./syntax.js";

/** An entry that is complete. */
export type RunnableEntry =
  /** TypeScript that cannot be made JavaScript. */
  | { readonly type: "problem"; readonly problem: SyntaxProblem }
  | { readonly type: "ready"; readonly cell: ShownResult };

/** What a person has typed so far; `incomplete`: there is more to come. */
export type Entry = RunnableEntry | { readonly type: "incomplete" };

/** Reads an entry: TypeScript or JavaScript, perhaps in code fences. Lines keep their numbers. */
export async function readEntry(typed: string): Promise<Entry> {
  if (hasOpenFence(typed)) {
    return { type: "incomplete" };
  }
  const written = withoutFences(typed);
  const direct = readSyntax(written);
  if (direct.type === "incomplete") {
    return { type: "incomplete" };
  }
  const ready = await toJavaScript(written);
  if ("problem" in ready) {
    const { problem } = ready;
    return endsAt(problem, written) ? { type: "incomplete" } : { type: "problem", problem };
  }
  const { source } = ready;
  const syntax = source === written ? direct : readSyntax(source);
  const result = syntax.type === "complete" ? syntax.result : undefined;
  return { type: "ready", cell: showResult({ written, source, result }) };
}

/** Reads an entry to which nothing is added: where more would have to come, its cell says what. */
export async function readWholeEntry(typed: string): Promise<RunnableEntry> {
  const entry = await readEntry(typed);
  if (entry.type !== "incomplete") return entry;
  const written = withoutFences(typed);
  const ready = await toJavaScript(written);
  if ("problem" in ready) return { type: "problem", problem: ready.problem };
  return { type: "ready", cell: showResult({ written, source: ready.source, result: undefined }) };
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

/** Whether the parser came to the end of what is there. */
function endsAt({ message, line, column }: SyntaxProblem, source: string): boolean {
  if (/^Unterminated (template|block comment)/.test(message)) {
    return true;
  }
  const lines = source.trimEnd().split("\n");
  const last = lines.at(-1) ?? "";
  return line > lines.length || (line === lines.length && column > last.length);
}
