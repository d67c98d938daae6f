import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { NamedTool, ToolContext, ToolSchema } from "../../tools/tool-definition.js";
import { withMcpMedia } from "../own-media.js";
import { interruptRun } from "./interrupts.js";

/** A tool of LangChain, known by its shape. */
export interface RunnableLangChainTool {
  readonly name: string;
  readonly description?: string | undefined;
  /** A schema of zod, or a JSON Schema. */
  readonly schema?: unknown;
  // A method, so that tools fit that name their input.
  // biome-ignore lint/suspicious/noExplicitAny: the types of a config differ between the versions.
  invoke(input: any, config?: any): Promise<unknown>;
}

/**
 * Tools of LangChain, for `createCodeMode({ tools })`. They run with the config of the run that called
 * exec, so callbacks and tracing see them as a part of it, and `interrupt()` of LangGraph in a tool interrupts the
 * graph while exec waits: the cell is terminated, and runs again from its start when the graph resumes.
 * Cells get what a tool returns.
 */
export function langchainToolSource(tools: readonly RunnableLangChainTool[]): readonly NamedTool[] {
  return tools.map((tool) => ({
    name: tool.name,
    description: tool.description ?? "",
    inputSchema: judgedOnly(tool.schema),
    execute: (input: unknown, context: ToolContext) => runTool(tool, input, context),
  }));
}

async function runTool(
  tool: RunnableLangChainTool,
  input: unknown,
  { context, signal }: ToolContext,
): Promise<unknown> {
  try {
    return toValue(tool.name, await tool.invoke(input ?? {}, { ...toConfig(context), signal }));
  } catch (thrown) {
    interruptRun(context, thrown);
    throw thrown;
  }
}

/** The config of the run, without what belongs to the call of exec. */
function toConfig(context: unknown): object {
  if (typeof context !== "object" || context === null) return {};
  const isConfig = ["configurable", "callbacks", "metadata", "tags"].some((key) => key in context);
  if (!isConfig) return {};
  const {
    toolCall: _call,
    toolCallId: _id,
    runId: _run,
    runName: _name,
    ...config
  } = context as Readonly<Record<string, unknown>>;
  return config;
}

/** A tool may answer with a message, or with a command to the graph, which no cell can carry out. */
function toValue(name: string, result: unknown): unknown {
  if (typeof result !== "object" || result === null) return result;
  const { lg_name: kind, lc_direct_tool_output: isMessage } = result as Record<string, unknown>;
  if (kind === "Command") {
    throw new Error(`Tool "${name}" answered with a Command, which only a graph can follow.`);
  }
  if (isMessage !== true) return withMcpMedia(result);
  const { status, content } = result as { readonly status?: unknown; readonly content: unknown };
  if (status !== "error") return withMcpMedia(content);
  throw new Error(typeof content === "string" ? content : JSON.stringify(content));
}

/** A schema that judges an input and leaves it as it came: the tool itself transforms it. */
function judgedOnly(schema: unknown): ToolSchema | undefined {
  if (typeof schema !== "object" || schema === null) return undefined;
  if (!("~standard" in schema)) return schema as ToolSchema;
  const { "~standard": standard } = schema as StandardSchemaV1;
  const validate = async (input: unknown): Promise<StandardSchemaV1.Result<unknown>> => {
    const result = await standard.validate(input);
    return result.issues === undefined ? { value: input } : result;
  };
  return { "~standard": { ...standard, validate } };
}
