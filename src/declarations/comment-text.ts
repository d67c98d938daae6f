import { beginningOf, shorten } from "../base/shorten.js";

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through.
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/g;

/**
 * Text from elsewhere as one line that can stand in a comment of either form: it cannot end the
 * comment, and is no directive to the compiler.
 */
export function toCommentLine(text: string): string {
  return defuse(text).replace(/\s+/g, " ").trim();
}

/** Text from elsewhere as line comments, each with its end; empty where there is no text. */
export function toLineComments(text: string): string {
  return toShownLines(text)
    .map((line) => `// ${line}`.trimEnd())
    .map((line) => `${line}\n`)
    .join("");
}

/** Text from elsewhere as a block comment at an indentation; empty where there is no text. */
export function toBlockComment(text: string, indent: string): string {
  const shown = toShownLines(text);
  const [first, ...others] = shown;
  if (first === undefined) return "";
  if (others.length === 0) return `${indent}/** ${first.trim()} */\n`;
  const body = shown.map((line) => `${indent} *${line === "" ? "" : ` ${line}`}\n`);
  return `${indent}/**\n${body.join("")}${indent} */\n`;
}

const maxSentenceLength = 120;

/** The first sentence of a text as one line, cut where it is long; without headings of Markdown above it. */
export function firstSentence(text: string): string {
  const lines = beginningOf(text.trim(), 10 * maxSentenceLength).split("\n");
  const first = lines.findIndex((line) => line.trim() !== "" && !/^\s*#+\s/.test(line));
  const [paragraph = ""] = lines
    .slice(Math.max(first, 0))
    .join("\n")
    .split(/\n\s*\n/);
  const line = toCommentLine(paragraph);
  const [sentence] = /.*?[.!?](?=\s|$)/.exec(line) ?? [line];
  return shorten(sentence, maxSentenceLength);
}

/** The lines as JavaScript ends them, without empty ones before and after. */
function toShownLines(text: string): readonly string[] {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/).map((line) => defuse(line).trimEnd());
  const first = lines.findIndex((line) => line !== "");
  if (first === -1) return [];
  return lines.slice(first, lines.findLastIndex((line) => line !== "") + 1);
}

function defuse(text: string): string {
  return text
    .replace(controls, " ")
    .replaceAll("*/", "*\\/")
    .replace(/@(?=ts-)/g, "@ ");
}
