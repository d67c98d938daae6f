import { describeValue } from "../base/describe-value.js";
import { CodeModeError } from "../base/errors.js";
import { removeCodeFences } from "./code-fences.js";
import { isOversizedJson, maxInputLength } from "./input-size.js";
import { ModelInputError } from "./model-input-error.js";
import { type ExecInput, parseExecInput } from "./pragma.js";
import { ArgumentReader, type ArgumentsShape } from "./tool-arguments.js";

const shape: ArgumentsShape = {
  tool: "exec",
  known: ["code", "yield_time_ms", "max_output_tokens"],
  example: '{"code": "text(await tools.name({}));"}',
};

/**
 * Reads what a model sent to a freeform tool: the source itself, with or without code fences.
 *
 * @throws {ModelInputError} If there is no source, or JSON around it, or a wrong pragma.
 */
export function readFreeformExec(input: unknown): ExecInput {
  if (typeof input !== "string") {
    throw new ModelInputError(
      `exec takes JavaScript source text; got ${describeValue(input)}. Send the source itself.`,
    );
  }
  return readSource(input, "Send the source itself, with nothing around it.");
}

/**
 * Reads what a model sent to a function tool. What a pragma in the source says holds before what
 * the arguments say.
 *
 * @throws {ModelInputError} If the arguments are not those of exec, or the source is not one.
 */
export function readFunctionExec(input: unknown): ExecInput {
  const reader = new ArgumentReader(input, shape);
  const code = reader.read("code", "a string of JavaScript", isString) ?? "";
  const yieldAfterMs = reader.readCount("yield_time_ms");
  const maxOutputTokens = reader.readCount("max_output_tokens");
  reader.finish();
  const exec = readSource(code, "Put the source itself into `code`, without further JSON.");
  return {
    source: exec.source,
    yieldAfterMs: exec.yieldAfterMs ?? yieldAfterMs,
    maxOutputTokens: exec.maxOutputTokens ?? maxOutputTokens,
  };
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

function readSource(input: string, howToSend: string): ExecInput {
  if (input.length > maxInputLength) {
    throw new ModelInputError(
      `exec takes at most ${maxInputLength} characters of source; got ${input.length}, and nothing was run.`,
    );
  }
  const { source, linesBefore } = removeCodeFences(input);
  const wrapper = findJsonWrapper(source);
  if (wrapper !== undefined) {
    throw new ModelInputError(
      `exec got its source as JSON, in \`${wrapper}\`, and nothing was run. ${howToSend}`,
    );
  }
  const exec = parsePragma(source);
  return { ...exec, source: "\n".repeat(linesBefore) + exec.source };
}

function parsePragma(source: string): ExecInput {
  try {
    return parseExecInput(source);
  } catch (thrown) {
    if (!(thrown instanceof CodeModeError && thrown.code === "ERR_PRAGMA")) throw thrown;
    throw new ModelInputError(thrown.message, { cause: thrown });
  }
}

/** The key of the one string in a JSON object; no program begins so. */
function findJsonWrapper(source: string): string | undefined {
  if (!/^\s*\{\s*"/.test(source) || isOversizedJson(source)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    return undefined;
  }
  const strings = Object.entries(value as object).filter(([, held]) => typeof held === "string");
  return strings.length === 1 ? strings[0]?.[0] : undefined;
}
