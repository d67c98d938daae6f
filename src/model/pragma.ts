import { describeThrown } from "../base/describe-value.js";
import { CodeModeError } from "../base/errors.js";

/** What a model's raw input asks for. */
export interface ExecInput {
  /** The whole input with its pragma line, so that line numbers in errors are the model's own. */
  readonly source: string;
  /** Milliseconds; undefined where the pragma does not say. */
  readonly yieldAfterMs: number | undefined;
  /** Tokens; undefined where the pragma does not say. */
  readonly maxOutputTokens: number | undefined;
}

const pragmaPrefix = "// @exec:";

const rightForm = `\`${pragmaPrefix} {"yield_time_ms": 10000, "max_output_tokens": 1000}\``;

/** UTF-16 units; two numbers take fewer, however they are written. */
const maxPragmaLength = 1_000;

const fields = "`yield_time_ms` and `max_output_tokens`";

/**
 * Reads what a model sent: JavaScript, optionally with one pragma as its first line.
 *
 * @throws {CodeModeError} ERR_PRAGMA if there is no source or the pragma is wrong; the message is
 *   meant for the model and quotes the right form.
 */
export function parseExecInput(input: string): ExecInput {
  if (input.trim() === "") {
    throw new CodeModeError(
      "ERR_PRAGMA",
      `exec expects raw JavaScript source text (non-empty). Provide JS only, optionally with first-line ${rightForm}.`,
    );
  }
  const lineEnd = input.indexOf("\n");
  const firstLine = (lineEnd === -1 ? input : input.slice(0, lineEnd)).trim();
  if (!firstLine.startsWith(pragmaPrefix)) {
    return { source: input, yieldAfterMs: undefined, maxOutputTokens: undefined };
  }
  if (lineEnd === -1 || input.slice(lineEnd).trim() === "") {
    throw pragmaError("must be followed by JavaScript source on subsequent lines");
  }
  const pragma = parsePragma(firstLine.slice(pragmaPrefix.length).trim());
  return {
    source: input,
    yieldAfterMs: readField(pragma, "yield_time_ms"),
    maxOutputTokens: readField(pragma, "max_output_tokens"),
  };
}

function parsePragma(text: string): Readonly<Record<string, unknown>> {
  if (text.length > maxPragmaLength) {
    throw pragmaError(`must be short, with supported fields ${fields}`);
  }
  let pragma: unknown;
  try {
    pragma = JSON.parse(text === "" ? "null" : text);
  } catch (thrown) {
    const why = describeThrown(thrown);
    throw pragmaError(`must be valid JSON with supported fields ${fields}: ${why}`, thrown);
  }
  if (typeof pragma !== "object" || pragma === null || Array.isArray(pragma)) {
    throw pragmaError(`must be a JSON object with supported fields ${fields}`);
  }
  const unknown = Object.keys(pragma).find(
    (key) => key !== "yield_time_ms" && key !== "max_output_tokens",
  );
  if (unknown !== undefined) throw pragmaError(`only supports ${fields}; got \`${unknown}\``);
  return pragma as Record<string, unknown>;
}

function readField(
  pragma: Readonly<Record<string, unknown>>,
  name: "yield_time_ms" | "max_output_tokens",
): number | undefined {
  const value = pragma[name];
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw pragmaError(`field \`${name}\` must be a non-negative safe integer`);
  }
  return value;
}

function pragmaError(what: string, cause?: unknown): CodeModeError {
  return new CodeModeError(
    "ERR_PRAGMA",
    `exec pragma ${what}. The right form is ${rightForm}.`,
    cause === undefined ? undefined : { cause },
  );
}
