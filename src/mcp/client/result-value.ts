import { isDeepStrictEqual } from "node:util";
import { previewJson } from "../../base/json-preview.js";
import { hasManyValues, isManyValues } from "../../base/json-values.js";
import { maxMessageValues, tooManyValues } from "./message-limits.js";

/** Values of content that structured content is compared with. */
const maxCompared = 10_000;
/** UTF-16 units of what is shown of a failed tool's structured content. */
const maxErrorText = 64 * 1024;

/**
 * What a cell gets for an MCP `CallToolResult`.
 *
 * | the result has | the value is |
 * |---|---|
 * | `structuredContent`, and nothing beside it that says more | the structured content |
 * | one text block that is a JSON object or array | that object or array |
 * | one text block | its text |
 * | anything else: media, resources, several blocks | `{ content }`, with `structuredContent` if there is any |
 *
 * Text says no more than the structured content if it is the same JSON, or that of its only member: an
 * object is required, so servers wrap other values in one. An array may have a text for each element.
 *
 * The last form fits the cell's helpers: `content(result.content)`, `image(result.content[1])`.
 *
 * @throws {Error} with the result's text, where the server marked the result as an error.
 */
export function mcpResultValue(result: unknown): unknown {
  if (!isRecord(result)) {
    return result;
  }
  const blocks: readonly unknown[] = Array.isArray(result["content"]) ? result["content"] : [];
  const structured = result["structuredContent"];
  if (result["isError"] === true) {
    throw new Error(errorText(blocks, structured));
  }
  if (structured !== undefined) {
    return structuredValue(structured, blocks);
  }
  const [first] = blocks;
  if (blocks.length === 1 && isTextBlock(first)) {
    return textValue(first.text);
  }
  // The protocol's first revision answered with `toolResult`.
  return result["toolResult"] === undefined ? { content: blocks } : result["toolResult"];
}

function structuredValue(structured: unknown, blocks: readonly unknown[]): unknown {
  return saysTheSame(blocks, structured)
    ? structured
    : { content: blocks, structuredContent: structured };
}

function saysTheSame(blocks: readonly unknown[], structured: unknown): boolean {
  if (blocks.length === 0) return true;
  if (
    isRecord(structured) &&
    !isManyValues(blocks, maxCompared) &&
    isDeepStrictEqual(structured["content"], blocks)
  )
    return true;
  if (!blocks.every(isTextBlock)) return false;
  const texts = blocks.map(({ text }) => text);
  return isTold(structured, texts) || isTold(wrapped(structured), texts);
}

/** The only member of the structured content; undefined if it has more or none. */
function wrapped(structured: unknown): unknown {
  const members = isRecord(structured) ? Object.values(structured) : [];
  return members.length === 1 ? members[0] : undefined;
}

function isTold(value: unknown, texts: readonly string[]): boolean {
  if (value === undefined) return false;
  const [first = "", ...others] = texts;
  if (others.length === 0 && isSame(value, first)) return true;
  return (
    Array.isArray(value) &&
    value.length === texts.length &&
    value.every((element, index) => isSame(element, texts[index] ?? ""))
  );
}

function isSame(value: unknown, text: string): boolean {
  if (value === text) return true;
  if (hasManyValues(text, maxCompared) || isManyValues(value, maxCompared)) {
    // Too large to be compared: a server that sends JSON of both kinds sends the same.
    return typeof value === "object" && value !== null && beginsContainer(text);
  }
  try {
    return isDeepStrictEqual(JSON.parse(text), value);
  } catch {
    return false;
  }
}

/** Numbers, literals and quoted strings read as text as easily as JSON, so only containers count. */
function textValue(text: string): unknown {
  if (!beginsContainer(text)) {
    return text;
  }
  if (hasManyValues(text, maxMessageValues)) throw new Error(tooManyValues);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function beginsContainer(text: string): boolean {
  return /^\s*[[{]/.test(text);
}

function errorText(blocks: readonly unknown[], structured: unknown): string {
  const text = blocks
    .filter(isTextBlock)
    .map((block) => block.text)
    .join("\n");
  if (text.trim() !== "") {
    return text;
  }
  return structured === undefined
    ? "the tool failed and gave no reason"
    : (previewJson(structured, maxErrorText) ?? "");
}

function isTextBlock(block: unknown): block is { readonly text: string } {
  return isRecord(block) && block["type"] === "text" && typeof block["text"] === "string";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
