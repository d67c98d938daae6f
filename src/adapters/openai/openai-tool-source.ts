import { CodeModeError } from "../../base/errors.js";
import { checkFunction, checkOptionsObject } from "../../base/option-checks.js";
import type { NamedTool, ToolContext, ToolSchema } from "../../tools/tool-definition.js";
import { warnOfToolsElsewhere } from "../../tools/tools-elsewhere.js";
import { type AgentGates, toApproval, withGuardrails } from "./agent-gates.js";

/**
 * A tool of OpenAI's APIs or of its Agents SDK, known by its shape: a function or custom tool as the
 * Responses API or the Chat Completions API takes it, what `zodFunction` and `zodResponsesFunction`
 * make, a tool for `runTools`, or what `tool()` of the Agents SDK makes.
 */
export interface RunnableOpenAITool {
  readonly type: string;
  readonly name?: string | undefined;
  readonly description?: string | null | undefined;
  readonly parameters?: unknown;
  readonly strict?: boolean | null | undefined;
  /** Of the Chat Completions API. */
  readonly function?: unknown;
  readonly custom?: unknown;
}

/** Options of `openaiToolSource`. */
export interface OpenAIToolSourceOptions {
  /** Runs the tools that cannot run themselves, as definitions for an API are. */
  readonly execute?: ((name: string, input: unknown, context: ToolContext) => unknown) | undefined;
  /** The `RunContext` that tools of the Agents SDK get. Default: none. */
  readonly runContext?: unknown;
  /** The `Agent` that `isEnabled` and guardrails of such tools are told of. Default: none. */
  readonly agent?: unknown;
}

/**
 * Tools of OpenAI's SDKs, for `createCodeMode({ tools })`. Cells get what a tool returns. A tool of the
 * Agents SDK answers an error with a text, so calls of it reject only where its `errorFunction` is null.
 * Its gates hold: `needsApproval` asks `onApproval`, a tool that is not enabled is not called, and what a
 * guardrail holds back rejects the call. Hosted tools, which OpenAI runs, are left out, with one warning of
 * the process (`TOOLS_LEFT_OUT`).
 *
 * @throws {CodeModeError} ERR_INVALID_TOOL if a tool has no callback, and there is no `execute`.
 *   ERR_INVALID_OPTION.
 */
export function openaiToolSource(
  tools: readonly RunnableOpenAITool[],
  options: OpenAIToolSourceOptions = {},
): readonly NamedTool[] {
  checkOptionsObject("the options of openaiToolSource", options, [
    "execute",
    "runContext",
    "agent",
  ]);
  checkFunction("execute", options.execute);
  const isOwn = ({ type }: RunnableOpenAITool): boolean => type === "function" || type === "custom";
  const elsewhere = tools.filter((tool) => !isOwn(tool)).map(({ name, type }) => name ?? type);
  warnOfToolsElsewhere("openaiToolSource", elsewhere);
  return tools.filter(isOwn).map((tool) => toNamedTool(tool, options));
}

/** The fields that any of the shapes may have; the reader of a field checks it. */
interface Shape extends AgentGates {
  readonly name?: string;
  readonly description?: string | null;
  readonly parameters?: ToolSchema | null;
  readonly output_schema?: ToolSchema | null;
  readonly outputSchema?: ToolSchema | null;
  readonly defer_loading?: boolean;
  readonly deferLoading?: boolean;
  /** Of the Chat Completions API, around the rest. */
  readonly function?: Shape | ((input: unknown) => unknown);
  readonly custom?: Shape;
  /** Of the Agents SDK. */
  readonly invoke?: (runContext: unknown, json: string, details: object) => unknown;
  /** Of the SDK's helpers for zod. */
  readonly $callback?: (input: unknown) => unknown;
  readonly $parseRaw?: (json: string) => unknown;
  /** Of tools for `runTools`. */
  readonly parse?: (json: string) => unknown;
}

function toNamedTool(tool: RunnableOpenAITool, options: OpenAIToolSourceOptions): NamedTool {
  const outer = tool as Shape;
  const inner = typeof outer.function === "object" ? outer.function : outer.custom;
  const shape = inner ?? outer;
  const name = shape.name ?? (typeof shape.function === "function" ? shape.function.name : "");
  const execute = findExecute(name, { outer, shape }, options);
  if (execute === undefined) {
    throw new CodeModeError(
      "ERR_INVALID_TOOL",
      `The tool "${name}" cannot be used: it has no callback, and there is no \`execute\` to run it.`,
    );
  }
  const run = { runContext: options.runContext, agent: options.agent };
  return {
    name,
    description: shape.description ?? "",
    kind: tool.type === "custom" ? "freeform" : "function",
    inputSchema: shape.parameters ?? undefined,
    outputSchema: shape.output_schema ?? shape.outputSchema ?? undefined,
    deferLoading: shape.defer_loading ?? shape.deferLoading,
    approval: toApproval(outer, run),
    execute: withGuardrails(name, outer, run, execute),
  };
}

function findExecute(
  name: string,
  { outer, shape }: { readonly outer: Shape; readonly shape: Shape },
  { execute, runContext }: OpenAIToolSourceOptions,
): NamedTool["execute"] | undefined {
  const { invoke, $callback, $parseRaw } = outer;
  if (invoke !== undefined) {
    return (input: unknown, { signal }: ToolContext) =>
      invoke(runContext, JSON.stringify(input ?? {}), { signal });
  }
  if ($callback !== undefined && $parseRaw !== undefined) {
    return (input: unknown) => $callback($parseRaw(JSON.stringify(input ?? {})));
  }
  const { function: run, parse } = shape;
  if (typeof run === "function") {
    return async (input: unknown) => {
      const json = JSON.stringify(input ?? {});
      return run(parse === undefined ? json : await parse(json));
    };
  }
  return execute && ((input: unknown, context: ToolContext) => execute(name, input, context));
}
