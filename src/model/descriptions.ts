import type { Settings } from "../options/settings.js";
import {
  type DescribedEnvironment,
  hasYieldTime,
  seconds,
  yieldMs,
} from "./described-environment.js";
import { describeInFull } from "./full-description.js";
import { describeInShort } from "./short-description.js";

/** How much a model reads of exec. */
export type DescriptionLength = "short" | "full";

/**
 * What a model reads of exec.
 *
 * @param kind - Whether it sends the source itself or JSON arguments.
 */
export function describeExec(
  kind: "freeform" | "function",
  length: DescriptionLength,
  environment: DescribedEnvironment,
): string {
  const describe = length === "short" ? describeInShort : describeInFull;
  return describe(kind, environment);
}

/** What a model reads of wait. */
export function describeWait(settings: Settings): string {
  const latest = hasYieldTime(settings) ? `, after ${seconds(settings)} at the latest` : "";
  return [
    `Gives what a program has output since, after \`Script running with cell ID …\`: when it ends or calls \`yield_control()\`${latest}.`,
    "The program runs on between your calls. Its end is given once. `terminate: true` stops it for good.",
  ].join(" ");
}

/** JSON Schema of exec's arguments, for a function tool. */
export function execSchema(settings: Settings): Readonly<Record<string, unknown>> {
  return {
    type: "object",
    properties: {
      code: { type: "string", description: "The source of the program." },
      yield_time_ms: yieldTime(settings),
      max_output_tokens: outputTokens(settings),
    },
    required: ["code"],
    additionalProperties: false,
  };
}

/** JSON Schema of wait's arguments. */
export function waitSchema(settings: Settings): Readonly<Record<string, unknown>> {
  return {
    type: "object",
    properties: {
      cell_id: { type: "string" },
      yield_time_ms: yieldTime(settings),
      max_tokens: outputTokens(settings),
      terminate: { type: "boolean", description: "Default: false." },
    },
    required: ["cell_id"],
    additionalProperties: false,
  };
}

/** Anything that is not blank and does not begin as a code fence. */
export const execGrammar: string = "start: SOURCE\nSOURCE: /\\s*[^\\s`][\\s\\S]*/\n";

function yieldTime(settings: Settings): Readonly<Record<string, unknown>> {
  const { maxYieldAfterMs } = settings;
  const most = Number.isFinite(maxYieldAfterMs) ? `, at most ${maxYieldAfterMs}` : "";
  return {
    type: "integer",
    minimum: 0,
    description: `Milliseconds to wait. Then you get the output so far. Default: ${hasYieldTime(settings) ? yieldMs(settings) : "no end"}${most}.`,
  };
}

function outputTokens({ maxOutputTokens }: Settings): Readonly<Record<string, unknown>> {
  return {
    type: "integer",
    minimum: 0,
    description: `Tokens of text you get at most. Default: ${maxOutputTokens}.`,
  };
}
