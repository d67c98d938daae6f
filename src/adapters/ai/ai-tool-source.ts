import type { ToolSet } from "ai";
import { describeValue } from "../../base/describe-value.js";
import { CodeModeError } from "../../base/errors.js";
import { checkOptionsObject } from "../../base/option-checks.js";
import type { ToolContext, ToolDefinition, ToolSchema } from "../../tools/tool-definition.js";
import { isProviderTool, warnOfToolsElsewhere } from "../../tools/tools-elsewhere.js";
import { type AiToolApproval, toApproval, toCallOptions } from "./ai-approval.js";

/** Options of `aiToolSource`. */
export interface AiToolSourceOptions {
  /**
   * The `context` of tools that want one, by the tool's name, as `generateText` of version 7 takes it.
   * Default: the `context` of the exec, which is `experimental_context` too.
   */
  readonly toolsContext?: Readonly<Record<string, unknown>> | undefined;
  /**
   * Which calls need approval, as `generateText` takes it: instead of a tool's `needsApproval`.
   * `user-approval` asks `onApproval`, `denied` rejects the call.
   */
  readonly toolApproval?: AiToolApproval | undefined;
  /** What functions of `toolApproval` get under this name. */
  readonly runtimeContext?: unknown;
}

/**
 * A tool set of the AI SDK, for `createCodeMode({ tools })`. Cells get what `execute` gives, of a
 * tool that streams the last result; `toModelOutput` is not used. Calls that need approval, by a
 * tool's `needsApproval` or by `toolApproval`, wait for what `onApproval` decides. Tools that the
 * provider runs are left out, with one warning of the process (`TOOLS_LEFT_OUT`).
 *
 * @throws {CodeModeError} ERR_INVALID_TOOL if a tool has no `execute` because the user's browser runs
 *   it. ERR_INVALID_OPTION.
 */
export function aiToolSource(
  tools: ToolSet,
  options: AiToolSourceOptions = {},
): Readonly<Record<string, ToolDefinition>> {
  checkOptionsObject("the options of aiToolSource", options, [
    "toolsContext",
    "toolApproval",
    "runtimeContext",
  ]);
  const { toolsContext = {} } = options;
  const entries = Object.entries(tools);
  const elsewhere = entries.filter(([, tool]) => isProviderTool(tool)).map(([name]) => name);
  warnOfToolsElsewhere("aiToolSource", elsewhere);
  const own = entries.filter(([, tool]) => !isProviderTool(tool));
  return Object.fromEntries(
    own.map(([name, tool]) => {
      const approval = toApproval(name, tools, options);
      return [name, toDefinition({ name, tool, context: toolsContext[name], approval })];
    }),
  );
}

type SetTool = ToolSet[string];

function toDefinition({
  name,
  tool,
  context,
  approval,
}: {
  readonly name: string;
  readonly tool: SetTool;
  readonly context: unknown;
  readonly approval: ToolDefinition["approval"];
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
    inputSchema: inputSchema as ToolSchema | undefined,
    outputSchema: outputSchema as ToolSchema | undefined,
    deferLoading,
    approval,
    execute: (input: unknown, call: ToolContext): unknown =>
      execute.call(tool, input, { ...toCallOptions(call, context), abortSignal: call.signal }),
  };
}
