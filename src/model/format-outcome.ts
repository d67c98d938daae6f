import { countLines } from "../base/lines.js";
import type { CellOutcome, OutputItem } from "../protocol/outcome.js";
import { outcomeNotes } from "./notes.js";
import { type CountTokens, TokenBudget } from "./token-budget.js";

/** How an outcome becomes content for a model. */
export interface FormatOptions {
  /** Tokens of output the model is given; more is cut. Default: 10 000. */
  readonly maxOutputTokens?: number | undefined;
  /** Default: four UTF-8 bytes are a token. */
  readonly countTokens?: CountTokens | undefined;
}

/**
 * What a model reads of an outcome: first one text item that says how the cell is, how long it has
 * run and that output follows, then the output, then the error. Where something was lost without an
 * error, one last text item says what, in lines that begin with `Note:`.
 */
export function formatOutcome(
  outcome: CellOutcome,
  options: FormatOptions = {},
): readonly OutputItem[] {
  const header = `${statusLine(outcome)}\nWall time ${wallSeconds(outcome)} seconds\nOutput:\n`;
  const output = outcome.status === "missing" ? [] : outcome.output;
  const notes = outcomeNotes(outcome);
  return [
    { type: "text", text: header },
    ...truncateOutput(output, { ...options, errorText: errorText(outcome) }),
    ...(notes.length === 0 ? [] : [{ type: "text", text: notes.join("\n") } as const]),
  ];
}

/** What a model reads where no cell has run or was found: as of a failed cell. */
export function formatUnrun(errorText: string, options: FormatOptions = {}): readonly OutputItem[] {
  return [
    { type: "text", text: "Script failed\nWall time 0.0 seconds\nOutput:\n" },
    ...truncateOutput([], { ...options, errorText }),
  ];
}

/**
 * Output and an error's text, cut to a number of tokens. Output of text alone is cut as one text;
 * with images or audio in it, text items are cut one by one in order, and media never are.
 *
 * @param options - `errorText`: follows the output as one more text item. Default: none.
 */
export function truncateOutput(
  output: readonly OutputItem[],
  options: FormatOptions & { readonly errorText?: string | undefined } = {},
): readonly OutputItem[] {
  const { maxOutputTokens = 10_000, countTokens, errorText } = options;
  const items: readonly OutputItem[] =
    errorText === undefined
      ? output
      : [...output, { type: "text", text: `Script error:\n${errorText}` }];
  const budget = new TokenBudget(maxOutputTokens, countTokens);
  const texts = items.flatMap((item) => (item.type === "text" ? [item.text] : []));
  return texts.length === items.length
    ? truncateTexts(items, texts, budget)
    : truncateOneByOne(items, budget);
}

function truncateTexts(
  items: readonly OutputItem[],
  texts: readonly string[],
  budget: TokenBudget,
): readonly OutputItem[] {
  const text = texts.join("\n");
  const tokens = budget.count(text);
  if (tokens <= budget.maxTokens) return items;
  const warning = `Warning: truncated output (original token count: ${tokens})`;
  const lines = `Total output lines: ${countLines(text)}`;
  return [{ type: "text", text: `${warning}\n${lines}\n\n${budget.cutMiddle(text)}` }];
}

function truncateOneByOne(
  items: readonly OutputItem[],
  budget: TokenBudget,
): readonly OutputItem[] {
  const kept: OutputItem[] = [];
  let left = budget;
  let omitted = 0;
  for (const item of items) {
    if (item.type !== "text") {
      kept.push(item);
    } else if (left.maxTokens === 0) {
      omitted += 1;
    } else {
      kept.push({ type: "text", text: left.cutMiddle(item.text) });
      left = left.without(item.text);
    }
  }
  if (omitted > 0) kept.push({ type: "text", text: `[omitted ${omitted} text items ...]` });
  return kept;
}

function statusLine(outcome: CellOutcome): string {
  switch (outcome.status) {
    case "completed":
      return "Script completed";
    case "failed":
    case "missing":
      return "Script failed";
    case "terminated":
      return "Script terminated";
    case "yielded":
      return `Script running with cell ID ${outcome.cellId}`;
  }
}

function wallSeconds(outcome: CellOutcome): string {
  return outcome.status === "missing" ? "0.0" : (outcome.usage.wallMs / 1000).toFixed(1);
}

function errorText(outcome: CellOutcome): string | undefined {
  switch (outcome.status) {
    case "failed":
      return outcome.error.text;
    case "missing":
      return `exec cell ${outcome.cellId} not found`;
    default:
      return undefined;
  }
}
