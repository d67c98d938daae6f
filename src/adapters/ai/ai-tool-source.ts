import type { ToolSet } from "ai";
import { describeValue } from "../../base/describe-value.js";
import { CodeModeError } from "../../base/errors.js";
import { checkOptionsObject } from "../../base/option-checks.js";
import type { ToolContext, ToolDefinition, ToolSchema } from "../../tools/tool-definition.js";
import { isProviderTool, warnOfToolsElsewhere } from "../../tools/tools-elsewhere.js";
import { mcpMediaOf } from "../own-media.js";
import { type AiToolApproval, toApproval, toCallOptions } from "./ai-approval.js";
import { version } from "./ai-output.js";

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
 * tool that streams the last result. If `toModelOutput` of the tool makes images or sound of it, they get its
 * members and `content`, or `{ result, content }` where it is no object: `content(…)` outputs them. Calls that need approval, by a
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
  const { execute, description, inputSchema, outputSchema, deferLoading, toModelOutput } = tool;
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
    execute: (input: unknown, call: ToolContext): unknown => {
      const options = { ...toCallOptions(call, context), abortSignal: call.signal };
      const result: unknown = execute.call(tool, input, options);
      if (toModelOutput === undefined) return result;
      const { callId: toolCallId } = call;
      return withModelMedia(result, (output) => {
        const given: unknown = version === 5 ? output : { toolCallId, input, output };
        return toModelOutput.call(tool, given as never);
      });
    },
  };
}

type ToModelOutput = (output: unknown) => unknown;

/** The result, or the stream of results, with the media that a model would be shown of it. */
function withModelMedia(result: unknown, toModelOutput: ToModelOutput): unknown {
  return isAsyncIterable(result)
    ? streamWithMedia(result, toModelOutput)
    : withMedia(result, toModelOutput);
}

async function withMedia(result: unknown, toModelOutput: ToModelOutput): Promise<unknown> {
  const output = await result;
  const content = mcpMediaOf(await toModelOutput(output));
  if (content === undefined) return output;
  const isObject = typeof output === "object" && output !== null && !Array.isArray(output);
  return isObject ? { ...output, content } : { result: output, content };
}

/** The same stream, and its last result once more, with media. It can be told to return at any time. */
function streamWithMedia(
  results: AsyncIterable<unknown>,
  toModelOutput: ToModelOutput,
): AsyncIterable<unknown> {
  return {
    [Symbol.asyncIterator]: () => {
      const inner = results[Symbol.asyncIterator]();
      let last: unknown;
      let isOver = false;
      return {
        next: async () => {
          if (isOver) return { done: true, value: undefined };
          const step = await inner.next();
          isOver = step.done === true;
          if (!isOver) last = step.value;
          return { done: false, value: isOver ? await withMedia(last, toModelOutput) : last };
        },
        return: async () => {
          isOver = true;
          await inner.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
