import { CodeModeError } from "../../base/errors.js";
import { checkFunction, checkOptionsObject } from "../../base/option-checks.js";
import { mcpResultValue } from "../../mcp/client/result-value.js";
import { parsedSchema } from "../../tools/own-validation.js";
import type { JsonSchema, NamedTool, ToolContext } from "../../tools/tool-definition.js";
import { shapeSchema } from "./shape-schema.js";

/**
 * A tool of the Messages API, known by its shape: a definition as the API takes it, or what
 * `betaTool` and `betaZodTool` of the SDK make for its tool runner, with the function that runs it.
 */
export interface RunnableAnthropicTool {
  readonly name: string;
  readonly description?: string | undefined;
  /** Tools of Anthropic's own, such as the memory tool, have none. */
  readonly input_schema?: object | undefined;
  readonly defer_loading?: boolean | undefined;
  // Methods, so that a tool may declare the input its schema guarantees.
  run?(input: unknown, context?: object): unknown;
  parse?(input: unknown): unknown;
}

/** What `tool()` of the Claude Agent SDK makes: it answers as a tool of an MCP server. */
export interface ClaudeAgentTool {
  readonly name: string;
  readonly description?: string | undefined;
  /** A schema of zod for each property. */
  readonly inputSchema: object;
  // A method, so that a tool may name the input of its schema.
  // biome-ignore lint/suspicious/noExplicitAny: `unknown` would refuse a method that names a type.
  handler(input: any, extra: unknown): Promise<object>;
}

/** Options of `anthropicToolSource`. */
export interface AnthropicToolSourceOptions {
  /** Runs the tools that cannot run themselves, as definitions for the API are. */
  readonly execute?: ((name: string, input: unknown, context: ToolContext) => unknown) | undefined;
}

/**
 * Tools of Anthropic's SDK, and of its Claude Agent SDK, for `createCodeMode({ tools })`. Cells get what a tool returns; content
 * blocks become those of MCP, one text alone becomes its text, so that `content(result.content)` and
 * `image(...)` take them.
 *
 * @throws {CodeModeError} ERR_INVALID_TOOL if a tool has no `run`, and there is no `execute`.
 *   ERR_INVALID_OPTION.
 */
export function anthropicToolSource(
  tools: readonly (RunnableAnthropicTool | ClaudeAgentTool)[],
  options: AnthropicToolSourceOptions = {},
): readonly NamedTool[] {
  checkOptionsObject("the options of anthropicToolSource", options, ["execute"]);
  checkFunction("execute", options.execute);
  return tools.map((tool) => {
    if ("handler" in tool) return toAgentTool(tool);
    const { name, description, input_schema: schema, defer_loading: deferLoading } = tool;
    const execute = findExecute(tool, options);
    const { parse } = tool;
    // A copy: zod's JSON Schemas are Standard Schemas too.
    const copy: JsonSchema | undefined = schema && { ...schema };
    const inputSchema = parse ? parsedSchema(copy, (input) => parse.call(tool, input ?? {})) : copy;
    return { name, description, inputSchema, deferLoading, execute };
  });
}

function toAgentTool(tool: ClaudeAgentTool): NamedTool {
  const { name, description, inputSchema } = tool;
  return {
    name,
    description,
    inputSchema: shapeSchema(inputSchema),
    execute: async (input: unknown, { callId, signal }: ToolContext) =>
      mcpResultValue(await tool.handler(input, { signal, requestId: callId })),
  };
}

function findExecute(
  tool: RunnableAnthropicTool,
  { execute }: AnthropicToolSourceOptions,
): NamedTool["execute"] {
  const { name } = tool;
  if (tool.run !== undefined) return (input, context) => runTool(tool, input, context);
  if (execute !== undefined) return (input, context) => execute(name, input, context);
  throw new CodeModeError(
    "ERR_INVALID_TOOL",
    `The tool "${name}" cannot be used: it has no \`run\`, and there is no \`execute\` to run it.`,
  );
}

async function runTool(
  tool: RunnableAnthropicTool,
  given: unknown,
  { callId, signal }: ToolContext,
): Promise<unknown> {
  const input = given ?? {};
  const toolUse = { type: "tool_use", id: callId, name: tool.name, input };
  const result = await tool.run?.(input, { toolUse, toolUseBlock: toolUse, signal });
  return Array.isArray(result) ? mcpResultValue({ content: result.map(toMcpBlock) }) : result;
}

interface Block {
  readonly type: string;
  readonly source?: { readonly type: string; readonly media_type?: string; readonly data?: string };
}

function toMcpBlock(block: Block): unknown {
  const { type, source } = block;
  return type === "image" && source?.type === "base64"
    ? { type, data: source.data, mimeType: source.media_type }
    : block;
}
