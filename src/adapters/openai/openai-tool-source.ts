import { CodeModeError } from "../../base/errors.js";
import { checkFunction, checkOptionsObject } from "../../base/option-checks.js";
import { parsedSchema, withOptionalDefaults } from "../../tools/own-validation.js";
import type {
  JsonSchema,
  NamedTool,
  ToolContext,
  ToolSchema,
} from "../../tools/tool-definition.js";
import { warnOfToolsElsewhere } from "../../tools/tools-elsewhere.js";
import { withMcpMedia } from "../own-media.js";
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
  /** The `RunContext` that tools of the Agents SDK get. Default: the `context` of the exec. */
  readonly runContext?: unknown;
  /** The `Agent` that `isEnabled` and guardrails of such tools are told of. Default: none. */
  readonly agent?: unknown;
}

/**
 * Tools of OpenAI's SDKs, for `createCodeMode({ tools })`. Cells get what a tool returns. A tool's
 * own `parse` judges its inputs. A tool of the
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
  const runner = findRunner(name, { outer, shape }, options);
  if (runner === undefined) {
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
    inputSchema: toInputSchema(shape, runner.parse, outer.invoke !== undefined),
    outputSchema: shape.output_schema ?? shape.outputSchema ?? undefined,
    deferLoading: shape.defer_loading ?? shape.deferLoading,
    approval: toApproval(outer, run),
    execute: withGuardrails(name, outer, run, runner.execute),
  };
}

/** How a tool is run, and what reads its input before. */
interface Runner {
  readonly execute: NamedTool["execute"];
  readonly parse?: (json: string) => unknown;
}

function findRunner(
  name: string,
  { outer, shape }: { readonly outer: Shape; readonly shape: Shape },
  { execute, runContext }: OpenAIToolSourceOptions,
): Runner | undefined {
  const { invoke, $callback, $parseRaw } = outer;
  if (invoke !== undefined) {
    return {
      execute: async (input: unknown, { context, signal }: ToolContext) =>
        withMcpMedia(await invoke(runContext ?? context, JSON.stringify(input ?? {}), { signal })),
    };
  }
  if ($callback !== undefined && $parseRaw !== undefined) {
    return { execute: (input: unknown) => $callback(input), parse: $parseRaw };
  }
  const { function: run, parse } = shape;
  if (typeof run === "function") {
    return parse === undefined
      ? { execute: (input: unknown) => run(JSON.stringify(input ?? {})) }
      : { execute: (input: unknown) => run(input), parse };
  }
  return (
    execute && {
      execute: (input: unknown, context: ToolContext) => execute(name, input, context),
    }
  );
}

function toInputSchema(
  { parameters }: Shape,
  parse: Runner["parse"],
  isAgentTool: boolean,
): ToolSchema | undefined {
  const schema = parameters ?? undefined;
  if (parse !== undefined) {
    return parsedSchema(schema as JsonSchema | undefined, (input) =>
      parse(JSON.stringify(input ?? {})),
    );
  }
  // Such a tool reads its input itself, defaults included, with what it was made with.
  return isAgentTool && schema !== undefined ? withOptionalDefaults(schema as JsonSchema) : schema;
}
