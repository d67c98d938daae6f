import type { ToolSet } from "ai";
import { describeValue } from "../../base/describe-value.js";
import { CodeModeError } from "../../base/errors.js";
import { checkOptionsObject } from "../../base/option-checks.js";
import type { ToolContext, ToolDefinition, ToolSchema } from "../../tools/tool-definition.js";

/** Options of `aiToolSource`. */
export interface AiToolSourceOptions {
  /** The `context` of tools that want one, by the tool's name, as `generateText` takes it. */
  readonly toolsContext?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * A tool set of the AI SDK, for `createCodeMode({ tools })`. Cells get what `execute` gives, of a tool
 * that streams the last result; `toModelOutput` and approvals have no part in it.
 *
 * @throws {CodeModeError} ERR_INVALID_TOOL where a tool has no `execute`: a provider runs it, or the
 *   user's browser. ERR_INVALID_OPTION.
 */
export function aiToolSource(
  tools: ToolSet,
  options: AiToolSourceOptions = {},
): Readonly<Record<string, ToolDefinition>> {
  checkOptionsObject("the options of aiToolSource", options, ["toolsContext"]);
  const { toolsContext = {} } = options;
  return Object.fromEntries(
    Object.entries(tools).map(([name, tool]) => [
      name,
      toDefinition({ name, tool, context: toolsContext[name] }),
    ]),
  );
}

type SetTool = ToolSet[string];

function toDefinition({
  name,
  tool,
  context,
}: {
  readonly name: string;
  readonly tool: SetTool;
  readonly context: unknown;
}): ToolDefinition {
  const { execute, description, inputSchema, outputSchema, deferLoading } = tool;
  if (execute === undefined) {
    throw new CodeModeError(
      "ERR_INVALID_TOOL",
      `The tool "${name}" cannot be used: its "execute" must be a function, and is ${describeValue(execute)}.`,
    );
  }
  return {
    description: typeof description === "function" ? description({ context }) : description,
    inputSchema: toSchema(inputSchema),
    outputSchema: toSchema(outputSchema),
    deferLoading,
    execute: (input: unknown, { callId, signal }: ToolContext): unknown =>
      execute.call(tool, input, { toolCallId: callId, messages: [], abortSignal: signal, context }),
  };
}

/** The AI SDK takes functions that make a schema; those of a library are schemas themselves. */
function toSchema(schema: SetTool["inputSchema"] | undefined): ToolSchema | undefined {
  const made =
    typeof schema === "function" && !("~standard" in schema) ? (schema as () => unknown)() : schema;
  return made as ToolSchema | undefined;
}
