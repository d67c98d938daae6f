import {
  type CodeModeOptions,
  createCodeMode,
  createModelTools,
  type ModelToolResult,
  type ModelTools,
  type ModelToolsOptions,
} from "../../src/index.js";

/** The tools of a session of its own. */
export function modelTools(
  options: ModelToolsOptions = {},
  codeMode: CodeModeOptions = {},
): ModelTools {
  return createModelTools(createCodeMode(codeMode).openSession(), options);
}

/** The texts of an answer, without the status, the wall time and what becomes of it. */
export function answeredTexts({ content }: ModelToolResult): readonly string[] {
  return content.slice(1).map((item) => (item.type === "text" ? item.text : item.type));
}

/** The first line of an answer. */
export function statusOf({ content }: ModelToolResult): string {
  const [first] = content;
  return first?.type === "text" ? (first.text.split("\n")[0] ?? "") : "";
}

/** The one text of a refusal. */
export function refusalOf({ content, isError, outcome }: ModelToolResult): string {
  const [only, ...others] = content;
  if (!isError || outcome !== undefined || only?.type !== "text" || others.length > 0) {
    throw new Error(`This is no refusal: ${JSON.stringify(content)}`);
  }
  return only.text;
}
