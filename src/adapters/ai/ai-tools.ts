import { type JSONSchema7, jsonSchema, type Tool } from "ai";
import { withMedia } from "../../model/media.js";
import { createModelTools, type FunctionModelTool } from "../../model/model-tools.js";
import type { Session } from "../../session/session.js";
import { type CallHandlers, type FrameworkToolsOptions, splitHandlers } from "../call-handlers.js";
import { type AiToolOutput, aiMedia, toModelOutput } from "./ai-output.js";

/** Options of `aiTools`. */
export type AiToolsOptions = FrameworkToolsOptions;

/** Tools of the AI SDK with which a model runs cells in a session. */
// A type and no interface, which would not pass as the record that a tool set is.
export type AiTools = {
  readonly exec: Tool<unknown, AiToolOutput>;
  readonly wait: Tool<unknown, AiToolOutput>;
};

/**
 * Makes exec and wait as tools of the AI SDK, for `generateText`, `streamText` and agents. The call's
 * `abortSignal` ends the call; the option `abort` says what becomes of a cell that has yielded. Tools that
 * the cell calls get the call's `experimental_context` (version 7: `context`) as `context`.
 *
 * ```js
 * await generateText({ model, tools: aiTools(session), stopWhen: isStepCount(20), prompt });
 * ```
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION.
 */
export function aiTools(session: Session, options: AiToolsOptions = {}): AiTools {
  const { handlers, others } = splitHandlers(options);
  const { exec, wait } = createModelTools(session, withMedia(others, aiMedia));
  return { exec: toAiTool(exec, handlers), wait: toAiTool(wait, {}) };
}

function toAiTool(
  { description, inputSchema, execute }: FunctionModelTool,
  handlers: CallHandlers,
): Tool<unknown, AiToolOutput> {
  const tool = {
    description,
    // Without a validator: what is wrong with the input is answered in our words, with a right call.
    inputSchema: jsonSchema<unknown>(inputSchema as JSONSchema7),
    execute: async (input: unknown, options: AiCallOptions): Promise<AiToolOutput> => {
      const context = options.experimental_context ?? options.context;
      const call = { ...handlers, signal: options.abortSignal, context };
      const { content, isError } = await execute(input, call);
      return { content, isError };
    },
    toModelOutput,
  };
  // What `toModelOutput` is given, and gives, depends on the version.
  return tool as unknown as Tool<unknown, AiToolOutput>;
}

/** What the AI SDK gives a tool beside its input. */
interface AiCallOptions {
  readonly abortSignal?: AbortSignal | undefined;
  /** Until version 6: `experimental_context` of `generateText`. */
  readonly experimental_context?: unknown;
  /** Since version 7: `toolsContext` of `generateText`, of this tool. */
  readonly context?: unknown;
}
