import { CodeModeError } from "../../base/errors.js";
import { checkFunction, checkOptionsObject } from "../../base/option-checks.js";
import { mcpResultValue } from "../../mcp/client/result-value.js";
import type { JsonSchema, NamedTool, ToolContext } from "../../tools/tool-definition.js";
import type { GooglePart } from "./wire.js";

/** A function as a request's `tools` declare it, in either dialect of schemas. */
export interface DeclaredGoogleFunction {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** A `Schema` of the API, with types such as `STRING`. */
  readonly parameters?: unknown;
  readonly parametersJsonSchema?: unknown;
  readonly response?: unknown;
  readonly responseJsonSchema?: unknown;
}

/** An entry of a request's `tools`: declarations, or a `CallableTool`, such as `mcpToTool` makes. */
export interface RunnableGoogleTool {
  readonly functionDeclarations?: readonly DeclaredGoogleFunction[] | undefined;
  // Methods, so that the tools of the package fit.
  tool?(): Promise<object>;
  callTool?(
    calls: { id: string; name: string; args: Record<string, unknown> }[],
  ): Promise<object[]>;
}

/** Options of `googleToolSource`. */
export interface GoogleToolSourceOptions {
  /** Runs the functions that are declared only. */
  readonly execute?: ((name: string, input: unknown, context: ToolContext) => unknown) | undefined;
}

/**
 * Tools of Google's Gemini API, for `createCodeMode({ tools })`: what `CallableTool`s offer, and function
 * declarations with a function that runs them. Cells get a function's output; one that answers with an
 * error rejects the call.
 *
 * @throws {CodeModeError} ERR_INVALID_TOOL if a function is declared only, and there is no `execute`, or
 *   if a tool is one that Google runs. ERR_INVALID_OPTION.
 */
export async function googleToolSource(
  tools: readonly RunnableGoogleTool[],
  options: GoogleToolSourceOptions = {},
): Promise<readonly NamedTool[]> {
  checkOptionsObject("the options of googleToolSource", options, ["execute"]);
  checkFunction("execute", options.execute);
  const lists = await Promise.all(tools.map((tool) => toNamedTools(tool, options)));
  return lists.flat();
}

async function toNamedTools(
  tool: RunnableGoogleTool,
  options: GoogleToolSourceOptions,
): Promise<readonly NamedTool[]> {
  const declared = (await tool.tool?.()) ?? tool;
  const { functionDeclarations } = declared as RunnableGoogleTool;
  if (functionDeclarations === undefined) {
    throw new CodeModeError(
      "ERR_INVALID_TOOL",
      `A tool with ${JSON.stringify(Object.keys(declared))} cannot be used: it has no functionDeclarations, so Google runs it. Give it to the model itself, beside exec.`,
    );
  }
  return functionDeclarations.map((declaration) => toNamedTool(declaration, tool, options));
}

function toNamedTool(
  declaration: DeclaredGoogleFunction,
  tool: RunnableGoogleTool,
  { execute }: GoogleToolSourceOptions,
): NamedTool {
  const { name = "", description, parameters, parametersJsonSchema } = declaration;
  const { response, responseJsonSchema } = declaration;
  if (tool.callTool === undefined && execute === undefined) {
    throw new CodeModeError(
      "ERR_INVALID_TOOL",
      `The function "${name}" cannot be used: it is declared only, and there is no \`execute\` to run it.`,
    );
  }
  return {
    name,
    description: description ?? "",
    inputSchema: (parametersJsonSchema ?? parameters) as JsonSchema | undefined,
    outputSchema: (responseJsonSchema ?? response) as JsonSchema | undefined,
    execute: (input: unknown, context: ToolContext) =>
      tool.callTool === undefined
        ? execute?.(name, input, context)
        : callTool(tool, name, input, context),
  };
}

async function callTool(
  tool: RunnableGoogleTool,
  name: string,
  input: unknown,
  { callId }: ToolContext,
): Promise<unknown> {
  const args = (input ?? {}) as Record<string, unknown>;
  const parts: readonly GooglePart[] = (await tool.callTool?.([{ id: callId, name, args }])) ?? [];
  const response = parts.find(({ functionResponse }) => functionResponse)?.functionResponse;
  const result = response?.response ?? {};
  if (result["error"] !== undefined) throw new Error(textOf(result["error"]));
  const images = parts.flatMap(({ inlineData }) => (inlineData ? [toMcpBlock(inlineData)] : []));
  const value = "output" in result ? result["output"] : result;
  if (images.length > 0) {
    const text = { type: "text", text: textOf(value) };
    return mcpResultValue({ content: [text, ...images] } as never);
  }
  // What mcpToTool gives is a result of MCP.
  return Array.isArray(result["content"]) ? mcpResultValue(result as never) : value;
}

function toMcpBlock({ mimeType = "", data }: NonNullable<GooglePart["inlineData"]>): object {
  return { type: mimeType.startsWith("audio/") ? "audio" : "image", data, mimeType };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
